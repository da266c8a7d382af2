import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rateAt } from "../../compiler/machine/kernel-rates.js";
import type { DeviceRates, KernelRate } from "../../compiler/machine/model.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { lowerBound } from "../../simulator/bound.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder, rankKind, switchMachine } from "../support/graph-builder.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

const kernel = (rows: number, columns: number, depth: number, perSecond: number): KernelRate => ({
  ...{ does: "contraction", dtype: "bf16", rows, columns, depth, parts: 1, perSecond },
});
const device: DeviceRates = {
  dispatchSeconds: 1e-6,
  kernels: [
    kernel(64, 64, 64, 1e9),
    kernel(4, 64, 64, 0.25e9),
    { does: "elementwise", dtype: "f32", rows: 64, columns: 64, depth: 1, parts: 1, perSecond: 2e9 },
  ],
};
const machine = (ranks: number) => switchMachine(ranks, 50e9, 0, rankKind({ device }));

describe("a device", () => {
  it("takes a dispatch and its kernel's time, at the rate of such blocks", () => {
    const build = graphBuilder(1);
    const queue = build.queue(0, { width: 10 });
    const y = build.instance("y");
    const shape = { does: "contraction", dtype: "bf16", rows: 64, columns: 64, depth: 64, parts: 1 } as const;
    build.compute(queue, y, { matrixFlops: 1e6, flops: 1e6, shape });
    build.compute(queue, y, { matrixFlops: 1e6, flops: 1e6, shape: { ...shape, rows: 4 } });
    build.compute(queue, y, { bytesRead: 1e6, bytesWritten: 1e6, shape: { ...shape, does: "elementwise", depth: 1 } });
    const { finish } = simulate(build.build(), machine(1));
    const expected = [1e3 + 1e6, 1e3 + 4e6, 1e3 + 1e6];
    let end = 0;
    expected.forEach((ns, task) => expect(finish[task]).toBeCloseTo((end += ns), 3));
  });

  it("takes what the peaks let it for a sort that was not measured", () => {
    const build = graphBuilder(1);
    const shape = { does: "reduction", dtype: "bf16", rows: 1, columns: 1, depth: 1, parts: 1 } as const;
    build.compute(build.queue(0), build.instance("y"), { vectorFlops: 2e6, bytesRead: 8, tiles: 1, shape });
    const { makespanNs } = simulate(build.build(), machine(1));
    expect(makespanNs).toBeCloseTo(1e3 + 2e6 / (rankKind({}).computeFlopsPerSecond["f32"]! / 1e9), 3);
  });

  it("runs one compute task at a time on random graphs, and is not beaten by the bound", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, ranks) => {
        const graph = randomGraph(seed, ranks, 30);
        const plain = randomMachine(seed, ranks);
        const on = { ...plain, kinds: plain.kinds.map((kind) => ({ ...kind, device })) };
        const { start, finish, makespanNs, stuck } = simulate(graph, on);
        expect(stuck).toEqual([]);
        for (let rank = 0; rank < ranks; rank++) {
          const tasks = Array.from({ length: graph.taskCount }, (_, task) => task)
            .filter((task) => graph.kind[task] === TaskKind.compute && graph.rank[task] === rank)
            .toSorted((a, b) => start[a]! - start[b]! || finish[a]! - finish[b]!);
          tasks.slice(1).forEach((task, i) => expect(start[task]!).toBeGreaterThanOrEqual(finish[tasks[i]!]! - 1e-6));
        }
        expect(lowerBound(graph, on).boundNs).toBeLessThanOrEqual(makespanNs * (1 + 1e-9));
      }),
    );
  });
});

describe("the rate of a block", () => {
  const shape = (rows: number, columns: number, depth: number) =>
    ({ does: "contraction", dtype: "bf16", rows, columns, depth, parts: 1 }) as const;

  it("is that of one of its shape, where one was measured", () => {
    expect(rateAt(shape(4, 64, 64), device.kernels.slice(0, 2))).toBe(0.25e9);
  });

  it("lies between those measured, and half-way is their geometric mean", () => {
    expect(rateAt(shape(16, 64, 64), device.kernels.slice(0, 2))).toBeCloseTo(0.5e9, -3);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 999 }), (rows, depth) => {
        const rate = rateAt(shape(rows, 64, depth), device.kernels.slice(0, 2));
        expect(rate).toBeGreaterThanOrEqual(0.25e9 * (1 - 1e-12));
        expect(rate).toBeLessThanOrEqual(1e9 * (1 + 1e-12));
      }),
    );
  });
});
