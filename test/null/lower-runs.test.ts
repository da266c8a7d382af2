import fc from "fast-check";
import { expect, test } from "vitest";
import * as runs from "../../compiler/graph/runs.js";
import { runsOf } from "../support/random-draw.js";
import { indicesOf } from "../support/plan-interpreter.js";

type Runs = runs.Runs;

const size = 24;
/** Any set of small indices, as a sorted list. */
const indexSet = fc.uniqueArray(fc.nat(size), { maxLength: 12 }).map((list) => list.toSorted((a, b) => a - b));
const toRuns = (list: readonly number[]): Runs => runs.runsFromSortedIndices(list);
const sorted = (list: Iterable<number>): number[] => [...new Set(list)].toSorted((a, b) => a - b);
const cases = { numRuns: runsOf(300) };

/** Holds the given indices, in the one form that stands for them: sorted, disjoint, not adjacent, none empty. */
function expectRuns(found: Runs, wanted: Iterable<number>): void {
  expect(indicesOf(found)).toEqual(sorted(wanted));
  for (let i = 0; i < found.length; i++) if (i > 0) expect(found[i]).toBeGreaterThan(found[i - 1]!);
  expect(found.length % 2).toBe(0);
}

test("sets of indices combine as sets do", () => {
  fc.assert(
    fc.property(indexSet, indexSet, (a, b) => {
      const [x, y] = [toRuns(a), toRuns(b)];
      expectRuns(x, a);
      expect(runs.runsLength(x)).toBe(a.length);
      expectRuns(runs.union(x, y), [...a, ...b]);
      expectRuns(
        runs.intersect(x, y),
        a.filter((i) => b.includes(i)),
      );
      expect(runs.commonLength(x, y)).toBe(a.filter((i) => b.includes(i)).length);
      expectRuns(
        runs.difference(x, y),
        a.filter((i) => !b.includes(i)),
      );
    }),
    cases,
  );
});

test("intervals in any order, overlapping, touching or empty, have one form", () => {
  const interval = fc.tuple(fc.nat(size), fc.nat(size));
  fc.assert(
    fc.property(fc.array(interval, { maxLength: 6 }), (intervals) => {
      const wanted = intervals.flatMap(([start, end]) =>
        Array.from({ length: Math.max(0, end - start) }, (_, i) => start + i),
      );
      expectRuns(runs.runsFromIntervals(intervals), wanted);
    }),
    cases,
  );
});

test("slices count positions, cuts at indices count the positions before them", () => {
  fc.assert(
    fc.property(indexSet, fc.nat(size), fc.nat(size), (list, from, to) => {
      expectRuns(runs.sliceRuns(toRuns(list), from, to), list.slice(from, Math.max(from, to)));
      const boundaries = sorted([from, to]);
      const positions = boundaries.map((b) => list.filter((i) => i < b).length);
      const inside = sorted(positions.filter((p) => p > 0 && p < list.length));
      expect(runs.positionsOf(toRuns(list), boundaries)).toEqual(inside);
    }),
    cases,
  );
});

test("affine images are exact, with strides of either sign and sums of several variables", () => {
  const coefficient = fc.integer({ min: -3, max: 3 });
  fc.assert(
    fc.property(indexSet, indexSet, coefficient, fc.integer({ min: -5, max: 5 }), (a, b, c, offset) => {
      expectRuns(
        runs.scaleRuns(toRuns(a), c, offset),
        a.map((i) => c * i + offset),
      );
      expectRuns(
        runs.sumRuns(toRuns(a), toRuns(b)),
        a.flatMap((i) => b.map((j) => i + j)),
      );
    }),
    cases,
  );
});

test("each index is visited once, in order", () => {
  fc.assert(
    fc.property(indexSet, (list) => {
      const visited: number[] = [];
      runs.forEachIndex(toRuns(list), (index) => visited.push(index));
      expect(visited).toEqual(list);
    }),
    cases,
  );
});
