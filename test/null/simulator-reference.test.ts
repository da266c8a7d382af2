import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { verifyGraph } from "../../compiler/graph/verify-graph.js";
import { simulate } from "../../simulator/simulate.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";
import { referenceSimulate } from "../support/reference-simulator.js";

const cases = fc.record({
  seed: fc.nat(),
  ranks: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 30 }),
});

describe("the simulator agrees with a plain one that solves everything anew at each event", () => {
  for (const scrambled of [false, true]) {
    it(
      scrambled ? "on graphs of which some are stuck" : "on graphs that finish",
      () => {
        fc.assert(
          fc.property(cases, ({ seed, ranks, size }) => {
            const graph = randomGraph(seed, ranks, size, scrambled);
            const machine = randomMachine(seed, ranks);
            expect(verifyGraph(graph)).toEqual([]);
            const expected = referenceSimulate(graph, machine);
            const actual = simulate(graph, machine);
            expect(actual.stuck).toEqual(expected.stuck);
            if (!scrambled) expect(actual.stuck).toEqual([]);
            for (let task = 0; task < graph.taskCount; task++) {
              if (Number.isNaN(expected.finish[task]!)) continue;
              const near = 1e-9 * Math.max(1, expected.finish[task]!);
              expect(Math.abs(actual.start[task]! - expected.start[task]!)).toBeLessThanOrEqual(near);
              expect(Math.abs(actual.finish[task]! - expected.finish[task]!)).toBeLessThanOrEqual(near);
            }
          }),
          { numRuns: 1500 },
        );
      },
      60_000,
    );
  }
});
