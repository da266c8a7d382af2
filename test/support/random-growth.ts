import { cutBy } from "../../compiler/check/axis-factors.js";
import type {
  AxisFactorIR,
  AxisIR,
  LayerIR,
  MeshModel,
  ScalarIR,
  TableData,
  ValueIR,
} from "../../compiler/check/ir.js";
import { nestedApart, orderedCuts } from "../../compiler/check/row-parts.js";
import { axis, layerDraft, testMesh, type LayerDraft } from "./layer-builder.js";
import { guardSome } from "./random-guards.js";
import { kernel } from "./kernel-builder.js";
import type { Draw } from "./random-draw.js";
import { smallTable } from "./random-kernel.js";

export type Pending = ValueIR["pending"];

/** A layer that grows at random, and what it grows on. */
export interface Growth {
  readonly draw: Draw;
  readonly mesh: MeshModel;
  readonly tables: readonly TableData[];
  /** One that guards ask for indices: it comes after `tables`. */
  readonly documents: TableData;
  readonly draft: LayerDraft;
  /** Whether results may be divided where what they are made of is not. */
  readonly spreads: boolean;
  /** Where what is made next is: the place of the value it is made of. */
  at: ValueIR["at"];
}

export function randomGrowth(draw: Draw, spreads: boolean): Growth {
  const sizes = [draw.integer(1, 5), ...(draw.oneIn(2) ? [draw.integer(1, 3)] : [])];
  const mesh = testMesh(draw.oneIn(2) ? sizes : sizes.toReversed());
  const at = draw.oneIn(10) ? [{ meshAxis: 0, position: draw.integer(0, mesh.axes[0]!.size - 1) }] : [];
  const tables = Array.from({ length: draw.integer(0, 2) ? 1 : 0 }, () => randomTable(draw));
  return { draw, mesh, tables, documents: randomDocuments(draw), draft: layerDraft(), spreads, at };
}

/** A routing: of random pairs, of a few experts only, or of all tokens to one; and any next expert of each row. */
function randomTable(draw: Draw): TableData {
  const fromSize = draw.integer(1, 7);
  const toSize = draw.integer(1, 4);
  const kind = draw.integer(0, 3);
  const one = draw.integer(0, toSize - 1);
  const pairs: [number, number][] = [];
  for (let from = 0; from < fromSize; from++) {
    if (kind === 0) pairs.push([from, one]);
    else if (kind === 1) pairs.push([from, draw.integer(0, one)]);
    else for (let k = draw.integer(0, 2); k > 0; k--) pairs.push([from, draw.integer(0, toSize - 1)]);
  }
  const table = smallTable(fromSize, toSize, pairs.length > 0 ? pairs : [[0, one]]);
  const values = table.from.map(() => draw.integer(0, toSize - 1));
  return { ...table, columns: [{ name: "next", values, axis: table.toAxis, size: toSize }] };
}

/** More than any axis has. */
const mostIndices = 256;

/** Documents one after the other, short ones first, or any document for any index. */
function randomDocuments(draw: Draw): TableData {
  const packed = draw.integer(0, 2) > 0;
  let document = 0;
  const pairs = Array.from({ length: mostIndices }, (_, index): [number, number] => {
    if (packed && document < 5 && draw.oneIn(3)) document += draw.integer(1, 2);
    return [index, packed ? document : index < 16 ? draw.integer(0, 3) : 0];
  });
  return { ...smallTable(mostIndices, 8, pairs), name: "doc", fromAxis: "positions", toAxis: "documents" };
}

/** Mesh axes that a layout does not use yet. */
export function freeMeshAxes(growth: Growth, axes: readonly AxisIR[], pending: Pending): number[] {
  const used = new Set([
    ...axes.flatMap((a) => a.cuts.map((cut) => cut.meshAxis)),
    ...pending.flatMap((p) => p.over),
    ...growth.at.map((a) => a.meshAxis),
  ]);
  return growth.mesh.axes.map((_, m) => m).filter((m) => !used.has(m));
}

/** Divides some of the axes over some of the free mesh axes. `divisible`: dimensions that may be cut. */
export function divideSome(
  growth: Growth,
  axes: readonly AxisIR[],
  pending: Pending,
  divisible: readonly number[] = [...axes.keys()],
): AxisIR[] {
  const { draw } = growth;
  const out = [...axes];
  if (divisible.length === 0) return out;
  const free = freeMeshAxes(growth, axes, pending);
  for (const meshAxis of draw.oneIn(2) ? free : free.toReversed()) {
    if (draw.oneIn(2)) continue;
    const d = draw.pick(divisible);
    const cuts = [...out[d]!.cuts, cutBy(out[d]!, meshAxis, divider(draw, out[d]!))];
    out[d] = { ...out[d]!, cuts: nestedApart(out[d]!) ? orderedCuts(cuts) : cuts };
  }
  return out;
}

/** What an axis may be cut by: a column of rows, sometimes a factor; nothing is the axis itself. */
export function divider(draw: Draw, { table, factors }: AxisIR): string | undefined {
  if (table !== undefined) return draw.pick(["from", "to", "next"]);
  return factors === undefined || draw.oneIn(4) ? undefined : draw.pick(factors).name;
}

/** As `divideSome`, of a result whose operand has the indices wherever it is: nothing moves. */
export function spreadSome(...given: Parameters<typeof divideSome>): AxisIR[] {
  return given[0].spreads ? divideSome(...given) : [...given[1]];
}

/** A named axis: the table's tokens, experts or rows, or one of its own. */
export function randomAxis(growth: Growth): AxisIR {
  const { draw, tables } = growth;
  const table = tables[0];
  const kind = draw.integer(0, 5);
  if (table !== undefined && kind < 2) return axis(table.fromAxis, table.fromSize);
  if (table !== undefined && kind === 2) return axis(table.toAxis, table.toSize);
  if (table !== undefined && kind === 3) return axis("rows(gate)", table.rowCount, [], 0);
  return freshAxis(growth, draw.integer(1, 9));
}

export function freshAxis(growth: Growth, size: number): AxisIR {
  const names = new Set(growth.draft.values.flatMap((value) => value.axes.map((a) => a.name)));
  let number = 0;
  while (names.has(`a${number}`)) number++;
  const made = axis(`a${number}`, size);
  return growth.draw.oneIn(3) ? { ...made, factors: randomFactors(growth.draw, size) } : made;
}

/** Two or three factors of a size, some counted backward. */
function randomFactors(draw: Draw, size: number): AxisFactorIR[] {
  const divisor = (of: number) => draw.pick(Array.from({ length: of }, (_, i) => i + 1).filter((d) => of % d === 0));
  const outer = divisor(size);
  const inner = divisor(size / outer);
  const sizes = draw.oneIn(2) ? [outer, size / outer] : [outer, inner, size / outer / inner];
  return sizes.map((own, place) => ({ name: `f${place}`, size: own, mirrored: place > 0 && draw.oneIn(2) }));
}

export function growInput(growth: Growth, axes: readonly AxisIR[], pending: Pending = []): number {
  return growth.draft.input(`v${growth.draft.values.length}`, axes, { pending, at: growth.at });
}

export function growValue(growth: Growth, axes: readonly AxisIR[], pending: Pending): number {
  return growth.draft.value(`v${growth.draft.values.length}`, axes, { pending, at: growth.at });
}

/** An input of two or three axes, divided at random; sometimes pending. */
export function randomInput(growth: Growth): number {
  const { draw } = growth;
  const axes: AxisIR[] = [];
  for (let count = draw.integer(1, 3); count > 0; count--) {
    const next = randomAxis(growth);
    axes.push(axes.some((a) => a.name === next.name) ? { ...freshAxis(growth, 4), name: `b${axes.length}` } : next);
  }
  const free = freeMeshAxes(growth, axes, []);
  const pending: Pending =
    free.length > 0 && draw.oneIn(4)
      ? [{ monoid: draw.oneIn(3) ? "max" : "sum", over: draw.oneIn(2) ? free : [draw.pick(free)] }]
      : [];
  return growInput(growth, divideSome(growth, axes, pending), pending);
}

/** An op from its result's axes, the kernel's further variables, and its body. */
export function growOp(
  growth: Growth,
  operands: readonly number[],
  axes: readonly AxisIR[],
  pending: Pending,
  further: readonly AxisIR[],
  body: ScalarIR,
  locals: Parameters<typeof kernel>[3] = [],
): number {
  const variables = [...axes, ...further].map((a) => [a.name, a.size, a.table] as [string, number, number?]);
  const made = kernel(axes.length, variables, body, locals);
  const identity = pending.length === 0 ? 1 : pending.every(({ monoid }) => monoid === "sum") ? 0 : undefined;
  const guarded = growth.draw.oneIn(3) ? guardSome(growth.draw, made, identity, growth.tables.length) : made;
  return growth.draft.op(growValue(growth, axes, pending), operands, guarded);
}

export function finishGrowth(growth: Growth): LayerIR {
  const { draw, draft } = growth;
  const results = draft.statements.map((statement) => statement.result);
  const outputs = new Set([results.at(-1)!]);
  if (draw.oneIn(3)) outputs.add(draw.pick(results));
  return draft.layer([...outputs]);
}
