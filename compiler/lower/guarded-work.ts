/** How much of a block guards let through: exactly, element by element, and as whole tiles. */
import { mapCondition, negateCondition } from "../check/conditions.js";
import { renumberIndex } from "../check/index-math.js";
import type { ConditionIR, IndexIR, KernelIR, ScalarIR, TableData } from "../check/ir.js";
import { alternativesOf, distanceOf, filterRuns, holdsAt, variablesIn, type Distance } from "./guards.js";
import { pureVariable } from "./access.js";
import { columnOf } from "../graph/table-columns.js";
import { forEachSame, sameValues } from "./same-values.js";
import { walkKernel } from "../check/kernel-walk.js";
import type { Ranges } from "./image.js";
import { countPairs, forEachIndex, runsLength, type Runs } from "./runs.js";

/** Conditions that must hold together. */
export type Guards = readonly ConditionIR[];

/** Where what guards say is not known in closed form, this many elements are counted one by one. */
const mostCounted = 1e6;

/**
 * Share of the values of `variables` for which the guards hold; undefined where it would take too long to count.
 * Other variables of the guards are not supported: also undefined.
 */
export function shareHolding(
  guards: Guards,
  variables: readonly number[],
  ranges: Ranges,
  tables: readonly TableData[],
): number | undefined {
  const ways = alternativesOf(guards);
  if (ways.length === 0) return 0;
  const [way] = ways;
  const together = ways.length === 1 ? way! : guards;
  const named = [...new Set(together.flatMap(variablesIn))];
  if (!named.every((variable) => variables.includes(variable))) return undefined;
  const total = named.reduce((product, variable) => product * runsLength(ranges(variable)), 1);
  if (total === 0) return 1;
  const closed = ways.length === 1 ? countTogether(together, named, ranges, tables) : undefined;
  const count = closed ?? (total <= mostCounted ? countEach(together, named, ranges, tables) : undefined);
  return count === undefined ? undefined : count / total;
}

/** Comparisons of one variable with constants, of two's distance or of columns; undefined where there is more. */
function countTogether(
  guards: Guards,
  named: readonly number[],
  ranges: Ranges,
  tables: readonly TableData[],
): number | undefined {
  if (named.length > 2) return undefined;
  const [same] = sameValues(guards);
  if (same) {
    const rest = guards.filter((guard) => guard !== same.condition);
    let count: number | undefined = 0;
    forEachSame(same, ranges, tables, (narrowed) => {
      const own = count === undefined ? undefined : countTogether(rest, named, narrowed, tables);
      count = own === undefined ? undefined : count! + own;
    });
    return count;
  }
  const nothing = new Map<number, number>();
  const narrowed = named.map((variable) =>
    guards
      .filter((guard) => variablesIn(guard).length === 1 && variablesIn(guard)[0] === variable)
      .reduce((runs, guard) => filterRuns(runs, guard, variable, nothing, tables), ranges(variable)),
  );
  if (named.length < 2) return narrowed.reduce((product, runs) => product * runsLength(runs), 1);
  const [x, y] = named as [number, number];
  const distance = { low: -Infinity, high: Infinity };
  for (const guard of guards) {
    if (variablesIn(guard).length < 2) continue;
    const own = guard.kind === "compare" ? distanceOf(guard, x, y, nothing) : undefined;
    if (own === undefined) return undefined;
    distance.low = Math.max(distance.low, own.low);
    distance.high = Math.min(distance.high, own.high);
  }
  return countPairs(narrowed[0]!, narrowed[1]!, distance.low, distance.high);
}

function countEach(guards: Guards, named: readonly number[], ranges: Ranges, tables: readonly TableData[]): number {
  const fixed = new Map<number, number>();
  let count = 0;
  const descend = (depth: number): void => {
    if (depth === named.length) {
      if (guards.every((guard) => holdsAt(guard, fixed, tables))) count++;
      return;
    }
    forEachIndex(ranges(named[depth]!), (value) => {
      fixed.set(named[depth]!, value);
      descend(depth + 1);
    });
  };
  descend(0);
  return count;
}

/** First and last index of a stretch. */
export type Hull = readonly [number, number];

/** More tiles than this are not looked at one by one: all then count. */
const mostTiles = 2 ** 23;

/**
 * Share of the tiles of a block in which the guards may hold, by the first and last index of each tile.
 *
 * @param tilesOf of the variables that are tiled; of others the guards may hold anywhere in their range
 */
export function shareOfTiles(
  guards: Guards,
  tilesOf: (variable: number) => readonly Hull[],
  tables: readonly TableData[],
): number {
  const named = [...new Set(guards.flatMap(variablesIn))];
  const tiles = named.map(tilesOf);
  const total = tiles.reduce((product, list) => product * list.length, 1);
  if (total === 0) return 1;
  const near = named.length === 2 ? distanceAll(guards, named[0]!, named[1]!) : undefined;
  if (near !== undefined) return countNear(tiles[0]!, tiles[1]!, near) / total;
  if (total > mostTiles) return 1;
  const hulls: Hull[] = named.map(() => [0, 0]);
  const test = mayHold({ kind: "and", parts: guards }, (variable) => hulls[named.indexOf(variable)]!, tables);
  let count = 0;
  const descend = (depth: number): void => {
    if (depth === named.length) {
      if (test()) count++;
      return;
    }
    for (const hull of tiles[depth]!) {
      hulls[depth] = hull;
      descend(depth + 1);
    }
  };
  descend(0);
  return count / total;
}

/** What the guards say of y - x, where that is all they say. */
function distanceAll(guards: Guards, x: number, y: number): Distance | undefined {
  const [way, ...others] = alternativesOf(guards);
  if (way === undefined || others.length > 0) return undefined;
  let [low, high] = [-Infinity, Infinity];
  for (const guard of way) {
    const own = guard.kind === "compare" ? distanceOf(guard, x, y, new Map()) : undefined;
    if (own === undefined) return undefined;
    low = Math.max(low, own.low);
    high = Math.min(high, own.high);
  }
  return { low, high };
}

/** Pairs of tiles with y - x in low .. high for some x and y of their hulls; tiles ascend. */
function countNear(x: readonly Hull[], y: readonly Hull[], { low, high }: Distance): number {
  /** Tiles of y for which `before` holds: the first ones. */
  const first = (before: (hull: Hull) => boolean): number => {
    let [least, most] = [0, y.length];
    while (least < most) {
      const middle = (least + most) >> 1;
      if (before(y[middle]!)) least = middle + 1;
      else most = middle;
    }
    return least;
  };
  if (low > high) return 0;
  let count = 0;
  for (const [start, end] of x)
    count += Math.max(0, first((hull) => hull[0] - end <= high) - first((hull) => hull[1] - start < low));
  return count;
}

/** Whether a condition holds for some values of its variables within their hulls; may err towards yes. */
function mayHold(
  condition: ConditionIR,
  hullOf: (variable: number) => Hull,
  tables: readonly TableData[],
): () => boolean {
  if (condition.kind !== "compare") {
    const parts = condition.parts.map((part) => mayHold(part, hullOf, tables));
    return condition.kind === "and" ? () => parts.every((part) => part()) : () => parts.some((part) => part());
  }
  const [left, right] = [condition.left, condition.right].map((index) => boundsOf(index, hullOf, tables)) as [
    () => Hull,
    () => Hull,
  ];
  switch (condition.operator) {
    case "<":
      return () => left()[0] < right()[1];
    case "<=":
      return () => left()[0] <= right()[1];
    case "==":
      return () => left()[0] <= right()[1] && right()[0] <= left()[1];
    case "!=":
      return () => {
        const [a, b] = [left(), right()];
        return a[0] !== a[1] || b[0] !== b[1] || a[0] !== b[0];
      };
  }
}

function boundsOf(index: IndexIR, hullOf: (variable: number) => Hull, tables: readonly TableData[]): () => Hull {
  if (index.kind === "column") {
    const { values } = columnOf(tables[index.table]!, index.column);
    const at = boundsOf(index.at, hullOf, tables);
    return () => extremesOf(values, at());
  }
  const { terms, offset } = index;
  return () => {
    let [low, high] = [offset, offset];
    for (const { variable, coefficient } of terms) {
      const [first, last] = hullOf(variable);
      low += coefficient * (coefficient > 0 ? first : last);
      high += coefficient * (coefficient > 0 ? last : first);
    }
    return [low, high];
  };
}

const extremes = new WeakMap<Int32Array, Map<string, Hull>>();

/** Least and greatest of the values from the first to the last place. */
function extremesOf(values: Int32Array, [first, last]: Hull): Hull {
  let known = extremes.get(values);
  if (known === undefined) extremes.set(values, (known = new Map()));
  const key = `${first} ${last}`;
  let found = known.get(key);
  if (found === undefined) {
    let [low, high] = [Infinity, -Infinity];
    for (let place = Math.max(0, first); place <= Math.min(last, values.length - 1); place++) {
      low = Math.min(low, values[place]!);
      high = Math.max(high, values[place]!);
    }
    known.set(key, (found = [low, high]));
  }
  return found;
}

const tilings = new WeakMap<Runs, Map<number, readonly Hull[]>>();

/** Runs cut into tiles of `step` elements, the last short: first and last index of each. */
export function hullsOf(runs: Runs, step: number): readonly Hull[] {
  let known = tilings.get(runs);
  if (known === undefined) tilings.set(runs, (known = new Map()));
  let hulls = known.get(step);
  if (hulls === undefined) known.set(step, (hulls = tilesOf(runs, step)));
  return hulls;
}

function tilesOf(runs: Runs, step: number): Hull[] {
  const hulls: [number, number][] = [];
  let room = 0;
  for (let i = 0; i < runs.length; i += 2) {
    for (let at = runs[i]!; at < runs[i + 1]!;) {
      if (room === 0) {
        hulls.push([at, at]);
        room = step;
      }
      const taken = Math.min(room, runs[i + 1]! - at);
      at += taken;
      room -= taken;
      hulls.at(-1)![1] = at - 1;
    }
  }
  return hulls;
}

/** What is known of a local equation from where it is read. */
export interface LocalUse {
  /** It is evaluated where one of these lists of guards holds, in its own variables; always, where one is empty. */
  readonly guards: readonly Guards[];
  /** Of its own variables, the one that it is read at. */
  readonly readAt: ReadonlyMap<number, number>;
}

/** How each local equation of a kernel is read. */
export function localUses(kernel: KernelIR): LocalUse[] {
  const uses = kernel.locals.map(() => ({ guards: [] as Guards[], readAt: new Map<number, number>() }));
  const visit = (node: ScalarIR, around: Guards): void => {
    switch (node.kind) {
      case "local": {
        const use = uses[node.local]!;
        const names = new Map<number, number>();
        kernel.locals[node.local]!.indices.forEach((own, place) => {
          const at = pureVariable(node.at[place]!);
          if (at === undefined) return;
          names.set(at, own);
          if (own !== at && !use.readAt.has(own)) use.readAt.set(own, at);
        });
        const rename = (index: IndexIR) => renumberIndex(index, (variable) => names.get(variable) ?? variable);
        use.guards.push(around.map((guard) => mapCondition(guard, rename)));
        return;
      }
      case "call":
        return node.arguments.forEach((part) => visit(part, around));
      case "binary":
        return [node.left, node.right].forEach((part) => visit(part, around));
      case "select":
        visit(node.whenTrue, [...around, node.condition]);
        return visit(node.whenFalse, [...around, negateCondition(node.condition)]);
      case "reduce":
        return node.bodies.forEach((body) => visit(body, node.where ? [...around, node.where] : around));
      default:
    }
  };
  visit(kernel.body, []);
  for (let local = kernel.locals.length - 1; local >= 0; local--) {
    const own = together(uses[local]!);
    visit(kernel.locals[local]!.body, own);
  }
  return uses;
}

/** The guards under which a local equation is evaluated at all. */
export function together({ guards }: LocalUse): Guards {
  if (guards.length === 0 || guards.some((list) => list.length === 0)) return [];
  const distinct = [...new Map(guards.map((list) => [JSON.stringify(list), list])).values()];
  if (distinct.length === 1) return distinct[0]!;
  return [{ kind: "or", parts: distinct.map((parts) => ({ kind: "and", parts })) }];
}

/** Whether any part of a kernel is guarded. */
export function hasGuards(kernel: KernelIR): boolean {
  let found = false;
  walkKernel(kernel, (scalar) => {
    found ||= scalar.kind === "select" || (scalar.kind === "reduce" && scalar.where !== undefined);
  });
  return found;
}
