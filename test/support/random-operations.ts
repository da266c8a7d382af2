import type { AxisIR, ScalarIR, ValueIR } from "../../compiler/check/ir.js";
import { axis } from "./layer-builder.js";
import { binary, call, column, constant, local, read, reduce, variable, weight } from "./kernel-builder.js";
import { divideSome, spreadSome, freshAxis, growInput, growOp, type Growth, type Pending } from "./random-growth.js";

/** Makes an op that reads the value, laid out as the language says; undefined where this one cannot. */
export type Operation = (growth: Growth, value: ValueIR) => number | undefined;

const all = (axes: readonly AxisIR[]): number[] => [...axes.keys()];
const monoidOf = (value: ValueIR): string | undefined => value.pending[0]?.monoid;
const sumOnly = (value: ValueIR): boolean => monoidOf(value) === undefined || monoidOf(value) === "sum";
const overOf = (value: ValueIR): number[] => value.pending.flatMap((p) => [...p.over]);
const pendingUnder = (monoid: string, over: readonly number[]): Pending =>
  over.length === 0 ? [] : [{ monoid, over: [...new Set(over)] }];
const cutsOf = (axes: readonly AxisIR[]): number[] => axes.flatMap((a) => a.cuts.map((cut) => cut.meshAxis));

const elementwise: Operation = (growth, value) => {
  const x = read(0, ...all(value.axes));
  const bodies: ScalarIR[] = [binary(constant(2), "*", x), x];
  if (value.pending.length === 0) bodies.push(call("max", x, constant(0)), binary(x, "-", constant(1)), call("abs", x));
  return growOp(growth, [value.id], value.axes, value.pending, [], growth.draw.pick(bodies));
};

/** With another value so laid out, or an input divided like it or less. */
const together: Operation = (growth, value) => {
  const { draw, draft } = growth;
  const layout = (v: ValueIR): string => JSON.stringify([v.axes, v.pending, v.at]);
  const same = draft.values.filter((other) => layout(other) === layout(value));
  let other = draw.pick(same).id;
  if (draw.oneIn(2)) {
    const shorten = (a: AxisIR): AxisIR => (draw.oneIn(3) ? { ...a, cuts: a.cuts.slice(0, -1) } : a);
    other = growInput(growth, value.pending.length > 0 ? value.axes : value.axes.map(shorten), value.pending);
  }
  // As the front makes them, operands are distinct.
  const operands = [...new Set([value.id, other])];
  const [x, y] = [read(0, ...all(value.axes)), read(operands.length - 1, ...all(value.axes))];
  const body = monoidOf(value) === "max" ? call("max", x, y) : binary(x, "+", y);
  return growOp(growth, operands, value.axes, value.pending, [], body);
};

/** sum[k] v[.., k, ..] w[.., k, j]: batched over some of v's other axes, by the expert of v's rows where it has any. */
const contraction: Operation = (growth, value) => {
  const { draw, tables } = growth;
  if (!sumOnly(value) || value.axes.length === 0) return undefined;
  const k = draw.integer(0, value.axes.length - 1);
  const kept = value.axes.filter((_, d) => d !== k);
  const reduced = value.axes[k]!;
  const made = freshAxis(growth, draw.integer(1, 6));
  const pending = pendingUnder("sum", [...overOf(value), ...reduced.cuts.map((cut) => cut.meshAxis)]);
  const [added] = divideSome(growth, [made], [...pending, { monoid: "sum", over: cutsOf(kept) }]) as [AxisIR];
  const axes = [...kept, added];
  const depth = axes.length;
  const variableOf = (d: number): number => (d === k ? depth : d < k ? d : d - 1);
  const weightAxes: AxisIR[] = [];
  const at: Parameters<typeof read>[1][] = [];
  value.axes.forEach((own, d) => {
    if (d === k || !draw.oneIn(3)) return;
    if (own.table === undefined) {
      weightAxes.push(own);
      at.push(variableOf(d));
      return;
    }
    const table = tables[own.table]!;
    const by = draw.oneIn(2) ? ("to" as const) : ("from" as const);
    const cuts = own.cuts.filter((cut) => (cut.by ?? "to") === by).map((cut) => cut.meshAxis);
    weightAxes.push(
      axis(by === "to" ? table.toAxis : table.fromAxis, by === "to" ? table.toSize : table.fromSize, cuts),
    );
    at.push(column(own.table, by, variable(variableOf(d))));
  });
  const weights = growInput(growth, [...weightAxes, reduced, added]);
  const product = binary(read(0, ...all(value.axes).map(variableOf)), "*", read(1, ...at, depth, depth - 1));
  const outer = draw.oneIn(4) && value.pending.length === 0 && reduced.cuts.length === 0;
  const sum = reduce("sum", [depth], product);
  return growOp(growth, [value.id, weights], axes, pending, [reduced], outer ? call("max", sum, constant(0)) : sum);
};

/** sum or max over some of the axes. */
const fold: Operation = (growth, value) => {
  const { draw } = growth;
  const monoid = monoidOf(value) ?? (draw.oneIn(3) ? "max" : "sum");
  const reduced = all(value.axes).filter(() => draw.oneIn(2));
  if (reduced.length === 0) return undefined;
  const axes = value.axes.filter((_, d) => !reduced.includes(d));
  const further = reduced.map((d) => value.axes[d]!);
  const pending = pendingUnder(monoid, [...overOf(value), ...cutsOf(further)]);
  const at = all(value.axes).map((d) =>
    reduced.includes(d) ? axes.length + reduced.indexOf(d) : axes.indexOf(value.axes[d]!),
  );
  const body = reduce(
    monoid,
    all(further).map((i) => axes.length + i),
    read(0, ...at),
  );
  return growOp(growth, [value.id], axes, pending, further, body);
};

/** v[.., c i + k' k + o, ..]: strides, offsets and halos along an axis that every rank has whole. */
const window: Operation = (growth, value) => {
  const { draw } = growth;
  const whole = all(value.axes).filter((d) => value.axes[d]!.cuts.length === 0 && value.axes[d]!.table === undefined);
  if (whole.length === 0) return undefined;
  const d = draw.pick(whole);
  const size = value.axes[d]!.size;
  const reach = draw.integer(1, Math.min(3, size));
  const spacing = (reach - 1) * 2 < size ? draw.integer(1, 2) : 1;
  const span = (reach - 1) * spacing;
  const stride = draw.pick([1, 1, 2, 3, -1]);
  const offset = draw.integer(0, size - 1 - span);
  const length = stride < 0 ? offset + 1 : Math.floor((size - 1 - span - offset) / stride) + 1;
  const made = freshAxis(growth, draw.integer(1, length));
  const axes = spreadSome(growth, value.axes.with(d, made), value.pending, [d]);
  const index = (terms: [number, number][], at: number) => ({
    kind: "affine" as const,
    terms: terms.map(([number, coefficient]) => ({ variable: number, coefficient })),
    offset: at,
  });
  const readAt = (shift: ReturnType<typeof index>): ScalarIR =>
    read(0, ...all(axes).map((e) => (e === d ? shift : variable(e))));
  const monoid = monoidOf(value) ?? (draw.oneIn(3) ? "max" : "sum");
  if (reach > 1 && draw.oneIn(2)) {
    const [first, last] = [readAt(index([[d, stride]], offset)), readAt(index([[d, stride]], offset + span))];
    const body = monoid === "max" ? call("max", first, last) : binary(first, "+", last);
    return growOp(growth, [value.id], axes, value.pending, [], body);
  }
  const k = axes.length;
  const body = reduce(
    monoid,
    [k],
    readAt(
      index(
        [
          [d, stride],
          [k, spacing],
        ],
        offset,
      ),
    ),
  );
  return growOp(growth, [value.id], axes, value.pending, [axis("window", reach)], body);
};

/** v[i, .., i + o], and sum[k] v[i + k, .., j + k]: one variable in two dimensions. */
const diagonal: Operation = (growth, value) => {
  const { draw } = growth;
  const plain = all(value.axes).filter((d) => value.axes[d]!.table === undefined);
  const whole = plain.filter((d) => value.axes[d]!.cuts.length === 0);
  const second = whole.length === 0 ? undefined : draw.pick(whole);
  const first = plain.find((d) => d !== second);
  if (second === undefined || first === undefined) return undefined;
  const [a, b] = [value.axes[first]!, value.axes[second]!];
  if (a.cuts.length === 0 && draw.oneIn(3)) {
    const reach = draw.integer(1, Math.min(2, a.size, b.size));
    const shorter = value.axes.map((own, d) =>
      d === first || d === second ? axis(`${own.name}w`, own.size - reach + 1) : own,
    );
    const axes = spreadSome(growth, shorter, value.pending, [first, second]);
    const k = axes.length;
    const at = all(axes).map((d) =>
      d === first || d === second
        ? { kind: "affine" as const, terms: [d, k].map((v) => ({ variable: v, coefficient: 1 })), offset: 0 }
        : variable(d),
    );
    const body = reduce(monoidOf(value) ?? "sum", [k], read(0, ...at));
    return growOp(growth, [value.id], axes, value.pending, [axis("window", reach)], body);
  }
  const whence = a.cuts.length === 0 && a.size > b.size ? axis(`${a.name}d`, b.size) : a;
  if (whence.size > b.size) return undefined;
  const offset = draw.integer(0, b.size - whence.size);
  const axes = value.axes.with(first, whence).filter((_, d) => d !== second);
  const variableOf = (d: number): number => (d < second ? d : d - 1);
  const at = all(value.axes).map((d) =>
    d === second ? variable(variableOf(first), 1, offset) : variable(variableOf(d)),
  );
  return growOp(growth, [value.id], axes, value.pending, [], read(0, ...at));
};

const transpose: Operation = (growth, value) => {
  const { draw } = growth;
  const axes = spreadSome(growth, value.axes.toReversed(), value.pending);
  const at = all(axes).map((d) => axes.length - 1 - d);
  if (draw.oneIn(2)) return growOp(growth, [value.id], axes, value.pending, [], read(0, ...at));
  const added = freshAxis(growth, draw.integer(1, 4));
  return growOp(growth, [value.id], [...axes, added], value.pending, [], read(0, ...at));
};

/** x[from(r)]: rows, as the tokens are divided. */
const take: Operation = (growth, value) => {
  const { draw, tables } = growth;
  const table = tables[0];
  if (table === undefined) return undefined;
  const by = value.axes.some((a) => a.name === table.fromAxis) ? ("from" as const) : ("to" as const);
  const d = value.axes.findIndex((a) => a.name === (by === "from" ? table.fromAxis : table.toAxis));
  if (d < 0 || value.axes.some((a) => a.table !== undefined)) return undefined;
  const through = by === "to" && draw.oneIn(2) ? "next" : by;
  const cuts = value.axes[d]!.cuts.map((cut) => ({ ...cut, by: through }));
  const rows = axis("rows(gate)", table.rowCount, cuts, 0);
  const axes = spreadSome(growth, value.axes.with(d, rows), value.pending, [d]);
  const x = read(0, ...all(axes).map((e) => (e === d ? column(0, through, variable(e)) : variable(e))));
  const weighed = sumOnly(value) && draw.oneIn(3);
  return growOp(growth, [value.id], axes, value.pending, [], weighed ? binary(weight(0, d), "*", x) : x);
};

/** sum over the rows of each token (or expert), weighed: pending where the rows lie by the other column. */
const gather: Operation = (growth, value) => {
  const { draw, tables } = growth;
  const d = value.axes.findIndex((a) => a.table !== undefined);
  if (d < 0) return undefined;
  const table = tables[0]!;
  const rows = value.axes[d]!;
  const by = draw.oneIn(3) ? ("to" as const) : ("from" as const);
  const kept = rows.cuts.filter((cut) => (cut.by ?? "to") === by).map((cut) => cut.meshAxis);
  const lost = rows.cuts.filter((cut) => (cut.by ?? "to") !== by).map((cut) => cut.meshAxis);
  const monoid = monoidOf(value) ?? (draw.oneIn(4) ? "max" : "sum");
  const pending = pendingUnder(monoid, [...overOf(value), ...lost]);
  const made = axis(by === "from" ? table.fromAxis : table.toAxis, by === "from" ? table.fromSize : table.toSize, kept);
  if (value.axes.some((a) => a.name === made.name)) return undefined;
  const axes = spreadSome(growth, value.axes.with(d, made), pending, [d]);
  const r = axes.length;
  const x = read(0, ...all(axes).map((e) => (e === d ? r : e)));
  const body = reduce(monoid, [r], monoid === "sum" ? binary(weight(0, r), "*", x) : x, {
    table: 0,
    column: by,
    equals: variable(d),
  });
  return growOp(growth, [value.id], axes, pending, [rows], body);
};

/** sum over the rows q of the same expert as row r. */
const sameGroup: Operation = (growth, value) => {
  const d = value.axes.findIndex((a) => a.table !== undefined);
  if (d < 0 || value.axes[d]!.cuts.some((cut) => cut.by !== "to")) return undefined;
  const axes = spreadSome(growth, value.axes, value.pending, [d]);
  const q = axes.length;
  const body = reduce(monoidOf(value) ?? "sum", [q], read(0, ...all(axes).map((e) => (e === d ? q : e))), {
    table: 0,
    column: "to",
    equals: column(0, "to", variable(d)),
  });
  return growOp(growth, [value.id], axes, value.pending, [value.axes[d]!], body);
};

/** v - max[k] v, then less its sum: local equations, over output variables or variables of their own. */
const normalised: Operation = (growth, value) => {
  const { draw } = growth;
  const whole = all(value.axes).filter((d) => value.axes[d]!.cuts.length === 0);
  if (value.pending.length > 0 || whole.length === 0) return undefined;
  const d = draw.pick(whole);
  const rank = value.axes.length;
  const others = all(value.axes).filter((e) => e !== d);
  // Each reduction has a variable of its own; variables of the local equations are the outputs', or some of their own.
  const [first, second] = [rank, rank + 1];
  const own = draw.oneIn(2);
  const indices = own ? others.map((_, i) => rank + 2 + i) : others;
  const reading = (last: number): ScalarIR =>
    read(0, ...all(value.axes).map((e) => (e === d ? last : own ? indices[others.indexOf(e)]! : e)));
  const further = [value.axes[d]!, value.axes[d]!, ...(own ? others.map((e) => value.axes[e]!) : [])];
  const greatest = { name: "m", indices, body: reduce("max", [first], reading(first)) };
  const terms = binary(reading(second), "-", local(0, ...indices));
  const total = { name: "s", indices, body: reduce("sum", [second], terms) };
  const body = binary(binary(read(0, ...all(value.axes)), "-", local(0, ...others)), "-", local(1, ...others));
  return growOp(growth, [value.id], value.axes, [], further, body, [greatest, total]);
};

/** sum over an expert's or a token's rows of something that is the same for all of them: read where there are any. */
const countRows: Operation = (growth, value) => {
  const { draw, tables } = growth;
  const table = tables[0];
  if (table === undefined) return undefined;
  const by = value.axes.some((a) => a.name === table.fromAxis) ? ("from" as const) : ("to" as const);
  const d = value.axes.findIndex((a) => a.name === (by === "from" ? table.fromAxis : table.toAxis));
  if (d < 0 || value.pending.length > 0) return undefined;
  const axes = spreadSome(growth, value.axes, [], [d]);
  const r = axes.length;
  const x = read(0, ...all(axes));
  const body = reduce("sum", [r], draw.oneIn(2) ? x : binary(weight(0, r), "*", x), {
    table: 0,
    column: by,
    equals: variable(d),
  });
  return growOp(growth, [value.id], axes, [], [axis("rows(gate)", table.rowCount, [], 0)], body);
};

export const operations: readonly Operation[] = [
  elementwise,
  together,
  contraction,
  contraction,
  fold,
  window,
  window,
  diagonal,
  transpose,
  take,
  take,
  gather,
  gather,
  sameGroup,
  normalised,
  countRows,
];
