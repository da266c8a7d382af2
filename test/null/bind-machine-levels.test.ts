import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MachineModel } from "../../compiler/machine/model.js";
import { bindText, namesOf } from "../support/bind-text.js";
import { namesOver, rankBody } from "../support/machine-text.js";

/** The last of these machines; throws for a mistake in them. */
function machineOf(text: string, name: string): MachineModel {
  const { bound, diagnostics } = bindText(`${text}\nmesh on ${name} { r: 1 }`);
  if (!bound.machine) throw new Error(diagnostics.map((one) => one.message).join("\n"));
  return bound.machine;
}

const node = `machine box { rank g[4] { ${rankBody} }\nlink g <-> g: switch { 100 GB/s each way, 1 us } }`;
const over = (machine: MachineModel, source: number, target: number) =>
  namesOver(machine, machine.route(source, target));

describe("a level", () => {
  const text = `${node}\nmachine c { level n: box[3]\nlink n <-> n: switch { 10 GB/s each way, 5 us } }`;
  const machine = machineOf(text, "c");

  test("has the ranks of its instances in turn, of one kind", () => {
    expect(machine.rankCount).toBe(12);
    expect(machine.kinds.map(({ name }) => name)).toEqual(["g"]);
    expect(machine.linkResources).toHaveLength(3 * 8 + 6);
  });

  test("has its machine's links in each instance, and its own between them", () => {
    expect(over(machine, 5, 6)).toEqual(["n[1].g[1] out", "n[1].g[2] in"]);
    expect(machine.route(5, 6)!.latencySeconds).toBeCloseTo(1e-6, 12);
    expect(over(machine, 5, 2)).toEqual(["n[1] out", "n[0] in"]);
    expect(over(machine, 4, 3)).toEqual(["n[1] out", "n[0] in"]);
    expect(machine.route(5, 2)!.latencySeconds).toBeCloseTo(5e-6, 12);
  });

  test("keeps a route within an instance, though it be longer", () => {
    const ring = node.replace("switch", "ring").replace("g[4]", "g[8]");
    const levels = `${ring}\nmachine c { level n: box[2]\nlink n.g <-> n.g: switch { 10 GB/s each way, 5 us } }`;
    expect(over(machineOf(levels, "c"), 8, 11)).toEqual([
      "n[1].g[0] -> n[1].g[1]",
      "n[1].g[1] -> n[1].g[2]",
      "n[1].g[2] -> n[1].g[3]",
    ]);
  });

  test("without links of its own is left where nothing in it leads", () => {
    const bare = `machine box { rank g[2] { ${rankBody} } }`;
    const levels = `${bare}\nmachine c { level n: box[2]\nlink n.g <-> n.g: switch { 10 GB/s each way } }`;
    expect(over(machineOf(levels, "c"), 0, 1)).toEqual(["n[0].g[0] out", "n[0].g[1] in"]);
  });

  test("is crossed to the rank that has the link: first to it, then over it", () => {
    const levels = `${node}\nmachine c { level n: box[2]\nlink n.g[2] <-> n.g[2]: full { 10 GB/s each way, 5 us } }`;
    const routed = machineOf(levels, "c");
    expect(over(routed, 0, 5)).toEqual([
      ...["n[0].g[0] out", "n[0].g[2] in"],
      "n[0].g[2] -> n[1].g[2]",
      ...["n[1].g[2] out", "n[1].g[1] in"],
    ]);
    expect(over(routed, 2, 6)).toEqual(["n[0].g[2] -> n[1].g[2]"]);
  });

  test("stands beside ranks, and links join ranks with levels", () => {
    const levels = `${node}\nmachine c { rank cpu { ${rankBody} }\nlevel n: box[2]\nlink cpu -> n: bus { 8 GB/s } }`;
    const mixed = machineOf(levels, "c");
    expect([...mixed.kindOfRank]).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    expect(over(mixed, 0, 8)).toEqual(["bus"]);
    expect(mixed.route(8, 0)).toBeUndefined();
  });

  test("takes its count from params, and its machine from another file", () => {
    const levels = `import { h800_node } from "std/machines"\nparam nodes = 4\nmachine c { level n: h800_node[nodes / 2] }`;
    expect(machineOf(levels, "c").rankCount).toBe(16);
  });
});

interface Nest {
  /** Ranks of the innermost machine, then instances of each level around it. */
  readonly sizes: readonly number[];
  readonly topologies: readonly ("none" | "switch" | "ring" | "full")[];
  readonly directed: readonly boolean[];
}

const nests: fc.Arbitrary<Nest> = fc.integer({ min: 1, max: 3 }).chain((depth) =>
  fc.record({
    sizes: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: depth, maxLength: depth }),
    topologies: fc.array(fc.constantFrom("none" as const, "switch" as const, "ring" as const, "full" as const), {
      minLength: depth,
      maxLength: depth,
    }),
    directed: fc.array(fc.boolean(), { minLength: depth, maxLength: depth }),
  }),
);

/** Latency of a hop of a level, so that a route's tells how many hops of each it has. */
const latencyOf = (level: number) => 100 ** level;

function nestedText({ sizes, topologies, directed }: Nest): string {
  return sizes
    .map((size, level) => {
      const ends = `e ${directed[level] ? "->" : "<->"} e`;
      const rate = directed[level] ? "1 GB/s" : "1 GB/s each way";
      const link =
        topologies[level] === "none" ? "" : `link ${ends}: ${topologies[level]} { ${rate}, ${latencyOf(level)} us }`;
      const part = level === 0 ? `rank e[${size}] { ${rankBody} }` : `level e: m${level - 1}[${size}]`;
      return `machine m${level} { ${part}\n${link} }`;
    })
    .join("\n");
}

/** Hops from a rank to all, by level, over links of `levels` and inner ones: breadth first over what the text says. */
function distances({ sizes, topologies, directed }: Nest, source: number, outermost: number): (number | undefined)[] {
  const strides = sizes.map((_, level) => sizes.slice(0, level).reduce((one, other) => one * other, 1));
  const count = sizes.reduce((one, other) => one * other, 1);
  const isHop = (from: number, to: number): boolean =>
    sizes.some((size, level) => {
      if (level > outermost || topologies[level] === "none") return false;
      const around = strides[level]! * size;
      if (Math.floor(from / around) !== Math.floor(to / around)) return false;
      const [a, b] = [from, to].map((rank) => Math.floor(rank / strides[level]!) % size) as [number, number];
      if (a === b) return false;
      if (topologies[level] !== "ring") return true;
      return (a + 1) % size === b || (!directed[level] && (b + 1) % size === a);
    });
  const apart: (number | undefined)[] = Array.from({ length: count }, () => undefined);
  apart[source] = 0;
  for (const queue = [source]; queue.length > 0;) {
    const rank = queue.shift()!;
    for (let next = 0; next < count; next += 1) {
      if (apart[next] !== undefined || !isHop(rank, next)) continue;
      apart[next] = apart[rank]! + 1;
      queue.push(next);
    }
  }
  return apart;
}

describe("nested machines of switches, rings, wires and nothing", () => {
  test("are routed with the fewest hops in the innermost instance that holds both, else around it", () => {
    fc.assert(
      fc.property(nests, (nest) => {
        const machine = machineOf(nestedText(nest), `m${nest.sizes.length - 1}`);
        const count = nest.sizes.reduce((one, other) => one * other, 1);
        expect(machine.rankCount).toBe(count);
        for (let source = 0; source < count; source += 1) {
          const byLevel = nest.sizes.map((_, level) => distances(nest, source, level));
          for (let target = 0; target < count; target += 1) {
            if (source === target) continue;
            const route = machine.route(source, target);
            // The first level whose instance holds both, and whose links lead there.
            const expected = nest.sizes.flatMap((_, level) => {
              const ranks = nest.sizes.slice(0, level + 1).reduce((one, other) => one * other, 1);
              const isWithin = Math.floor(source / ranks) === Math.floor(target / ranks);
              return isWithin && byLevel[level]![target] !== undefined ? [byLevel[level]![target]] : [];
            })[0];
            if (expected === undefined) {
              expect(route).toBeUndefined();
              continue;
            }
            let [hops, rest] = [0, Math.round(route!.latencySeconds * 1e6)];
            for (let level = nest.sizes.length - 1; level >= 0; level -= 1) {
              hops += Math.floor(rest / latencyOf(level));
              rest %= latencyOf(level);
            }
            expect(hops).toBe(expected);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("NICs of a node", () => {
  const fabric = (nics: number, below = "leaves 1, spines 1") =>
    machineOf(
      `${node}\nmachine c { level n: box[4]\nlink n <-> n: leaf_spine { ${below}, nics ${nics} at 50 GB/s, planned } }`,
      "c",
    );

  test.each([
    [4, [0, 1, 2, 3]],
    [2, [0, 0, 1, 1]],
    [1, [0, 0, 0, 0]],
    [3, [0, 0, 1, 2]],
  ])("%d are dealt to four ranks in order: %s", (nics, dealt) => {
    const machine = fabric(nics);
    for (let rank = 0; rank < 4; rank += 1) {
      for (let other = 4; other < 16; other += 1) {
        const into = `n[${Math.floor(other / 4)}] nic ${dealt[other % 4]} in`;
        expect(over(machine, rank, other)).toEqual([`n[0] nic ${dealt[rank]} out`, into]);
      }
    }
  });

  test("more than there are ranks are each rank's own, and taken by the opposite end's place", () => {
    const machine = fabric(8);
    const nicOf = (source: number, target: number) => over(machine, source, target)[0];
    expect([4, 5, 6, 7].map((target) => nicOf(1, target))).toEqual([2, 3, 2, 3].map((nic) => `n[0] nic ${nic} out`));
  });

  test("below several leaves go up by the spine of their number", () => {
    const machine = fabric(2, "leaves 2, spines 4");
    expect(over(machine, 3, 5)).toEqual(["n[0] nic 1 out", "n[1] nic 0 in"]);
    expect(over(machine, 6, 15)).toEqual(["n[1] nic 1 out", "leaf 0 -> spine 3", "spine 3 -> leaf 1", "n[3] nic 1 in"]);
  });
});

describe("tiers", () => {
  const tier = (text: string) => bindText(`${node}\nmachine c { level n: box[2]\n${text} }\nmesh on c { r: 1 }`);

  test("are one a rank or one an instance, each with its ways", () => {
    const { bound, diagnostics } = tier(
      "tier host of n.g { 64 GB, read 50 GB/s, write 25 GB/s, 3 us }\ntier ssd of n { 8 TB, read 12 GB/s, write 6 GB/s }",
    );
    expect(diagnostics).toEqual([]);
    const [host, ssd] = bound.machine!.tiers;
    expect(host).toMatchObject({ name: "host", capacityBytes: 64e9, instances: { length: 8 } });
    expect(host!.latencySeconds).toBeCloseTo(3e-6, 12);
    expect([...host!.instanceOfRank]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...ssd!.instanceOfRank]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const { read, write } = ssd!.instances[1]!;
    expect(bound.machine!.linkResources[read]).toEqual({ name: "n[1] ssd read", bytesPerSecond: 12e9 });
    expect(bound.machine!.linkResources[write]).toEqual({ name: "n[1] ssd write", bytesPerSecond: 6e9 });
  });

  test("of a level's machine are made in each of its instances", () => {
    const inner = `machine box { rank g[2] { ${rankBody} }\ntier host of g { 1 GB, read 1 GB/s, write 1 GB/s } }`;
    const [host] = machineOf(`${inner}\nmachine c { level n: box[2] }`, "c").tiers;
    expect(host!.instances.map(({ name }) => name)).toEqual([
      "n[0].g[0] host",
      "n[0].g[1] host",
      "n[1].g[0] host",
      "n[1].g[1] host",
    ]);
  });

  test.each([
    ["tier ssd of n { read 1 GB/s, write 1 GB/s }", "missing-property"],
    ["tier ssd of n { 8 TB, read 1 GB/s }", "missing-property"],
    ["tier ssd of n { 8 TB, 9 TB, read 1 GB/s, write 1 GB/s }", "duplicate-property"],
    ["tier ssd of n { 8 TB, read 1 us, write 1 GB/s }", "wrong-unit"],
    ["tier ssd of n { 0 TB, read 1 GB/s, write 1 GB/s }", "value-out-of-range"],
    ["tier ssd of n { 8 TB, read 1 GB/s, write 1 GB/s, fast }", "unknown-property"],
    ["tier ssd of k { 8 TB, read 1 GB/s, write 1 GB/s }", "unknown-name"],
    [
      "tier ssd of n { 8 TB, read 1 GB/s, write 1 GB/s }\ntier ssd of n { 8 TB, read 1 GB/s, write 1 GB/s }",
      "duplicate-property",
    ],
  ])("%s is %s", (text, name) => expect(namesOf(tier(text).diagnostics)).toEqual([name]));
});

describe("is refused", () => {
  const levels = (text: string) => bindText(`${node}\nmachine c { ${text} }\nmesh on c { r: 1 }`);
  test.each([
    ["level n: nothing[2]", "unknown-name"],
    ["level n: box[0]", "size-not-positive"],
    ["level n: box[1.5]", "size-not-whole"],
    ["level n: box[2]\nlevel n: box[2]", "duplicate-property"],
    ["level n: box[20_000]", "machine-too-large"],
    ["level n: box[2]\nlink g <-> g: switch { 1 GB/s }", "unknown-name"],
    ["level n: box[2]\nlink n.h <-> n.h: switch { 1 GB/s }", "unknown-name"],
    ["level n: box[2]\nlink n[2] <-> n: switch { 1 GB/s }", "value-out-of-range"],
    ["level n: box[2]\nlink n.g[4] <-> n: switch { 1 GB/s }", "value-out-of-range"],
    ["level n: box[2]\nlink n <-> n.g: switch { 1 GB/s }", "link-ends-overlap"],
    ["level n: box[2]\nlink n <-> n: switch { }", "missing-property"],
    ["level n: box[2]\nlink n <-> n: switch { 1 GB/s, reduces sum, reduces max }", "duplicate-property"],
    ["level n: box[2]\nlink n <-> n: ring { 1 GB/s, reduces sum }", "unknown-property"],
    ["level n: box[2]\nlink n <-> n: switch { 1 GB/s, reduces }", "unknown-property"],
    ["level n: box[2]\nlink n <-> n: torus { dims 2 by 2, 1 GB/s }", "value-out-of-range"],
    ["level n: box[2]\nlink n <-> n: leaf_spine { leaves 3, spines 1, nics 1 at 1 GB/s, split }", "value-out-of-range"],
    ["level n: c[2]", "machine-cycle"],
  ])("%s: %s", (text, name) => {
    const { bound, diagnostics } = levels(text);
    expect(namesOf(diagnostics)).toEqual([name]);
    expect(bound.machine).toBeUndefined();
  });

  test("a name of an inner machine is told with the level it is in", () => {
    const { diagnostics } = levels("level n: box[2]\nlink g <-> g: switch { 1 GB/s }");
    expect(diagnostics[0]!.message).toContain("Did you mean `n.g`?");
  });

  test("nine levels within one another; eight are not", () => {
    const nest = (depth: number) =>
      [
        node,
        ...Array.from(
          { length: depth },
          (_, index) => `machine m${index} { level l: ${index === 0 ? "box" : `m${index - 1}`}[1] }`,
        ),
      ].join("\n");
    expect(bindText(`${nest(8)}\nmesh on m7 { r: 1 }`).diagnostics).toEqual([]);
    expect(namesOf(bindText(`${nest(9)}\nmesh on m8 { r: 1 }`).diagnostics)).toEqual(["machine-too-large"]);
  });

  test("machines that hold one another in a circle, once", () => {
    const { diagnostics } = bindText("machine a { level l: b[2] }\nmachine b { level l: a[2] }\nmesh on a { r: 1 }");
    expect(namesOf(diagnostics)).toEqual(["machine-cycle"]);
    expect(diagnostics[0]!.message).toContain("a -> b -> a");
  });
});

test("a cluster of 512 ranks reaches from each rank to each in one hop", () => {
  const machine = machineOf('import { h100_cluster } from "std/machines"', "h100_cluster");
  expect(machine.rankCount).toBe(512);
  for (let source = 0; source < 512; source += 1) {
    for (let target = 0; target < 512; target += 1) {
      if (source === target) continue;
      const sameNode = source >> 3 === target >> 3;
      const count = sameNode || source >> 6 === target >> 6 ? 2 : 4;
      const route = machine.route(source, target)!;
      if (route.resources.length !== count)
        throw new Error(`${source} to ${target}: ${namesOver(machine, route).join()}`);
      if (sameNode !== route.latencySeconds < 2e-6)
        throw new Error(`${source} to ${target}: ${route.latencySeconds} s`);
    }
  }
});
