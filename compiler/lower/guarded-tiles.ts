/** How many tiles of a block guards let through: those in which they may hold somewhere. */
import type { ConditionIR, IndexIR, TableData } from "../check/ir.js";
import { columnOf, isAscending } from "../graph/table-columns.js";
import type { Guards } from "./guarded-work.js";
import { alternativesOf, distanceOf, variablesIn, type Distance } from "./guards.js";
import type { Runs } from "../graph/runs.js";
import { sameValues } from "./same-values.js";

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
  const tiles = new Map([...new Set(guards.flatMap(variablesIn))].map((variable) => [variable, tilesOf(variable)]));
  const total = [...tiles.values()].reduce((product, list) => product * list.length, 1);
  if (total === 0) return 1;
  const count = new TileCount(tiles, tables).count({ kind: "and", parts: guards }, [...tiles.keys()]);
  return count === undefined ? 1 : count / total;
}

/** Tiles of several variables for which a condition may hold; variables are fixed to tiles one after the other. */
class TileCount {
  private readonly hulls = new Map<number, Hull>();
  private looks = 0;

  constructor(
    private readonly tiles: ReadonlyMap<number, readonly Hull[]>,
    private readonly tables: readonly TableData[],
  ) {}

  /** Undefined where too many would have to be looked at. */
  count(condition: ConditionIR, open: readonly number[]): number | undefined {
    const named = variablesIn(condition);
    const asked = open.filter((variable) => named.includes(variable));
    const others = open
      .filter((variable) => !named.includes(variable))
      .reduce((product, variable) => product * this.tiles.get(variable)!.length, 1);
    if (asked.length === 2 && named.length === 2) {
      const [x, y] = asked as [number, number];
      const near = nearness([condition], x, y, this.tables);
      if (near !== undefined) return others * countNear(this.tiles.get(x)!, this.tiles.get(y)!, near);
    }
    const [variable, ...rest] = asked;
    if (variable === undefined) return this.decided(condition) === false ? 0 : others;
    // What is asked of the others is often the same for many tiles of the first.
    const known = new Map<string, number | undefined>();
    let sum = 0;
    for (const hull of this.tiles.get(variable)!) {
      if (++this.looks > mostTiles) return undefined;
      this.hulls.set(variable, hull);
      const left = this.decided(condition);
      let own: number | undefined = left === false ? 0 : this.sizeOf(rest);
      if (typeof left === "object") {
        const key = variablesIn(left).some((other) => this.hulls.has(other)) ? undefined : JSON.stringify(left);
        own = key === undefined ? undefined : known.get(key);
        own ??= this.count(left, rest);
        if (key !== undefined) known.set(key, own);
      }
      if (own === undefined) return undefined;
      sum += own;
    }
    this.hulls.delete(variable);
    return others * sum;
  }

  private sizeOf(variables: readonly number[]): number {
    return variables.reduce((product, variable) => product * this.tiles.get(variable)!.length, 1);
  }

  /** A condition without the comparisons all of whose variables are fixed. */
  private decided(condition: ConditionIR): ConditionIR | boolean {
    if (condition.kind === "compare") {
      if (!variablesIn(condition).every((variable) => this.hulls.has(variable))) return condition;
      return mayHold(condition, (variable) => this.hulls.get(variable)!, this.tables)();
    }
    const strong = condition.kind === "or";
    const parts: ConditionIR[] = [];
    for (const part of condition.parts) {
      const own = this.decided(part);
      if (own === strong) return strong;
      if (typeof own === "object") parts.push(own);
    }
    return parts.length === 0 ? !strong : parts.length === 1 ? parts[0]! : { ...condition, parts };
  }
}

/** What guards may say of two variables, so that tiles for which they may hold are neighbours. */
interface Near extends Distance {
  /** Columns that hold the same at x and y, both ascending. */
  readonly same: readonly { readonly x: Int32Array; readonly y: Int32Array }[];
}

/** What the guards say of x and y, where that is all they say. */
function nearness(guards: Guards, x: number, y: number, tables: readonly TableData[]): Near | undefined {
  const [way, ...others] = alternativesOf(guards);
  if (way === undefined || others.length > 0) return undefined;
  let [low, high] = [-Infinity, Infinity];
  const same: Near["same"][number][] = [];
  for (const guard of way) {
    const [equal] = sameValues([guard]);
    if (equal) {
      const valuesAt = (variable: number) => {
        const side = equal.sides.find((one) => one.variable === variable)!;
        return columnOf(tables[side.table]!, side.column).values;
      };
      same.push({ x: valuesAt(x), y: valuesAt(y) });
      continue;
    }
    const own = guard.kind === "compare" ? distanceOf(guard, x, y, new Map()) : undefined;
    if (own === undefined) return undefined;
    low = Math.max(low, own.low);
    high = Math.min(high, own.high);
  }
  return same.every((one) => isAscending(one.x) && isAscending(one.y)) ? { low, high, same } : undefined;
}

/** Pairs of tiles of which the hulls have some x and y with y - x in low .. high, and some with the same in each column. */
function countNear(x: readonly Hull[], y: readonly Hull[], { low, high, same }: Near): number {
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
  for (const [start, end] of x) {
    let begin = first((hull) => hull[1] - start < low);
    let stop = first((hull) => hull[0] - end <= high);
    for (const columns of same) {
      const [least, most] = [columns.x[start]!, columns.x[end]!];
      begin = Math.max(
        begin,
        first((hull) => columns.y[hull[1]]! < least),
      );
      stop = Math.min(
        stop,
        first((hull) => columns.y[hull[0]]! <= most),
      );
    }
    count += Math.max(0, stop - begin);
  }
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

const extremes = new WeakMap<Int32Array, Map<number, Hull>>();

/** Least and greatest of the values from the first to the last place. */
function extremesOf(values: Int32Array, [first, last]: Hull): Hull {
  let known = extremes.get(values);
  if (known === undefined) extremes.set(values, (known = new Map()));
  const key = first * values.length + last;
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
