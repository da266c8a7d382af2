/** Images of index expressions: which indices of an operand a set of index values reaches, exactly. */
import type { Comparison } from "../kernels/conditions.js";
import type { ConditionIR, IndexIR, TableData } from "../check/ir.js";
import { variablesOf, type Access, type Binding } from "./access.js";
import { distanceOf, filterRuns, holdsAt, variablesIn, within } from "./guards.js";
import { forEachSame, sameValues, type SameValue } from "./same-values.js";
import { columnImage, rowsWith } from "./table-rows.js";
import { emptyRuns, forEachIndex, intersect, interval, scaleRuns, sumRuns, type Runs } from "../graph/runs.js";

/** What each variable ranges over; by variable number. */
export type Ranges = (variable: number) => Runs;

export function imageOfIndex(
  index: IndexIR,
  ranges: Ranges,
  bindings: readonly Binding[],
  tables: readonly TableData[],
): Runs {
  if (index.kind === "column") {
    return columnImage(tables[index.table]!, index.column, imageOfIndex(index.at, ranges, bindings, tables));
  }
  let image: Runs | undefined;
  for (const { variable, coefficient } of index.terms) {
    const range = rangeOf(variable, ranges, bindings, tables);
    if (range.length === 0) return emptyRuns;
    const scaled = scaleRuns(range, coefficient, 0);
    image = image === undefined ? scaled : sumRuns(image, scaled);
  }
  if (image === undefined) return interval(index.offset, index.offset + 1);
  return scaleRuns(image, 1, index.offset);
}

/** Range of a variable; a bound one's is cut down to what its binding allows. */
export function rangeOf(
  variable: number,
  ranges: Ranges,
  bindings: readonly Binding[],
  tables: readonly TableData[],
): Runs {
  const binding = bindings.find((b) => b.variable === variable);
  if (binding === undefined) return ranges(variable);
  const values = imageOfIndex(binding.equals, ranges, bindings, tables);
  if (binding.rows === undefined) return values;
  const { table, column } = binding.rows;
  return intersect(ranges(variable), rowsWith(tables[table]!, column, values));
}

/**
 * Variables that occur in more than one place of the access (in two dimensions, in an index and in what binds another
 * variable there, in a reduction around it that no index names): along them the image is not a product, and they must be
 * taken one value at a time. Outer variables before those bound by them.
 */
export function coupledVariables(access: Access): number[] {
  const seen = new Set<number>();
  const coupled = new Set<number>();
  const occurs = (variable: number): void => {
    if (seen.has(variable)) coupled.add(variable);
    seen.add(variable);
    const binding = access.bindings.find((b) => b.variable === variable);
    if (binding !== undefined) occurIn(binding.equals);
  };
  const occurIn = (index: IndexIR): void => {
    if (index.kind === "column") occurIn(index.at);
    else for (const { variable } of index.terms) occurs(variable);
  };
  access.at.forEach(occurIn);
  access.unnamed.forEach(occurs);
  // What only guards name reaches further only through what binds it.
  for (const variable of access.guards.flatMap(variablesIn))
    if (!seen.has(variable) && access.bindings.some((b) => b.variable === variable)) occurs(variable);
  const bound = access.bindings.map((b) => b.variable);
  return [...coupled].toSorted((a, b) => bound.indexOf(a) - bound.indexOf(b));
}

/** Images of all dimensions of an access, one product at a time; empty products are left out. */
export function forEachImage(
  access: Access,
  ranges: Ranges,
  tables: readonly TableData[],
  visit: (image: readonly Runs[]) => void,
): void {
  const { same, rest, fixed: order, singles, pairs } = planOf(access);
  if (same) return forEachSame(same, ranges, tables, (narrowed) => forEachImage(rest!, narrowed, tables, visit));
  const { bindings, guards } = access;
  if (order.length === 0 && guards.length === 0) {
    // Most accesses: a product of their own.
    if (access.unnamed.some((variable) => rangeOf(variable, ranges, bindings, tables).length === 0)) return;
    const image = access.at.map((index) => imageOfIndex(index, ranges, bindings, tables));
    if (image.every((runs) => runs.length > 0)) visit(image);
    return;
  }
  const fixed = new Map<number, number>();
  const current: Ranges = (variable) => {
    const value = fixed.get(variable);
    return value === undefined ? ranges(variable) : interval(value, value + 1);
  };
  /** Range of a variable, as far as guards on it and on what is fixed allow. */
  const guarded = (variable: number, conditions: readonly ConditionIR[]): Runs =>
    conditions.reduce(
      (runs, condition) => filterRuns(runs, condition, variable, fixed, tables),
      rangeOf(variable, current, bindings, tables),
    );

  const leaf = (): void => {
    const narrowed = new Map<number, Runs>();
    const reach = (variable: number): Runs => narrowed.get(variable) ?? rangeOf(variable, current, bindings, tables);
    for (const { variable, conditions } of singles) narrowed.set(variable, guarded(variable, conditions));
    for (const { near, far, comparisons } of pairs) {
      const distance = { low: -Infinity, high: Infinity };
      for (const comparison of comparisons) {
        const { low, high } = distanceOf(comparison, near, far, fixed)!;
        distance.low = Math.max(distance.low, low);
        distance.high = Math.min(distance.high, high);
      }
      narrowed.set(near, within(reach(near), reach(far), distance));
    }
    for (const runs of narrowed.values()) if (runs.length === 0) return;
    if (access.unnamed.some((variable) => reach(variable).length === 0)) return;
    const free = narrowed.size === 0 ? bindings : bindings.filter((binding) => !narrowed.has(binding.variable));
    const image = access.at.map((index) =>
      imageOfIndex(index, (variable) => narrowed.get(variable) ?? current(variable), free, tables),
    );
    if (image.every((runs) => runs.length > 0)) visit(image);
  };
  const recurse = (depth: number): void => {
    if (depth === order.length) return leaf();
    const { variable, decided } = order[depth]!;
    forEachIndex(guarded(variable, decided), (value) => {
      fixed.set(variable, value);
      recurse(depth + 1);
      fixed.delete(variable);
    });
  };
  if (guards.some((guard) => variablesIn(guard).length === 0 && !holdsAt(guard, fixed, tables))) return;
  recurse(0);
}

/** How the image of an access is found. */
interface ImagePlan {
  /** A guard that is taken value by value of its columns, and the access without it: then all else is said by that. */
  readonly same?: SameValue;
  readonly rest?: Access;
  /** Variables taken one value at a time, in order, each with the guards that are decided by then. */
  readonly fixed: readonly { readonly variable: number; readonly decided: readonly ConditionIR[] }[];
  /** Guards on one variable that is not fixed. */
  readonly singles: readonly { readonly variable: number; readonly conditions: readonly ConditionIR[] }[];
  /** Guards on the distance of two; the far one occurs nowhere else. */
  readonly pairs: readonly {
    readonly near: number;
    readonly far: number;
    readonly comparisons: readonly Comparison[];
  }[];
}

const plans = new WeakMap<Access, ImagePlan>();

function planOf(access: Access): ImagePlan {
  let plan = plans.get(access);
  if (plan === undefined) plans.set(access, (plan = makePlan(access)));
  return plan;
}

/**
 * Indices that must have the same in a column are taken value by value. What other guards tie together must be fixed,
 * but for two cases in which a condition is a set of runs all the same: it is on one variable, or all there is on two
 * variables is their distance, and one of them is not read at.
 */
function makePlan(access: Access): ImagePlan {
  const { guards, bindings } = access;
  const isBound = (variable: number): boolean => bindings.some((binding) => binding.variable === variable);
  const same = sameValues(guards).find(({ sides }) => !sides.some(({ variable }) => isBound(variable)));
  if (same) {
    const rest = { ...access, guards: guards.filter((guard) => guard !== same.condition) };
    return { same, rest, fixed: [], singles: [], pairs: [] };
  }
  const order = coupledVariables(access);
  const inBindings = new Set(bindings.flatMap((binding) => variablesOf(binding.equals, [])));
  const named = new Set(access.at.flatMap((index) => variablesOf(index, [])));
  const guardVariables = [...new Set(guards.flatMap(variablesIn))].toSorted((a, b) => a - b);
  order.push(...guardVariables.filter((variable) => inBindings.has(variable) && !order.includes(variable)));
  for (;;) {
    const left = guardVariables.filter((variable) => !order.includes(variable));
    const groups = groupsOf(left, guards);
    const tied = groups.find(
      (group) => group.length > 1 && pairOf(group, guards, order, inBindings, named) === undefined,
    );
    if (tied === undefined) break;
    order.push(tied[0]!);
  }
  const bound = bindings.map((binding) => binding.variable);
  order.sort((a, b) => bound.indexOf(a) - bound.indexOf(b));
  const isFixed = (variable: number): boolean => order.includes(variable);
  const decidedAt = (guard: ConditionIR): number =>
    Math.max(...variablesIn(guard).map((variable) => (isFixed(variable) ? order.indexOf(variable) : Infinity)));
  const free = guardVariables.filter((variable) => !isFixed(variable));
  const onlyFree = (guard: ConditionIR): number[] => variablesIn(guard).filter((variable) => !isFixed(variable));
  return {
    fixed: order.map((variable, depth) => ({
      variable,
      decided: guards.filter((guard) => decidedAt(guard) === depth),
    })),
    singles: free.flatMap((variable) => {
      const conditions = guards.filter((guard) => onlyFree(guard).join() === String(variable));
      return conditions.length > 0 ? [{ variable, conditions }] : [];
    }),
    pairs: groupsOf(free, guards).flatMap((group) => pairOf(group, guards, order, inBindings, named) ?? []),
  };
}

/** Variables that some guard ties together, directly or through others. */
function groupsOf(variables: readonly number[], guards: readonly ConditionIR[]): number[][] {
  let groups = variables.map((variable) => [variable]);
  for (const guard of guards) {
    const tied = new Set(variablesIn(guard));
    const [joined, others] = [
      groups.filter((group) => group.some((variable) => tied.has(variable))),
      groups.filter((group) => !group.some((variable) => tied.has(variable))),
    ];
    groups = joined.length > 0 ? [...others, joined.flat().toSorted((a, b) => a - b)] : others;
  }
  return groups;
}

function pairOf(
  group: readonly number[],
  guards: readonly ConditionIR[],
  order: readonly number[],
  inBindings: ReadonlySet<number>,
  named: ReadonlySet<number>,
): ImagePlan["pairs"][number] | undefined {
  if (group.length !== 2) return undefined;
  const hidden = (variable: number): boolean => !named.has(variable) && !inBindings.has(variable);
  const far = group.find(hidden);
  if (far === undefined) return undefined;
  const near = group.find((variable) => variable !== far)!;
  const comparisons: Comparison[] = [];
  // Any values of what is fixed: whether it is a distance does not depend on them.
  const fixed = new Map(order.map((variable) => [variable, 0]));
  for (const guard of guards) {
    const variables = variablesIn(guard);
    if (!variables.includes(near) || !variables.includes(far)) continue;
    if (guard.kind !== "compare" || distanceOf(guard, near, far, fixed) === undefined) return undefined;
    comparisons.push(guard);
  }
  return { near, far, comparisons };
}
