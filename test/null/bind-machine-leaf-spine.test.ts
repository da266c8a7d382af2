import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MachineModel } from "../../compiler/machine/model.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder } from "../support/graph-builder.js";
import { linkedMachine, namesOver } from "../support/machine-text.js";
import { randomNumbers } from "../support/random-graph.js";

interface Shape {
  readonly leaves: number;
  readonly below: number;
  readonly spines: number;
  readonly nics: number;
  readonly policy: string;
}

function fabric({ leaves, below, spines, nics, policy }: Shape): MachineModel {
  const properties = `leaves ${leaves}, spines ${spines}, nics ${nics} at 50 GB/s, 5 us, ${policy}`;
  return linkedMachine(leaves * below, `g <-> g: leaf_spine { ${properties} }`);
}

/** What flows of one byte each put on each resource, by name. */
function loads(machine: MachineModel, flows: readonly (readonly [number, number])[]): ReadonlyMap<string, number> {
  const load = new Map<string, number>();
  for (const [source, target] of flows) {
    const route = machine.route(source, target)!;
    namesOver(machine, route).forEach((name, index) => {
      load.set(name, (load.get(name) ?? 0) + (route.shares?.[index] ?? 1));
    });
  }
  return load;
}

function largest(load: ReadonlyMap<string, number>, prefix: string): number {
  return Math.max(...[...load].filter(([name]) => name.startsWith(prefix)).map(([, amount]) => amount));
}

/** Every rank below a leaf to the rank at the same place below the next leaf. */
function ringFlows({ leaves, below }: Shape): [number, number][] {
  const count = leaves * below;
  return Array.from({ length: count }, (_, rank) => [rank, (rank + below) % count]);
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  leaves: fc.integer({ min: 1, max: 4 }),
  below: fc.integer({ min: 1, max: 5 }),
  spines: fc.integer({ min: 1, max: 5 }),
  nics: fc.integer({ min: 1, max: 3 }),
  policy: fc.oneof(
    fc.nat().map((seed) => `ecmp seed ${seed}`),
    fc.constantFrom("ecmp", "planned", "split", "spray"),
  ),
});

describe("whatever the shape and the policy", () => {
  test("a flow leaves by one NIC, arrives by one, and all of it goes up and down between leaves, by the same spines", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const machine = fabric(shape);
        const count = shape.leaves * shape.below;
        expect(machine.linkResources).toHaveLength(2 * (count * shape.nics + shape.leaves * shape.spines));
        for (let source = 0; source < count; source += 1) {
          for (let target = 0; target < count; target += 1) {
            if (source === target) continue;
            const load = [...loads(machine, [[source, target]])];
            const [from, to] = [Math.floor(source / shape.below), Math.floor(target / shape.below)];
            const nicOf = (rank: number, way: string) =>
              load
                .filter(([name]) => name.startsWith(`g[${rank}] nic `) && name.endsWith(way))
                .map(([, amount]) => amount);
            expect(nicOf(source, " out")).toEqual([1]);
            expect(nicOf(target, " in")).toEqual([1]);
            const up = load.filter(([name]) => name.startsWith(`leaf ${from} -> spine `));
            const down = load.filter(([name]) => name.endsWith(` -> leaf ${to}`));
            expect(load).toHaveLength(2 + up.length + down.length);
            const sum = (part: typeof load) => part.reduce((total, [, amount]) => total + amount, 0);
            expect(sum(up)).toBeCloseTo(from === to ? 0 : 1, 12);
            expect(sum(down)).toBeCloseTo(from === to ? 0 : 1, 12);
            const spinesUp = up.map(([name]) => name.split("spine ")[1]);
            expect(down.map(([name]) => name.split(" ")[1])).toEqual(spinesUp);
            expect(machine.route(source, target)!.latencySeconds).toBeCloseTo(5e-6, 12);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

test("uplinks are as fast as a NIC where nothing else is stated", () => {
  const text = "leaves 2, spines 2, nics 1 at 50 GB/s, planned";
  const rateOf = (more: string) =>
    linkedMachine(4, `g <-> g: leaf_spine { ${text}${more} }`).linkResources.find(
      (one) => one.name === "spine 1 -> leaf 0",
    )?.bytesPerSecond;
  expect(rateOf("")).toBe(50e9);
  expect(rateOf(", uplinks at 200 GB/s")).toBe(200e9);
});

describe("ring flows from leaf to leaf", () => {
  const shape = (below: number, spines: number, policy: string): Shape => ({
    leaves: 2,
    below,
    spines,
    nics: 1,
    policy,
  });

  test.each([
    [16, 16],
    [8, 4],
    [6, 4],
    [3, 4],
    [7, 3],
  ])("%d flows over %d spines: planned loads an uplink with ceil(n / s), split and sprayed with n / s", (n, s) => {
    const loadOf = (policy: string, prefix: string) => {
      const one = shape(n, s, policy);
      return largest(loads(fabric(one), ringFlows(one)), prefix);
    };
    for (const prefix of ["leaf", "spine"]) {
      expect(loadOf("planned", prefix)).toBe(Math.ceil(n / s));
      expect(loadOf("split", prefix)).toBeCloseTo(n / s, 12);
      expect(loadOf("spray", prefix)).toBeCloseTo(n / s, 12);
    }
  });

  test("split divides only the flows that whole spines do not take", () => {
    const machine = fabric(shape(6, 4, "split"));
    const divided = ringFlows(shape(6, 4, "split")).map(
      ([source, target]) => machine.route(source, target)!.shares !== undefined,
    );
    expect(divided.slice(0, 6)).toEqual([false, false, false, false, true, true]);
  });
});

/** The mean of the fullest of `bins` after `balls` are thrown: from multinomials, P(max <= m) = balls! [x^balls] (sum_{k<=m} x^k / k!)^bins / bins^balls. */
function expectedFullest(balls: number, bins: number): number {
  let mean = 0;
  for (let most = 0; most < balls; most += 1) {
    let ways = [1, ...Array<number>(balls).fill(0)];
    for (let bin = 0; bin < bins; bin += 1) {
      ways = ways.map((_, total) => {
        let sum = 0;
        let factor = 1;
        for (let taken = 0; taken <= Math.min(most, total); taken += 1) {
          if (taken > 0) factor /= taken;
          sum += ways[total - taken]! * factor;
        }
        return sum;
      });
    }
    let atMost = ways[balls]!;
    for (let ball = 1; ball <= balls; ball += 1) atMost *= ball / bins;
    mean += 1 - atMost;
  }
  return mean;
}

describe("ECMP", () => {
  test("the fullest of n bins holds 2.60, 3.07, 3.53 and 3.95 balls of n = 8, 16, 32, 64", () => {
    for (const [n, mean] of [
      [8, 2.6],
      [16, 3.07],
      [32, 3.53],
      [64, 3.95],
    ] as const) {
      expect(Math.abs(expectedFullest(n, n) - mean)).toBeLessThan(0.015);
    }
    const random = randomNumbers(7);
    let sum = 0;
    for (let trial = 0; trial < 20_000; trial += 1) {
      const bins = new Int32Array(16);
      for (let ball = 0; ball < 16; ball += 1) bins[Math.floor(random() * 16)]! += 1;
      sum += Math.max(...bins);
    }
    expect(Math.abs(sum / 20_000 - expectedFullest(16, 16))).toBeLessThan(0.02);
  });

  test("loads an uplink of 16 ring flows over 16 spines with 3.07 in the mean over seeds", () => {
    const seeds = 40;
    let up = 0;
    let down = 0;
    const leaves = 32;
    for (let seed = 0; seed < seeds; seed += 1) {
      const shape = { leaves, below: 16, spines: 16, nics: 1, policy: `ecmp seed ${seed}` };
      const load = loads(fabric(shape), ringFlows(shape));
      for (let leaf = 0; leaf < leaves; leaf += 1) {
        up += largest(load, `leaf ${leaf} ->`);
        down += Math.max(...Array.from({ length: 16 }, (_, spine) => load.get(`spine ${spine} -> leaf ${leaf}`) ?? 0));
      }
    }
    // 1280 samples of a deviation of about 0.7: 0.08 is four standard errors.
    expect(Math.abs(up / (seeds * leaves) - expectedFullest(16, 16))).toBeLessThan(0.08);
    expect(Math.abs(down / (seeds * leaves) - expectedFullest(16, 16))).toBeLessThan(0.08);
  });

  test.each([
    ["from 16 sources to one target", (place: number): [number, number] => [place, 16]],
    ["from one source to 16 targets", (place: number): [number, number] => [0, 16 + place]],
  ])("spreads flows %s as well", (_name, flowOf) => {
    const trials = 400;
    let fullest = 0;
    for (let seed = 0; seed < trials; seed += 1) {
      const machine = fabric({ leaves: 2, below: 16, spines: 16, nics: 1, policy: `ecmp seed ${seed}` });
      fullest += largest(
        loads(
          machine,
          Array.from({ length: 16 }, (_, place) => flowOf(place)),
        ),
        "leaf 0 ->",
      );
    }
    // 400 samples of a deviation of about 0.7: four standard errors.
    expect(Math.abs(fullest / trials - expectedFullest(16, 16))).toBeLessThan(0.14);
  });

  test("gives the same routes for the same seed, others for another", () => {
    const routes = (policy: string) => {
      const shape = { leaves: 2, below: 8, spines: 8, nics: 1, policy };
      const machine = fabric(shape);
      return ringFlows(shape).map(([source, target]) => namesOver(machine, machine.route(source, target)));
    };
    expect(routes("ecmp seed 3")).toEqual(routes("ecmp seed 3"));
    expect(routes("ecmp seed 3")).not.toEqual(routes("ecmp seed 4"));
    expect(routes("ecmp")).toEqual(routes("ecmp seed 0"));
  });
});

test.each(["ecmp seed 1", "planned", "split", "spray"])(
  "the simulator takes alpha + load x bytes / B for ring flows under %s",
  (policy) => {
    const shape = { leaves: 2, below: 6, spines: 4, nics: 1, policy };
    const machine = fabric(shape);
    const fast = { ...machine.kinds[0]!, memory: { ...machine.kinds[0]!.memory, bytesPerSecond: Infinity } };
    const bytes = 50e6;
    const build = graphBuilder(12);
    const word = build.instance("word", { kind: "word" });
    for (const [source, target] of ringFlows(shape)) {
      build.transfer(build.queue(source, { engine: "copy" }), word, { target, wireBytes: bytes });
    }
    const load = loads(machine, ringFlows(shape));
    const most = Math.max(...load.values());
    const { makespanNs } = simulate(build.build(), { ...machine, kinds: [fast] });
    expect(makespanNs / (5e3 + (most * bytes) / 50)).toBeCloseTo(1, 9);
  },
);

test("what fills the spines evenly is judged by the leaf that a flow leaves", () => {
  // Six ranks below the first leaf fill three spines twice; of five below the second, two are left over.
  const machine = linkedMachine(11, "g <-> g: leaf_spine { leaves 2, spines 3, nics 1 at 50 GB/s, 5 us, split }");
  const whole = (source: number, target: number) => machine.route(source, target)!.shares === undefined;
  expect([0, 1, 2, 3, 4, 5].map((source) => whole(source, 6))).toEqual([true, true, true, true, true, true]);
  expect([6, 7, 8, 9, 10].map((source) => whole(source, 0))).toEqual([true, true, true, false, false]);
});
