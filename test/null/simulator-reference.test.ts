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

/** Checks that both simulators give the same times on random graphs; `property` sees what is stuck. */
function compareOn(scrambled: boolean, property: (stuck: readonly number[]) => void): void {
  fc.assert(
    fc.property(cases, ({ seed, ranks, size }) => {
      const graph = randomGraph(seed, ranks, size, scrambled);
      const machine = randomMachine(seed, ranks);
      expect(verifyGraph(graph)).toEqual([]);
      const expected = referenceSimulate(graph, machine);
      const actual = simulate(graph, machine);
      expect(actual.stuck).toEqual(expected.stuck);
      for (let task = 0; task < graph.taskCount; task++) {
        if (Number.isNaN(expected.finish[task]!)) continue;
        const near = 1e-9 * Math.max(1, expected.finish[task]!);
        expect(Math.abs(actual.start[task]! - expected.start[task]!)).toBeLessThanOrEqual(near);
        expect(Math.abs(actual.finish[task]! - expected.finish[task]!)).toBeLessThanOrEqual(near);
      }
      property(actual.stuck);
    }),
    { numRuns: 1500 },
  );
}

describe("the simulator agrees with a plain one that solves everything anew at each event", () => {
  it("on graphs that finish", () => {
    compareOn(false, (stuck) => expect(stuck).toEqual([]));
  }, 60_000);

  it("on graphs of which some are stuck", () => {
    let someStuck = 0;
    compareOn(true, (stuck) => (someStuck += Math.min(1, stuck.length)));
    expect(someStuck).toBeGreaterThan(10);
  }, 60_000);
});
