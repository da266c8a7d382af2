/** Guards of accesses: the values of index variables for which a condition holds, as runs. */
import { conditionIndices, holds, type Comparison } from "../kernels/conditions.js";
import type { ConditionIR, IndexIR, TableData } from "../check/ir.js";
import { columnOf } from "../graph/table-columns.js";
import {
  difference,
  forEachIndex,
  intersect,
  interval,
  runsFromIntervals,
  runsFromSortedIndices,
} from "../graph/runs.js";
import type { Runs } from "../graph/runs.js";

/** More alternatives than this are not told apart: the condition is then kept whole, and judged value by value. */
const mostAlternatives = 16;

/**
 * The ways in which all of the conditions can hold, each a list of conditions that hold together: comparisons, or
 * conditions kept whole. Comparisons of constants are decided here: no way is left where one is false.
 */
export function alternativesOf(conditions: readonly ConditionIR[]): ConditionIR[][] {
  let ways: ConditionIR[][] = [[]];
  for (const condition of conditions) {
    const own = waysOf(condition) ?? [[condition]];
    const whole = ways.length * own.length > mostAlternatives;
    ways = ways.flatMap((way) => (whole ? [[...way, condition]] : own.map((one) => [...way, ...one])));
  }
  return ways;
}

/** Undefined where there are too many. */
function waysOf(condition: ConditionIR): ConditionIR[][] | undefined {
  if (condition.kind === "compare") {
    const { left, right } = condition;
    if (left.kind === "column" || right.kind === "column" || left.terms.length > 0 || right.terms.length > 0)
      return [[condition]];
    return holds(condition, (index) => (index as typeof left).offset) ? [[]] : [];
  }
  const parts = condition.parts.map(waysOf);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const ways =
    condition.kind === "or"
      ? parts.flat()
      : parts.reduce<ConditionIR[][] | undefined>(
          (before, own) => {
            if (before === undefined || before.length * own.length > mostAlternatives) return undefined;
            return before.flatMap((way) => own.map((one) => [...way, ...one]));
          },
          [[]],
        );
  return ways !== undefined && ways.length <= mostAlternatives ? ways : undefined;
}

/** Variables of a condition, each once. */
export function variablesIn(condition: ConditionIR): number[] {
  const found = new Set<number>();
  const add = (index: IndexIR): void => {
    if (index.kind === "column") add(index.at);
    else for (const { variable } of index.terms) found.add(variable);
  };
  conditionIndices(condition).forEach(add);
  return [...found];
}

/** left - right, as coefficients by variable and a constant; undefined where a column stands in it. */
export function differenceOf({
  left,
  right,
}: Comparison): { coefficients: Map<number, number>; offset: number } | undefined {
  if (left.kind === "column" || right.kind === "column") return undefined;
  const coefficients = new Map<number, number>();
  const add = (index: typeof left, factor: number): void => {
    for (const { variable, coefficient } of index.terms) {
      const sum = (coefficients.get(variable) ?? 0) + factor * coefficient;
      if (sum === 0) coefficients.delete(variable);
      else coefficients.set(variable, sum);
    }
  };
  add(left, 1);
  add(right, -1);
  return { coefficients, offset: left.offset - right.offset };
}

/** Values of variables that are fixed. */
export type Fixed = ReadonlyMap<number, number>;

/** The values of one variable, among the runs, for which the condition holds; all its other variables are fixed. */
export function filterRuns(
  runs: Runs,
  condition: ConditionIR,
  variable: number,
  fixed: Fixed,
  tables: readonly TableData[],
): Runs {
  const linear = condition.kind === "compare" ? differenceOf(condition) : undefined;
  if (condition.kind === "compare" && linear !== undefined) {
    let { offset } = linear;
    for (const [other, coefficient] of linear.coefficients)
      if (other !== variable) offset += coefficient * fixed.get(other)!;
    return filterLinear(runs, condition.operator, linear.coefficients.get(variable) ?? 0, offset);
  }
  const kept: number[] = [];
  const values = new Map(fixed);
  forEachIndex(runs, (value) => {
    values.set(variable, value);
    if (holds(condition, (index) => valueOf(index, values, tables))) kept.push(value);
  });
  return runsFromSortedIndices(kept);
}

/** Whether a condition holds, all of whose variables are fixed. */
export function holdsAt(condition: ConditionIR, fixed: Fixed, tables: readonly TableData[]): boolean {
  return holds(condition, (index) => valueOf(index, fixed, tables));
}

function valueOf(index: IndexIR, values: Fixed, tables: readonly TableData[]): number {
  if (index.kind === "column")
    return columnOf(tables[index.table]!, index.column).values[valueOf(index.at, values, tables)]!;
  return index.terms.reduce(
    (sum, { variable, coefficient }) => sum + coefficient * values.get(variable)!,
    index.offset,
  );
}

/** Beyond every index. */
const far = 2 ** 30;

/** Where coefficient * v + offset is negative, not positive, zero, or not zero. */
function filterLinear(runs: Runs, operator: Comparison["operator"], coefficient: number, offset: number): Runs {
  if (coefficient === 0) {
    const kept = { "<": offset < 0, "<=": offset <= 0, "==": offset === 0, "!=": offset !== 0 }[operator];
    return kept ? runs : interval(0, 0);
  }
  if (operator === "<" || operator === "<=") {
    const bound = -(operator === "<" ? offset + 1 : offset) / coefficient;
    return coefficient > 0
      ? intersect(runs, interval(-far, clamp(Math.floor(bound) + 1)))
      : intersect(runs, interval(clamp(Math.ceil(bound)), far));
  }
  const root = -offset / coefficient;
  const only = Number.isInteger(root) ? interval(clamp(root), clamp(root) + 1) : interval(0, 0);
  return operator === "==" ? intersect(runs, only) : difference(runs, only);
}

function clamp(value: number): number {
  return Math.max(-far, Math.min(far, value));
}

/** y - x lies in low .. high; either may be infinite. */
export interface Distance {
  readonly low: number;
  readonly high: number;
}

/** Of y, x and the comparison, what it says of y - x; undefined where it is not about that difference alone. */
export function distanceOf(comparison: Comparison, x: number, y: number, fixed: Fixed): Distance | undefined {
  const linear = differenceOf(comparison);
  if (linear === undefined || comparison.operator === "!=") return undefined;
  let { offset } = linear;
  for (const [variable, coefficient] of linear.coefficients) {
    if (variable === x || variable === y) continue;
    const value = fixed.get(variable);
    if (value === undefined) return undefined;
    offset += coefficient * value;
  }
  const [ofX, ofY] = [linear.coefficients.get(x), linear.coefficients.get(y)];
  if (ofX === undefined || ofY === undefined || ofX + ofY !== 0 || Math.abs(ofX) !== 1) return undefined;
  if (comparison.operator === "==") {
    const at = ofY === 1 ? -offset : offset;
    return { low: at, high: at };
  }
  const slack = -offset - (comparison.operator === "<" ? 1 : 0);
  // y - x <= slack, or x - y <= slack.
  return ofY === 1 ? { low: -Infinity, high: slack } : { low: -slack, high: Infinity };
}

const nearby = new WeakMap<Runs, WeakMap<Runs, Map<string, Runs>>>();

/**
 * The x among the runs for which some y has y - x in low .. high. Blocks that differ in other dimensions alone ask for the
 * same again, and get the same runs.
 */
export function within(x: Runs, y: Runs, distance: Distance): Runs {
  let ofX = nearby.get(x);
  if (ofX === undefined) nearby.set(x, (ofX = new WeakMap()));
  let known = ofX.get(y);
  if (known === undefined) ofX.set(y, (known = new Map()));
  const key = `${distance.low} ${distance.high}`;
  let near = known.get(key);
  if (near === undefined) known.set(key, (near = findWithin(x, y, distance)));
  return near;
}

function findWithin(x: Runs, y: Runs, { low, high }: Distance): Runs {
  if (y.length === 0 || low > high) return interval(0, 0);
  const first = Math.max(low, -far);
  const last = Math.min(high, far);
  const near: [number, number][] = [];
  for (let i = 0; i < y.length; i += 2) near.push([clamp(y[i]! - last), clamp(y[i + 1]! - first)]);
  return intersect(x, runsFromIntervals(near));
}
