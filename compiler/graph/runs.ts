/**
 * Sets of indices as runs: sorted, disjoint, non-adjacent half-open intervals [start, end), flattened into one
 * Int32Array (start0, end0, start1, end1, ..). All functions return runs in that normal form.
 */
import type { Runs } from "./execution-plan.js";

export type { Runs };

/** A product of runs, one a dimension. */
export type Region = readonly Runs[];

export const emptyRuns: Runs = new Int32Array(0);

export function interval(start: number, end: number): Runs {
  return end > start ? Int32Array.of(start, end) : emptyRuns;
}

/** { 0, .., size - 1 }. */
export function fullRuns(size: number): Runs {
  return interval(0, size);
}

/** The runs as pairs. */
export function intervalsOf(runs: Runs): [number, number][] {
  return Array.from({ length: runs.length / 2 }, (_, i) => [runs[2 * i]!, runs[2 * i + 1]!]);
}

/** How many indices the runs hold. */
export function runsLength(runs: Runs): number {
  let length = 0;
  for (let i = 0; i < runs.length; i += 2) length += runs[i + 1]! - runs[i]!;
  return length;
}

/** Normal form of intervals in any order, overlapping or not; empty ones are dropped. */
export function runsFromIntervals(intervals: readonly (readonly [number, number])[]): Runs {
  const sorted = intervals.filter(([start, end]) => end > start).toSorted((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [start, end] of sorted) pushInterval(out, start, end);
  return Int32Array.from(out);
}

/** Normal form of a sorted list of indices, repetitions allowed. */
export function runsFromSortedIndices(indices: ArrayLike<number>): Runs {
  const out: number[] = [];
  for (let i = 0; i < indices.length; i++) pushInterval(out, indices[i]!, indices[i]! + 1);
  return Int32Array.from(out);
}

/** Appends [start, end) to a list of flattened intervals whose last start is not after it. */
export function pushInterval(out: number[], start: number, end: number): void {
  const last = out.length - 1;
  if (last > 0 && start <= out[last]!) {
    if (end > out[last]!) out[last] = end;
  } else out.push(start, end);
}

export function intersect(a: Runs, b: Runs): Runs {
  if (b.length === 2) return clipped(a, b[0]!, b[1]!);
  if (a.length === 2) return clipped(b, a[0]!, a[1]!);
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i]!, b[j]!);
    const end = Math.min(a[i + 1]!, b[j + 1]!);
    if (end > start) out.push(start, end);
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return Int32Array.from(out);
}

/** How many indices two sets have in common, without making the set. */
export function commonLength(a: Runs, b: Runs): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (b.length > a.length) return commonLength(b, a);
  let length = 0;
  let i = a.length === 2 ? 0 : 2 * firstEndAfter(a, b[0]!);
  for (let j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]!, b[j]!);
    const end = Math.min(a[i + 1]!, b[j + 1]!);
    if (end > start) length += end - start;
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return length;
}

/** The runs within start .. end - 1; where no run is cut, without a copy. */
function clipped(runs: Runs, start: number, end: number): Runs {
  const first = firstEndAfter(runs, start);
  let last = firstEndAfter(runs, end);
  if (2 * last < runs.length && runs[2 * last]! < end) last++;
  if (first >= last) return emptyRuns;
  const inside = first === 0 && 2 * last === runs.length ? runs : runs.subarray(2 * first, 2 * last);
  if (inside[0]! >= start && inside.at(-1)! <= end) return inside;
  const copy = inside.slice();
  copy[0] = Math.max(copy[0]!, start);
  copy[copy.length - 1] = Math.min(copy.at(-1)!, end);
  return copy;
}

/** The first run that ends after an index. */
function firstEndAfter(runs: Runs, index: number): number {
  let [low, high] = [0, runs.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (runs[2 * middle + 1]! <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function union(a: Runs, b: Runs): Runs {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i]! <= b[j]!)) {
      pushInterval(out, a[i]!, a[i + 1]!);
      i += 2;
    } else {
      pushInterval(out, b[j]!, b[j + 1]!);
      j += 2;
    }
  }
  return Int32Array.from(out);
}

export function unionOfAll(sets: readonly Runs[]): Runs {
  return sets.length === 1 ? sets[0]! : runsFromIntervals(sets.flatMap(intervalsOf));
}

/** Indices of a that are not in b. */
export function difference(a: Runs, b: Runs): Runs {
  const out: number[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let start = a[i]!;
    const end = a[i + 1]!;
    while (j < b.length && b[j + 1]! <= start) j += 2;
    for (let k = j; k < b.length && b[k]! < end; k += 2) {
      if (b[k]! > start) out.push(start, b[k]!);
      start = Math.max(start, b[k + 1]!);
    }
    if (start < end) out.push(start, end);
  }
  return Int32Array.from(out);
}

/** The indices at positions [from, to) of the runs, counted in order. */
export function sliceRuns(runs: Runs, from: number, to: number): Runs {
  if (runs.length === 2) return interval(runs[0]! + from, Math.min(runs[1]!, runs[0]! + to));
  const out: number[] = [];
  let position = 0;
  for (let i = 0; i < runs.length && position < to; i += 2) {
    const length = runs[i + 1]! - runs[i]!;
    const start = Math.max(0, from - position);
    const end = Math.min(length, to - position);
    if (end > start) out.push(runs[i]! + start, runs[i]! + end);
    position += length;
  }
  return Int32Array.from(out);
}

/** Positions, among the runs, of the boundaries that fall strictly inside: where a cut at index b splits them. */
export function positionsOf(runs: Runs, boundaries: readonly number[]): number[] {
  const out: number[] = [];
  let position = 0;
  let k = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const start = runs[i]!;
    const end = runs[i + 1]!;
    while (k < boundaries.length && boundaries[k]! <= start) {
      if (position > 0 && out.at(-1) !== position) out.push(position);
      k++;
    }
    while (k < boundaries.length && boundaries[k]! < end) {
      out.push(position + boundaries[k]! - start);
      k++;
    }
    position += end - start;
  }
  return out.filter((p) => p > 0 && p < position);
}

/** { offset + coefficient * i : i in runs }. */
export function scaleRuns(runs: Runs, coefficient: number, offset: number): Runs {
  if (coefficient === 1) return offset === 0 ? runs : runs.map((x) => x + offset);
  if (coefficient === 0) return runs.length > 0 ? interval(offset, offset + 1) : emptyRuns;
  const indices: number[] = [];
  for (let i = 0; i < runs.length; i += 2)
    for (let x = runs[i]!; x < runs[i + 1]!; x++) indices.push(offset + coefficient * x);
  if (coefficient < 0) indices.reverse();
  return runsFromSortedIndices(indices);
}

/** { a + b : a in x, b in y }. */
export function sumRuns(x: Runs, y: Runs): Runs {
  const intervals: [number, number][] = [];
  for (let i = 0; i < x.length; i += 2)
    for (let j = 0; j < y.length; j += 2) intervals.push([x[i]! + y[j]!, x[i + 1]! + y[j + 1]! - 1]);
  return runsFromIntervals(intervals);
}

export function forEachIndex(runs: Runs, visit: (index: number) => void): void {
  for (let i = 0; i < runs.length; i += 2) for (let x = runs[i]!; x < runs[i + 1]!; x++) visit(x);
}

/** All indices, in order. */
export function indicesOf(runs: Runs): number[] {
  const indices: number[] = [];
  forEachIndex(runs, (index) => indices.push(index));
  return indices;
}

/** How many pairs (a, b), a of x and b of y, have b - a in low .. high; both may be infinite. */
export function countPairs(x: Runs, y: Runs, low: number, high: number): number {
  if (x.length > y.length) return countPairs(y, x, -high, -low);
  const { before, sums } = prefixesOf(y);
  /** Sum over b of y, b < z, of z - b: the pairs (w, b) with b <= w < z. */
  const below = (z: number): number => {
    const run = firstEndAfter(y, z);
    const inside = 2 * run < y.length ? Math.max(0, z - y[2 * run]!) : 0;
    return before[run]! * z - sums[run]! + (inside * (inside + 1)) / 2;
  };
  /** Pairs with b - a <= distance. */
  const upTo = (distance: number): number => {
    if (distance === Infinity) return runsLength(x) * before.at(-1)!;
    if (distance === -Infinity) return 0;
    let count = 0;
    for (let i = 0; i < x.length; i += 2) count += below(x[i + 1]! + distance) - below(x[i]! + distance);
    return count;
  };
  return low > high ? 0 : upTo(high) - upTo(low - 1);
}

/** Of the runs before each one, and of all: how many indices, and their sum. */
interface Prefixes {
  readonly before: Float64Array;
  readonly sums: Float64Array;
}
const prefixes = new WeakMap<Runs, Prefixes>();

function prefixesOf(runs: Runs): Prefixes {
  const known = prefixes.get(runs);
  if (known !== undefined) return known;
  const count = runs.length / 2;
  const [before, sums] = [new Float64Array(count + 1), new Float64Array(count + 1)];
  for (let i = 0; i < count; i++) {
    const [start, end] = [runs[2 * i]!, runs[2 * i + 1]!];
    before[i + 1] = before[i]! + end - start;
    sums[i + 1] = sums[i]! + ((start + end - 1) * (end - start)) / 2;
  }
  const made = { before, sums };
  prefixes.set(runs, made);
  return made;
}
