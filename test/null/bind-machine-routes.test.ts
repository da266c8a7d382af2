import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MachineModel } from "../../compiler/machine/model.js";
import { bindText } from "../support/bind-text.js";
import { linkedMachine, namesOver, rankBody, ranksAlong } from "../support/machine-text.js";

function product(sizes: readonly number[]): number {
  return sizes.reduce((one, other) => one * other, 1);
}

/** Last dimension innermost. */
function coordinatesOf(rank: number, sizes: readonly number[]): number[] {
  const coordinates: number[] = [];
  let rest = rank;
  for (const size of sizes.toReversed()) {
    coordinates.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return coordinates;
}

function rankAt(coordinates: readonly number[], sizes: readonly number[]): number {
  return coordinates.reduce((rank, coordinate, axis) => rank * sizes[axis]! + coordinate, 0);
}

/** One dimension after the other, each the short way, forward where both are as short. */
function dimensionOrdered(source: number, target: number, sizes: readonly number[], closed: boolean): number[] {
  const at = coordinatesOf(source, sizes);
  const end = coordinatesOf(target, sizes);
  const ranks = [source];
  sizes.forEach((size, axis) => {
    const forward = (end[axis]! - at[axis]! + size) % size;
    const step = closed ? (forward <= size - forward ? 1 : -1) : Math.sign(end[axis]! - at[axis]!);
    while (at[axis] !== end[axis]) {
      at[axis] = (at[axis]! + step + size) % size;
      ranks.push(rankAt(at, sizes));
    }
  });
  return ranks;
}

function forPairs(count: number, see: (source: number, target: number) => void): void {
  for (let source = 0; source < count; source += 1) {
    for (let target = 0; target < count; target += 1) if (source !== target) see(source, target);
  }
}

function grid(topology: string, sizes: readonly number[]): MachineModel {
  return linkedMachine(product(sizes), `g <-> g: ${topology} { dims ${sizes.join(" by ")}, 50 GB/s each way, 1 us }`);
}

const sizes = [[2], [5], [4, 2], [2, 4], [3, 3], [1, 6], [4, 4], [3, 2, 4], [2, 2, 2, 3]];

describe.each(sizes.map((one) => [one.join(" by "), one] as const))("a grid of %s", (_name, dims) => {
  test.each([
    ["mesh", false],
    ["torus", true],
  ] as const)("as a %s is routed dimension by dimension, and back as far", (topology, closed) => {
    const machine = grid(topology, dims);
    forPairs(product(dims), (source, target) => {
      const expected = dimensionOrdered(source, target, dims, closed);
      expect(ranksAlong(machine, source, target)).toEqual(expected);
      expect(machine.route(source, target)!.latencySeconds).toBeCloseTo((expected.length - 1) * 1e-6, 12);
      expect(ranksAlong(machine, target, source)).toHaveLength(expected.length);
    });
  });

  test("has the wires that its dimensions have", () => {
    const count = product(dims);
    const open = dims.reduce((sum, size) => sum + (2 * count * (size - 1)) / size, 0);
    const closed = dims.reduce((sum, size) => sum + (size === 1 ? 0 : size === 2 ? count : 2 * count), 0);
    expect(grid("mesh", dims).linkResources).toHaveLength(open);
    expect(grid("torus", dims).linkResources).toHaveLength(closed);
  });
});

test("without `each way` the two directions of a grid's wire are one", () => {
  const machine = linkedMachine(6, "g <-> g: mesh { dims 2 by 3, 50 GB/s }");
  expect(machine.linkResources).toHaveLength(7);
  expect(machine.route(0, 1)!.resources).toEqual(machine.route(1, 0)!.resources);
});

test("a directed torus only goes forward, a directed mesh never back", () => {
  const torus = linkedMachine(6, "g -> g: torus { dims 2 by 3, 50 GB/s }");
  expect(ranksAlong(torus, 5, 0)).toEqual([5, 2, 0]);
  expect(ranksAlong(torus, 1, 0)).toEqual([1, 2, 0]);
  const mesh = linkedMachine(6, "g -> g: mesh { dims 2 by 3, 50 GB/s }");
  expect(ranksAlong(mesh, 0, 5)).toEqual([0, 3, 4, 5]);
  expect(mesh.route(5, 0)).toBeUndefined();
  expect(mesh.route(1, 3)).toBeUndefined();
});

test("every pair of a torus of 512 has its Lee distance", () => {
  const machine = grid("torus", [8, 8, 8]);
  forPairs(512, (source, target) => {
    const to = coordinatesOf(target, [8, 8, 8]);
    const apart = coordinatesOf(source, [8, 8, 8]).map((one, axis) => Math.abs(one - to[axis]!));
    const distance = apart.reduce((sum, one) => sum + Math.min(one, 8 - one), 0);
    if (machine.route(source, target)!.resources.length !== distance) throw new Error(`${source} to ${target}`);
  });
});

test("512 ranks on two switches that meet at one rank pass through it", () => {
  const ranks = `rank a[255] { ${rankBody} }\nrank hub { ${rankBody} }\nrank b[256] { ${rankBody} }`;
  const links = ["a <-> hub", "a <-> a", "hub <-> b", "b <-> b"]
    .map((ends) => `link ${ends}: switch { 1 GB/s each way, 1 us }`)
    .join("\n");
  const machine = bindText(`machine m { ${ranks}\n${links} }\nmesh on m { r: 1 }`).bound.machine!;
  const hub = 255;
  forPairs(512, (source, target) => {
    const isDirect = source === hub || target === hub || source < hub === target < hub;
    if (machine.route(source, target)!.resources.length !== (isDirect ? 2 : 4))
      throw new Error(`${source} to ${target}`);
  });
  expect(namesOver(machine, machine.route(3, 300))).toEqual(["a[3] out", "hub[0] in", "hub[0] out", "b[44] in"]);
});

describe("links that together form a graph", () => {
  interface Graph {
    readonly count: number;
    readonly links: readonly { readonly from: number; readonly to: number; readonly directed: boolean }[];
  }
  const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 8 }).chain((count) =>
    fc.record({
      count: fc.constant(count),
      links: fc.array(
        fc
          .record({ from: fc.nat(count - 1), to: fc.nat(count - 1), directed: fc.boolean() })
          .filter(({ from, to }) => from !== to),
        { maxLength: 14 },
      ),
    }),
  );

  /** Where each rank leads, in the order of the declarations. */
  function neighbours({ count, links }: Graph): number[][] {
    const next: number[][] = Array.from({ length: count }, () => []);
    for (const { from, to, directed } of links) {
      next[from]!.push(to);
      if (!directed) next[to]!.push(from);
    }
    return next;
  }

  /** Hops between all pairs (Floyd and Warshall). */
  function distances(next: readonly (readonly number[])[]): number[][] {
    const apart = next.map((one, rank) =>
      next.map((_, other) => (other === rank ? 0 : one.includes(other) ? 1 : Infinity)),
    );
    for (const [middle] of next.entries()) {
      for (const row of apart) row.forEach((far, to) => (row[to] = Math.min(far, row[middle]! + apart[middle]![to]!)));
    }
    return apart;
  }

  test("routes have the fewest hops, and of those take at each the link declared first", () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const next = neighbours(graph);
        const apart = distances(next);
        const machine = linkedMachine(
          graph.count,
          ...graph.links.map(({ from, to, directed }) =>
            directed ? `g[${from}] -> g[${to}]: full { 1 GB/s }` : `g[${from}] <-> g[${to}]: full { 1 GB/s each way }`,
          ),
        );
        forPairs(graph.count, (source, target) => {
          const ranks = ranksAlong(machine, source, target);
          if (apart[source]![target] === Infinity) return expect(ranks).toBeUndefined();
          const expected = [source];
          for (let rank = source; rank !== target; expected.push(rank)) {
            const left = apart[rank]![target]!;
            rank = next[rank]!.find((other) => apart[other]![target] === left - 1)!;
          }
          return expect(ranks).toEqual(expected);
        });
      }),
      { numRuns: 300 },
    );
  });

  test("of different topologies are crossed where they meet", () => {
    const machine = linkedMachine(
      4,
      "g[0] <-> g[1]: full { 1 GB/s each way, 1 us }",
      "g[1] <-> g[2]: bus { 1 GB/s, 2 us }",
      "g[2] -> g[3]: switch { 1 GB/s each way, 4 us }",
    );
    expect(namesOver(machine, machine.route(0, 3))).toEqual(["g[0] -> g[1]", "bus", "g[2] out", "g[3] in"]);
    expect(machine.route(0, 3)!.latencySeconds).toBeCloseTo(7e-6, 12);
    expect(machine.route(3, 0)).toBeUndefined();
  });
});

describe("a tree", () => {
  const text = "tree { switches 2, 32 GB/s each way, uplink 16 GB/s each way, 1 us }";

  test("goes below one switch by two ports, to another over its uplink and the other's", () => {
    const machine = linkedMachine(8, `g <-> g: ${text}`);
    expect(machine.linkResources).toHaveLength(2 * (8 + 2));
    expect(namesOver(machine, machine.route(1, 3))).toEqual(["g[1] out", "g[3] in"]);
    expect(namesOver(machine, machine.route(3, 4))).toEqual(["g[3] out", "switch 0 up", "switch 1 down", "g[4] in"]);
    expect(machine.route(3, 4)!.latencySeconds).toBeCloseTo(1e-6, 12);
    const rateOf = (name: string) => machine.linkResources.find((one) => one.name === name)?.bytesPerSecond;
    expect(rateOf("switch 1 up")).toBe(16e9);
    expect(rateOf("g[7] in")).toBe(32e9);
  });

  test.each([
    [8, 2],
    [7, 3],
    [8, 4],
    [5, 1],
    [5, 5],
  ])(
    "of %d ranks below %d switches has ceiling blocks, and every pair the same way there and back",
    (count, switches) => {
      const machine = linkedMachine(count, `g <-> g: ${text.replace("switches 2", `switches ${switches}`)}`);
      const below = (rank: number) => Math.floor(rank / Math.ceil(count / switches));
      forPairs(count, (source, target) => {
        const [from, to] = [below(source), below(target)];
        const between = from === to ? [] : [`switch ${from} up`, `switch ${to} down`];
        const names = [`g[${source}] out`, ...between, `g[${target}] in`];
        expect(namesOver(machine, machine.route(source, target))).toEqual(names);
      });
    },
  );

  test("without `each way` an uplink is one for both directions", () => {
    const machine = linkedMachine(4, `g <-> g: tree { switches 2, 32 GB/s each way, uplink 16 GB/s }`);
    expect(namesOver(machine, machine.route(0, 2))).toEqual([
      "g[0] out",
      "switch 0 uplink",
      "switch 1 uplink",
      "g[2] in",
    ]);
    expect(namesOver(machine, machine.route(2, 0))).toEqual([
      "g[2] out",
      "switch 1 uplink",
      "switch 0 uplink",
      "g[0] in",
    ]);
  });
});
