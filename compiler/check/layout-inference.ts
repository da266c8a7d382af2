/**
 * The layout of a kernel's result, from its operands' layouts and its index notation alone (R1, R2).
 *
 * A variable is divided by a mesh axis if some operand's dimension that is read by exactly that variable is cut by it
 * (for rows of a table also through its columns: `x[from(r)]` with x cut along tokens divides r *by from*). All
 * dimensions a variable reads must be cut alike, or some less deeply (a replicated operand may be read in part: that
 * moves nothing). A divided output variable divides the result; a divided reduced one leaves it pending under the
 * reduction's monoid. Any other reading of a divided axis would need what another position has.
 */
import { isOfIndex } from "../graph/table-columns.js";
import { exactVariable, indexVariables } from "../kernels/index-math.js";
import { sameFactor } from "./axis-factors.js";
import type { AxisCutIR, AxisIR, CutFactorIR, IndexIR, KernelIR, ValueIR } from "./ir.js";
import { kernelAccesses } from "./kernel-accesses.js";
import type { RowLink } from "./kernel-accesses.js";
import { resultCompleteness } from "./layout-linearity.js";
import type { LinearityProblem, Partial } from "./layout-linearity.js";
import { unorderedParts } from "./ordered-parts.js";
import type { MonoidKind } from "./monoid-kinds.js";
import { orderedCuts, sourceColumn, targetColumn } from "./row-parts.js";
import type { RowPartsContext } from "./row-parts.js";

export type Layout = Pick<ValueIR, "axes" | "pending" | "at">;
export type Pending = ValueIR["pending"];
export type Positions = ValueIR["at"];

export interface InferredLayout {
  /** One list a dimension of the result. */
  readonly cuts: readonly (readonly AxisCutIR[])[];
  readonly pending: Pending;
  readonly at: Positions;
}

/** One dimension of one operand. */
export interface OperandDimension {
  readonly operand: number;
  readonly dimension: number;
}

export type LayoutProblem =
  /** A divided dimension is read at an index that is not its own position's. */
  | { readonly kind: "read-elsewhere"; readonly place: OperandDimension; readonly index: IndexIR | undefined }
  /** One variable reads two dimensions that are cut differently. */
  | {
      readonly kind: "cut-differently";
      readonly variable: number;
      readonly first: OperandDimension;
      readonly second: OperandDimension;
    }
  /** One mesh axis divides two variables, or one variable twice; `reduced` where the second is reduced over. */
  | {
      readonly kind: "divided-twice";
      readonly meshAxis: number;
      readonly first: OperandDimension;
      readonly second: OperandDimension;
      readonly reduced: boolean;
    }
  | {
      readonly kind: "pending";
      readonly meshAxis: number;
      readonly problem: LinearityProblem;
      readonly place?: OperandDimension;
    }
  | {
      readonly kind: "pending-and-divided";
      readonly meshAxis: number;
      readonly operand: number;
      readonly place: OperandDimension;
    }
  | { readonly kind: "positions-differ"; readonly meshAxis: number; readonly first: number; readonly second: number };

export interface InferenceContext {
  readonly meshAxisCount: number;
  readonly columnSize: (table: number, column: string) => number;
  readonly kindOf: (monoid: string) => MonoidKind;
  /** Whether the order of what a monoid joins counts; absent: of none. */
  readonly isOrdered?: (monoid: string) => boolean;
  /** For what is read through columns into other rows. */
  readonly rowParts: RowPartsContext;
}

/** Which column's parts a list of cuts follows; "" for an axis's own. */
type CutKey = string;
interface CutList {
  readonly meshAxes: readonly number[];
  readonly place: OperandDimension;
  /** The factor that they cut. */
  readonly factor?: CutFactorIR;
}
type VariableCuts = Map<CutKey, CutList>;

/**
 * @returns the layout, or the problems that leave it without one.
 */
export function inferLayout(
  kernel: KernelIR,
  operands: readonly Layout[],
  context: InferenceContext,
): { layout?: InferredLayout; problems: readonly LayoutProblem[] } {
  const problems: LayoutProblem[] = [];
  const { accesses, rowLinks } = kernelAccesses(kernel);
  const cuts = kernel.variables.map((): VariableCuts => new Map());

  function join(variable: number, key: CutKey, list: CutList): void {
    const known = cuts[variable]!.get(key);
    const shorter = known && known.meshAxes.length < list.meshAxes.length ? known : list;
    const longer = shorter === known ? list : (known ?? list);
    const apart = known !== undefined && !sameFactor(known.factor, list.factor);
    if (apart || shorter.meshAxes.some((axis, depth) => longer.meshAxes[depth] !== axis)) {
      problems.push({ kind: "cut-differently", variable, first: known!.place, second: list.place });
    } else cuts[variable]!.set(key, longer);
  }

  for (const { operand, dimension, index } of accesses) {
    const axis = operands[operand]!.axes[dimension]!;
    if (axis.cuts.length === 0) continue;
    const place = { operand, dimension };
    const reader = readerOf(index, axis, kernel, context);
    if (!reader) problems.push({ kind: "read-elsewhere", place, index });
    else {
      for (const [key, meshAxes] of reader.lists)
        join(reader.variable, key, { meshAxes, place, ...(index?.kind === "affine" && factorOf(axis, key)) });
    }
  }

  const bound = bindRows(kernel, rowLinks, cuts, context, join);
  const divisions = divisionsOf(kernel, cuts, bound);
  for (let meshAxis = 0; meshAxis < context.meshAxisCount; meshAxis++) {
    const users = divisions.filter((division) => division.meshAxis === meshAxis);
    const output = users.find((user) => user.variable < kernel.outputRank);
    const again = users.find((user) => users.some((other) => other !== user && other.variable === user.variable));
    const first = output ?? again;
    const second = users.find((user) => user !== first && (output ?? again?.variable === user.variable));
    if (first && second) {
      problems.push({
        ...{ kind: "divided-twice", meshAxis, first: first.place, second: second.place },
        reduced: second.variable >= kernel.outputRank,
      });
    }
    if (output) {
      const operand = operands.findIndex((layout) => pendingOver(layout, meshAxis) !== undefined);
      if (operand >= 0) problems.push({ kind: "pending-and-divided", meshAxis, operand, place: output.place });
    }
  }
  const at = joinPositions(operands, divisions, problems);
  const partials = problems.length > 0 ? [] : pendingOf(kernel, operands, divisions, context, problems);
  if (problems.length > 0) return { problems };
  return {
    problems,
    layout: {
      cuts: Array.from({ length: kernel.outputRank }, (_, variable) => cutsOfVariable(cuts[variable]!)),
      pending: groupPending(partials),
      at,
    },
  };
}

export function pendingOver(layout: Pick<Layout, "pending">, meshAxis: number): string | undefined {
  return layout.pending.find(({ over }) => over.includes(meshAxis))?.monoid;
}

/** The variable whose parts an access follows, and the cuts it must then have. */
function readerOf(
  index: IndexIR | undefined,
  axis: AxisIR,
  kernel: KernelIR,
  context: InferenceContext,
): { variable: number; lists: Map<CutKey, number[]> } | undefined {
  if (!index) return undefined;
  const lists = new Map<CutKey, number[]>();
  if (index.kind === "column") {
    const [variable, ...others] = indexVariables(index);
    if (axis.cuts.some((cut) => cut.factor)) return undefined;
    const table = variable === undefined ? undefined : kernel.variables[variable]!.table;
    if (table === undefined || others.length > 0 || readsOfIndex(index)) return undefined;
    if (context.columnSize(index.table, index.column) !== axis.size) return undefined;
    for (const [key, meshAxes] of cutLists(axis)) {
      const direct = key === "" && index.at.kind === "affine";
      const column = direct
        ? index.column
        : sourceColumn(index, table, axis, key, meshAxes, new Set(lists.keys()), context.rowParts);
      if (column === undefined) return undefined;
      lists.set(column, meshAxes);
    }
    return { variable: variable!, lists };
  }
  const variable = exactVariable(index);
  if (variable === undefined) return undefined;
  const { size, table } = kernel.variables[variable]!;
  if (size !== axis.size || table !== axis.table) return undefined;
  return { variable, lists: cutLists(axis) };
}

/** Whether some column of it is read at an index, not at a row: parts do not follow through those. */
function readsOfIndex(index: IndexIR): boolean {
  return index.kind === "column" && (isOfIndex(index.column) || readsOfIndex(index.at));
}

function factorOf({ cuts }: AxisIR, key: CutKey): Pick<CutList, "factor"> {
  const factor = cuts.find(({ by = "" }) => by === key)?.factor;
  return factor ? { factor } : {};
}

/** Mesh axes by the column, or the factor, whose parts they follow. */
function cutLists({ cuts }: AxisIR): Map<CutKey, number[]> {
  const lists = new Map<CutKey, number[]>();
  for (const { meshAxis, by = "" } of cuts) lists.set(by, [...(lists.get(by) ?? []), meshAxis]);
  return lists;
}

/**
 * `sum[r in rows(R) where from(r) == t]`: rows cut by from follow t, and t is then divided as they are. Returns which
 * lists of which variables follow another variable so, and divide nothing themselves.
 */
function bindRows(
  kernel: KernelIR,
  links: readonly RowLink[],
  cuts: readonly VariableCuts[],
  context: InferenceContext,
  join: (variable: number, key: CutKey, list: CutList) => void,
): Set<string> {
  const bound = new Set<string>();
  for (const link of links) {
    const { variable, column, table } = link;
    const all = links.filter((other) => other.variable === variable && other.column === column);
    const follows = all.every(
      ({ equals }) => equals !== undefined && kernel.variables[equals]!.size === context.columnSize(table, column),
    );
    if (!follows) continue;
    const rows = kernel.variables[link.equals!]!.table;
    const taken = new Set<CutKey>();
    for (const [key, list] of cuts[variable]!) {
      const to =
        rows === undefined
          ? key === column
            ? ""
            : undefined
          : targetColumn(link, key, rows, list.meshAxes, taken, context.rowParts);
      if (to === undefined) continue;
      taken.add(to);
      join(link.equals!, to, list);
      bound.add(`${variable}/${key}`);
    }
  }
  return bound;
}

export interface Division {
  readonly variable: number;
  readonly meshAxis: number;
  readonly place: OperandDimension;
}

function divisionsOf(kernel: KernelIR, cuts: readonly VariableCuts[], bound: ReadonlySet<string>): Division[] {
  const divisions: Division[] = [];
  kernel.variables.forEach((_, variable) => {
    for (const [key, { meshAxes, place }] of cuts[variable]!) {
      if (bound.has(`${variable}/${key}`)) continue;
      for (const meshAxis of meshAxes) divisions.push({ variable, meshAxis, place });
    }
  });
  return divisions;
}

/** What is pending at the result, per mesh axis. */
function pendingOf(
  kernel: KernelIR,
  operands: readonly Layout[],
  divisions: readonly Division[],
  context: InferenceContext,
  problems: LayoutProblem[],
): (Partial | undefined)[] {
  const partials = Array.from({ length: context.meshAxisCount }, (_, meshAxis) => {
    const divided = divisions.filter((division) => division.meshAxis === meshAxis);
    const { result, problem } = resultCompleteness({
      kernel,
      pendingOperand: (operand) => pendingOver(operands[operand]!, meshAxis),
      divided: (variable) => divided.some((division) => division.variable === variable),
      kindOf: context.kindOf,
    });
    if (problem) {
      const { cause } = problem.partial;
      const place = "variable" in cause ? divided.find((d) => d.variable === cause.variable)!.place : undefined;
      problems.push({ kind: "pending", meshAxis, problem, ...(place && { place }) });
    }
    return result === "complete" ? undefined : result;
  });
  partials.forEach((partial, meshAxis) => {
    if (!partial || !context.isOrdered?.(partial.monoid)) return;
    const others = partials.flatMap((other, m) => (other?.monoid === partial.monoid && m !== meshAxis ? [m] : []));
    const found = unorderedParts(partial, meshAxis, others, kernel, operands, divisions);
    if (found)
      problems.push({ kind: "pending", meshAxis, problem: { partial, reason: found.reason }, place: found.place });
  });
  return partials;
}

function groupPending(partials: readonly (Partial | undefined)[]): Pending {
  const groups = new Map<string, number[]>();
  partials.forEach((partial, meshAxis) => {
    if (partial) groups.set(partial.monoid, [...(groups.get(partial.monoid) ?? []), meshAxis]);
  });
  return [...groups].map(([monoid, over]) => ({ monoid, over }));
}

function cutsOfVariable(lists: VariableCuts): AxisCutIR[] {
  return orderedCuts(
    [...lists].flatMap(([key, { meshAxes, factor }]) =>
      meshAxes.map((meshAxis) => ({ meshAxis, ...(key !== "" && { by: key }), ...(factor && { factor }) })),
    ),
  );
}

/** A result is where its operands are; what is replicated is there too. */
function joinPositions(
  operands: readonly Layout[],
  divisions: readonly Division[],
  problems: LayoutProblem[],
): Positions {
  const found = new Map<number, { position: number; operand: number }>();
  operands.forEach((layout, operand) => {
    for (const { meshAxis, position } of layout.at) {
      const known = found.get(meshAxis);
      if (!known) found.set(meshAxis, { position, operand });
      else if (known.position !== position) {
        problems.push({ kind: "positions-differ", meshAxis, first: known.operand, second: operand });
      }
    }
  });
  for (const [meshAxis, { operand }] of found) {
    const elsewhere =
      divisions.find((division) => division.meshAxis === meshAxis)?.place.operand ??
      operands.findIndex((layout) => pendingOver(layout, meshAxis) !== undefined);
    if (elsewhere >= 0) problems.push({ kind: "positions-differ", meshAxis, first: operand, second: elsewhere });
  }
  return [...found].map(([meshAxis, { position }]) => ({ meshAxis, position })).sort((a, b) => a.meshAxis - b.meshAxis);
}
