import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { asMeasured, withSlowLinks } from "../../compiler/machine/measured-machine.js";
import type { DeviceRates } from "../../compiler/machine/model.js";
import { computeNanoseconds } from "../../simulator/alone.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder, rankKind, switchMachine } from "../support/graph-builder.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

const seeds = fc.nat();
const rankCounts = fc.integer({ min: 2, max: 4 });
const device: DeviceRates = { dispatchSeconds: 2e-6, kernels: [] };
const quick = (ranks: number) => switchMachine(ranks, 1e15, 0, rankKind({ device: { ...device, dispatchSeconds: 0 } }));

/** Sends that no switch makes one of, and memories that combine nothing. */
function drawn(seed: number, ranks: number) {
  const graph = randomGraph(seed, ranks, 30);
  const classes = graph.classes.map((cost) => {
    if (cost.kind === "compute") return cost;
    const { merged: _, ...own } = { ...cost, combinesInMemory: false };
    return own;
  });
  return { graph: { ...graph, classes }, machine: randomMachine(seed, ranks) };
}

/** Nothing is computed and memory takes no time: what is left are links. */
function linksAlone(seed: number, ranks: number) {
  const machine = randomMachine(seed, ranks);
  const memory = { ...machine.kinds[0]!.memory, bytesPerSecond: Number.POSITIVE_INFINITY };
  const kinds = machine.kinds.map((kind) => ({ ...kind, memory, launchSeconds: 0 }));
  const graph = randomGraph(seed, ranks, 30);
  const classes = graph.classes.map((cost) =>
    cost.kind === "compute"
      ? { ...cost, matrixFlops: 0, vectorFlops: 0, flops: 0, bytesRead: 0, bytesWritten: 0 }
      : cost,
  );
  return { graph: { ...graph, classes }, machine: { ...machine, kinds } };
}

describe("slower links", () => {
  it("make what is of links alone take as many times as long", () => {
    fc.assert(
      fc.property(seeds, rankCounts, fc.double({ min: 0.01, max: 1e5, noNaN: true }), (seed, ranks, times) => {
        const placed = linksAlone(seed, ranks);
        const slow = withSlowLinks(placed, times);
        const before = simulate(placed.graph, placed.machine).makespanNs;
        const after = simulate(slow.graph, slow.machine).makespanNs;
        expect(Math.abs(after - before * times)).toBeLessThanOrEqual(1e-6 * before * times);
      }),
    );
  });

  it("leave what is computed alone", () => {
    fc.assert(
      fc.property(seeds, rankCounts, (seed, ranks) => {
        const placed = { graph: randomGraph(seed, ranks, 30), machine: randomMachine(seed, ranks) };
        const slow = withSlowLinks(placed, 1000);
        expect(computeNanoseconds(slow.graph, slow.machine)).toBe(computeNanoseconds(placed.graph, placed.machine));
      }),
    );
  });
});

describe("a machine on a computer that was measured", () => {
  it("computes as the computer does", () => {
    fc.assert(
      fc.property(seeds, rankCounts, fc.boolean(), (seed, ranks, shaped) => {
        const placed = drawn(seed, ranks);
        const measured = switchMachine(ranks, 1e9, 1e-6, rankKind({ device }));
        const here = asMeasured(placed, measured, shaped);
        expect(here.machine.kinds.length).toBe(placed.machine.kinds.length);
        expect(computeNanoseconds(here.graph, here.machine)).toBe(computeNanoseconds(placed.graph, measured));
      }),
    );
  });

  it("with free links, sends as the computer does, whatever the machine's links are", () => {
    fc.assert(
      fc.property(seeds, rankCounts, (seed, ranks) => {
        const placed = drawn(seed, ranks);
        const measured = switchMachine(ranks, 3e9, 5e-6, rankKind({ device }));
        const here = asMeasured(placed, measured, false);
        const uncapped = {
          ...placed.graph,
          queues: placed.graph.queues.map((queue) => ({ ...queue, bytesPerSecond: Infinity })),
        };
        const expected = simulate(uncapped, measured).makespanNs;
        expect(simulate(here.graph, here.machine).makespanNs).toBeCloseTo(expected, 3);
      }),
    );
  });

  it("with shaped links, takes no less than those do, and what a computer without any cost adds is nothing", () => {
    fc.assert(
      fc.property(seeds, rankCounts, (seed, ranks) => {
        const placed = linksAlone(seed, ranks);
        const shaped = simulate(placed.graph, placed.machine).makespanNs;
        const free = asMeasured(placed, quick(ranks), true);
        const memory = { ...free.machine.kinds[0]!.memory, bytesPerSecond: Number.POSITIVE_INFINITY };
        const kinds = free.machine.kinds.map((kind) => ({ ...kind, memory }));
        const here = simulate(free.graph, { ...free.machine, kinds }).makespanNs;
        expect(Math.abs(here - shaped)).toBeLessThanOrEqual(1e-3 * shaped + 1);
      }),
    );
  });

  it("a message takes the computer's latency and the link's, and the slower rate", () => {
    const build = graphBuilder(2);
    build.transfer(build.queue(0, { engine: "copy", name: "copy" }), build.instance("sent"), {
      target: 1,
      wireBytes: 1e6,
    });
    const graph = build.build();
    expect(graph.kind[0]).toBe(TaskKind.transfer);
    const described = { graph, machine: switchMachine(2, 1e9, 3e-6) };
    const here = asMeasured(described, switchMachine(2, 4e9, 5e-6, rankKind({ device })), true);
    expect(simulate(here.graph, here.machine).makespanNs).toBeCloseTo(8e3 + 1e6, 3);
  });
});
