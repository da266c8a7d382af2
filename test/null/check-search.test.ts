import fc from "fast-check";
import { expect, test } from "vitest";
import { searchCases } from "../../evidence/search.js";
import type { SearchOptions } from "../../evidence/search.js";

const options: SearchOptions = { runs: 20, seed: 1 };

/** What is searched with the cases that were looked at, in their order. */
async function search(
  lengths: readonly number[],
  holds: (places: readonly number[]) => boolean,
  { runs, seed }: SearchOptions = options,
) {
  const drawn: (readonly number[])[] = [];
  const shrunk: (readonly number[])[] = [];
  const result = await searchCases(lengths, { runs, seed }, async (places, isDraw) => {
    (isDraw ? drawn : shrunk).push(places);
    return holds(places);
  });
  return { ...result, drawn, shrunk };
}

test("where there are no more cases than runs, each is tried once", async () => {
  const { drawn, tried, isWhole, failing } = await search([4, 5], () => true);
  expect(new Set(drawn.map(String)).size).toBe(20);
  expect({ tried, isWhole, failing }).toEqual({ tried: 20, isWhole: true, failing: undefined });
});

test("of all cases, one of those with the smallest sum that fail is told", async () => {
  const { failing } = await search([4, 5], ([a, b]) => b! < 4 && (a! < 2 || b! < 1));
  expect(failing).toEqual([2, 1]);
});

test("where there are more, so many are drawn as are asked for, the smallest and the largest among them", async () => {
  const { drawn, shrunk, tried, isWhole } = await search([1000, 50], () => true);
  expect(drawn).toHaveLength(20);
  expect(drawn.slice(0, 2)).toEqual([
    [0, 0],
    [999, 49],
  ]);
  expect({ tried, isWhole, shrunk }).toEqual({ tried: 20, isWhole: false, shrunk: [] });
});

test("what fails from a size on is shrunk to that size, whatever else is drawn", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4000 }),
      fc.integer({ min: 0, max: 60 }),
      fc.nat(),
      async (a, b, seed) => {
        const { failing } = await search([4001, 61, 2 ** 31], ([x, y]) => x! < a || y! < b, { runs: 5, seed });
        expect(failing).toEqual([a, b, 0]);
      },
    ),
    { numRuns: 50 },
  );
});

test("a place may have as many values as there are whole numbers", async () => {
  const most = Number.MAX_SAFE_INTEGER;
  const { failing, drawn } = await search([most, 3], ([place]) => place! < 2 ** 52);
  expect(drawn[1]).toEqual([most - 1, 2]);
  expect(failing).toEqual([2 ** 52, 0]);
});

test("the same seed draws the same cases, and another one others", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (seed) => {
      const once = await search([10_000, 300], () => true, { runs: 12, seed });
      const again = await search([10_000, 300], () => true, { runs: 12, seed });
      const other = await search([10_000, 300], () => true, { runs: 12, seed: seed ^ 1 });
      expect(again.drawn).toEqual(once.drawn);
      expect(other.drawn).not.toEqual(once.drawn);
    }),
    { numRuns: 30 },
  );
});

test("shrinking ends after so many cases: the smallest so far is told", async () => {
  const lengths = Array.from({ length: 12 }, () => 2 ** 31);
  const least = 1_000_000_007;
  const { failing, shrunk } = await search(lengths, (places) => places.some((place) => place < least));
  expect(shrunk).toHaveLength(200);
  expect(failing![0]).toBe(least);
  expect(failing!.at(-1)).toBeGreaterThan(least);
});

test("a fault is thrown on, and is no case that fails", async () => {
  const fault = new Error("ours");
  const searching = search([1000], ([place]) => {
    if (place! > 500) throw fault;
    return true;
  });
  await expect(searching).rejects.toBe(fault);
});
