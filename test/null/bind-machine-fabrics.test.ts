import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MachineModel } from "../../compiler/machine/model.js";
import { bindText, namesOf } from "../support/bind-text.js";
import { linkedMachine, namesOver, rankBody } from "../support/machine-text.js";

// Fat trees and dragonflies: a path is followed from switch to switch by the names of its wires.

/** What flows put on each resource, by name, a flow being one unit. */
function loads(machine: MachineModel, flows: readonly (readonly [number, number])[]): Map<string, number> {
  const load = new Map<string, number>();
  for (const [source, target] of flows) {
    const route = machine.route(source, target)!;
    namesOver(machine, route).forEach((name, index) => {
      load.set(name, (load.get(name) ?? 0) + (route.shares?.[index] ?? 1));
    });
  }
  return load;
}

function allPairs(count: number): [number, number][] {
  const ranks = [...Array(count).keys()];
  return ranks.flatMap((source) =>
    ranks.filter((other) => other !== source).map((target): [number, number] => [source, target]),
  );
}

interface Tree {
  readonly pods: number;
  readonly leaves: number;
  readonly below: number;
  readonly spines: number;
  readonly perSpine: number;
  readonly policy: string;
}

function fatTree({ pods, leaves, below, spines, perSpine, policy }: Tree): MachineModel {
  const switches = `pods ${pods}, leaves ${leaves}, spines ${spines}, cores ${spines * perSpine}`;
  return linkedMachine(pods * leaves * below, `g <-> g: fat_tree { ${switches}, nics 1 at 50 GB/s, 5 us, ${policy} }`);
}

const trees: fc.Arbitrary<Tree> = fc.record({
  pods: fc.integer({ min: 1, max: 3 }),
  leaves: fc.integer({ min: 1, max: 3 }),
  below: fc.integer({ min: 1, max: 3 }),
  spines: fc.integer({ min: 1, max: 3 }),
  perSpine: fc.integer({ min: 1, max: 3 }),
  policy: fc.oneof(
    fc.nat().map((seed) => `ecmp seed ${seed}`),
    fc.constantFrom("planned", "split", "spray"),
  ),
});

describe("a fat tree", () => {
  test("leads up only as far as it must, and all that goes into a switch comes out of it", () => {
    fc.assert(
      fc.property(trees, (tree) => {
        const machine = fatTree(tree);
        const count = tree.pods * tree.leaves * tree.below;
        for (const [source, target] of allPairs(count)) {
          const load = loads(machine, [[source, target]]);
          const [from, to] = [Math.floor(source / tree.below), Math.floor(target / tree.below)];
          const samePod = Math.floor(from / tree.leaves) === Math.floor(to / tree.leaves);
          const net = new Map<string, number>();
          const add = (place: string, amount: number) => net.set(place, (net.get(place) ?? 0) + amount);
          let cores = 0;
          for (const [name, amount] of load) {
            const nic = / nic 0 (out|in)$/.exec(name);
            const [a, b] = nic ? [] : name.split(" -> ");
            if (nic) add(`leaf ${nic[1] === "out" ? from : to}`, nic[1] === "out" ? 1 : -1);
            else {
              add(a!, -amount);
              add(b!, amount);
              if (b!.startsWith("core")) cores += amount;
            }
          }
          for (const amount of net.values()) expect(amount).toBeCloseTo(0, 12);
          expect(load.size === 2).toBe(from === to);
          expect(cores).toBeCloseTo(samePod ? 0 : 1, 12);
        }
      }),
      { numRuns: 60 },
    );
  });

  test.each([2, 4, 6])(
    "of switches with %i ports, planned, takes a shift by a pod without two flows on one wire",
    (k) => {
      const half = k / 2;
      const shape = { pods: k, leaves: half, below: half, spines: half, perSpine: half };
      const count = k * half * half;
      const flows = [...Array(count).keys()].map((rank): [number, number] => [rank, (rank + half * half) % count]);
      const machine = fatTree({ ...shape, policy: "planned" });
      expect(machine.linkResources).toHaveLength(2 * (count + count + count));
      expect(Math.max(...loads(machine, flows).values())).toBe(1);
      const sprayed = loads(fatTree({ ...shape, policy: "spray" }), flows);
      for (const amount of sprayed.values()) expect(amount).toBeCloseTo(1, 12);
    },
  );

  test("ECMP spreads over spines and cores alike", () => {
    const shape = { pods: 2, leaves: 1, below: 64, spines: 2, perSpine: 2, policy: "ecmp seed 3" };
    const flows = allPairs(128).filter(([source, target]) => source < 64 && target >= 64);
    const cores = [...loads(fatTree(shape), flows)].filter(([name]) => name.includes("-> core"));
    // Of 4096 flows a quarter each; five standard deviations of a binomial are 139.
    expect(cores).toHaveLength(4);
    for (const [, amount] of cores) expect(Math.abs(amount - 1024)).toBeLessThan(139);
  });
});

interface Fly {
  readonly groups: number;
  readonly routers: number;
  readonly below: number;
  readonly globals: number;
}

function dragonfly({ groups, routers, below, globals }: Fly, policy: string): MachineModel {
  const switches = `groups ${groups}, routers ${routers}, locals at 50 GB/s, globals ${globals} at 25 GB/s`;
  return linkedMachine(
    groups * routers * below,
    `g <-> g: dragonfly { ${switches}, nics 1 at 50 GB/s, 2 us, ${policy} }`,
  );
}

const flies: fc.Arbitrary<Fly> = fc
  .record({
    groups: fc.integer({ min: 1, max: 4 }),
    routers: fc.integer({ min: 1, max: 3 }),
    below: fc.integer({ min: 1, max: 2 }),
    globals: fc.integer({ min: 1, max: 3 }),
  })
  .filter(({ groups, routers, globals }) => routers * globals >= groups - 1);

describe("a dragonfly", () => {
  test.each(["minimal", "valiant seed 4"])(
    "%s: one wire between groups, or one more; at most one in a group before and after",
    (policy) => {
      fc.assert(
        fc.property(flies, (fly) => {
          const machine = dragonfly(fly, policy);
          for (const [source, target] of allPairs(fly.groups * fly.routers * fly.below)) {
            const names = namesOver(machine, machine.route(source, target));
            expect([names[0], names.at(-1)]).toEqual([`g[${source}] nic 0 out`, `g[${target}] nic 0 in`]);
            let [router, group] = [Math.floor(source / fly.below), 0];
            const groupOf = (one: number) => Math.floor(one / fly.routers);
            group = groupOf(router);
            let between = 0;
            let inGroup = 0;
            let known = true;
            for (const name of names.slice(1, -1)) {
              const local = /^router (\d+) -> router (\d+)$/.exec(name);
              const wire = /^group (\d+) -> group (\d+) wire \d+$/.exec(name);
              if (local) {
                const [a, b] = [Number(local[1]), Number(local[2])];
                if (known) expect(a).toBe(router);
                expect([groupOf(a), groupOf(b)]).toEqual([group, group]);
                [router, known] = [b, true];
                inGroup += 1;
              } else {
                expect(Number(wire![1])).toBe(group);
                group = Number(wire![2]);
                known = false;
                between += 1;
              }
              expect(inGroup).toBeLessThanOrEqual(between + 1);
            }
            const last = Math.floor(target / fly.below);
            expect(group).toBe(groupOf(last));
            if (known) expect(router).toBe(last);
            const apart = groupOf(Math.floor(source / fly.below)) !== groupOf(last);
            const detours = policy !== "minimal" && fly.groups > 2;
            expect(between).toBe(apart ? (detours ? 2 : 1) : 0);
          }
        }),
        { numRuns: 60 },
      );
    },
  );

  test("as many wires as groups need: all to all loads each between groups with all pairs of ranks of the two", () => {
    // The balanced one of the paper: a = 2 p = 2 h, a h + 1 groups.
    const fly = { groups: 9, routers: 4, below: 2, globals: 2 };
    const load = loads(dragonfly(fly, "minimal"), allPairs(72));
    const global = [...load].filter(([name]) => name.startsWith("group"));
    expect(global).toHaveLength(72);
    for (const [, amount] of global) expect(amount).toBe(64);
    // Each router has two of the eight wires: what comes from another router's ranks, and what goes to them.
    const local = [...load].filter(([name]) => name.startsWith("router"));
    expect(local).toHaveLength(9 * 4 * 3);
    // Four flows within the group; two ranks' to the sixteen behind the other router; those sixteen's to two.
    for (const [, amount] of local) expect(amount).toBe(4 + 2 * 16 + 16 * 2);
  });

  test("from one group to the next alone, minimal fills one wire and Valiant's path none of them", () => {
    const fly = { groups: 9, routers: 4, below: 2, globals: 2 };
    const flows = [...Array(8).keys()].map((rank): [number, number] => [rank, rank + 8]);
    expect(loads(dragonfly(fly, "minimal"), flows).get("group 0 -> group 1 wire 0")).toBe(8);
    expect(loads(dragonfly(fly, "valiant"), flows).get("group 0 -> group 1 wire 0")).toBeUndefined();
  });
});

test.each([
  ["fat_tree { pods 2, leaves 2, spines 2, cores 3, nics 1 at 1 GB/s, planned }", "value-out-of-range"],
  ["fat_tree { pods 3, leaves 2, spines 1, cores 1, nics 1 at 1 GB/s, planned }", "value-out-of-range"],
  ["fat_tree { pods 2, leaves 2, spines 2, nics 1 at 1 GB/s, planned }", "missing-property"],
  ["fat_tree { pods 2, leaves 2, spines 2, cores 400000, nics 1 at 1 GB/s, planned }", "machine-too-large"],
  [
    "dragonfly { groups 4, routers 1, locals at 1 GB/s, globals 2 at 1 GB/s, nics 1 at 1 GB/s, minimal }",
    "value-out-of-range",
  ],
  [
    "dragonfly { groups 5, routers 1, locals at 1 GB/s, globals 4 at 1 GB/s, nics 1 at 1 GB/s, minimal }",
    "value-out-of-range",
  ],
  [
    "dragonfly { groups 2, routers 2, locals at 1 GB/s, globals 1 at 1 GB/s, nics 1 at 1 GB/s, ecmp }",
    "unknown-property",
  ],
  ["dragonfly { groups 2, routers 2, globals 1 at 1 GB/s, nics 1 at 1 GB/s, minimal }", "missing-property"],
  [
    "dragonfly { groups 2, routers 2, locals at 1 GB/s, globals 900000 at 1 GB/s, nics 1 at 1 GB/s, minimal }",
    "machine-too-large",
  ],
])("of four ranks %s is %s", (link, name) => {
  expect(namesOf(bindText(`machine m { rank g[4] { ${rankBody} }\nlink g <-> g: ${link} }`).diagnostics)).toEqual([
    name,
  ]);
});
