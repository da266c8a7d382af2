import fc from "fast-check";
import { expect, test } from "vitest";
import { blocksHit, cutDomain, partitionFromBlocks } from "../../compiler/lower/partition.js";
import { runsFromSortedIndices } from "../../compiler/graph/runs.js";
import { indicesOf } from "../support/plan-interpreter.js";
import { runsOf } from "../support/random-draw.js";

const size = 20;
const cases = { numRuns: runsOf(300) };
/** The block that holds each index; -1 where none does. Blocks need not be intervals. */
const owners = fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: size });

test("blocks of any shape are found by the indices they hold", () => {
  fc.assert(
    fc.property(owners, fc.uniqueArray(fc.nat(size + 2)), (ownerOf, wanted) => {
      const numbers = [...new Set(ownerOf.filter((owner) => owner >= 0))].toSorted((a, b) => a - b);
      const blocks = numbers.map((owner) =>
        runsFromSortedIndices([...ownerOf.keys()].filter((index) => ownerOf[index] === owner)),
      );
      const partition = partitionFromBlocks(blocks);
      const indices = wanted.toSorted((a, b) => a - b);
      const hit = new Set(indices.map((index) => numbers.indexOf(ownerOf[index] ?? -1)).filter((block) => block >= 0));
      expect(blocksHit(partition, runsFromSortedIndices(indices))).toEqual([...hit].toSorted((a, b) => a - b));
      for (const index of indices) {
        const owner = numbers.indexOf(ownerOf[index] ?? -1);
        expect(blocksHit(partition, runsFromSortedIndices([index]))).toEqual(owner < 0 ? [] : [owner]);
      }
    }),
    cases,
  );
});

test("a domain is cut at its restarts, then in steps, the last of each stretch short", () => {
  const domain = fc.uniqueArray(fc.nat(40), { maxLength: 20 }).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(domain, fc.uniqueArray(fc.nat(20)), fc.integer({ min: 1, max: 6 }), (indices, places, step) => {
      const restarts = places.filter((place) => place > 0 && place < indices.length).toSorted((a, b) => a - b);
      const wanted: number[][] = [];
      indices.forEach((index, position) => {
        const last = wanted.at(-1);
        if (last === undefined || restarts.includes(position) || last.length === step) wanted.push([index]);
        else last.push(index);
      });
      expect(cutDomain(runsFromSortedIndices(indices), restarts, step).map(indicesOf)).toEqual(wanted);
    }),
    cases,
  );
});
