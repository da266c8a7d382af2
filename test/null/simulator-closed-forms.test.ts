import { describe, expect, it } from "vitest";
import { verifyGraph } from "../../compiler/graph/verify-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder, rankKind, switchMachine } from "../support/graph-builder.js";

/** Simulates a sound graph and returns its makespan in seconds. */
function seconds(graph: TaskGraph, machine: MachineModel): number {
  expect(verifyGraph(graph)).toEqual([]);
  const timeline = simulate(graph, machine);
  expect(timeline.stuck).toEqual([]);
  return timeline.makespanNs / 1e9;
}

/** Relative difference. */
function difference(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.abs(expected);
}

const fastMemory = rankKind({
  memory: { name: "hbm", capacityBytes: 80e9, bytesPerSecond: Infinity, reduces: [] },
});

describe("collectives over links of latency alpha and bandwidth B", () => {
  const alpha = 1.5e-6;
  const bandwidth = 200e9;
  const bytes = 64e6;

  for (let n = 2; n <= 9; n++) {
    for (const combining of [false, true]) {
      it(`ring ${combining ? "reduce-scatter" : "all-gather"} over ${n}: (n-1)(alpha + bytes/(n B))`, () => {
        const build = graphBuilder(n);
        const word = build.instance("word", { kind: "word" });
        const queues = Array.from({ length: n }, (_, rank) => build.queue(rank, { engine: "copy" }));
        let arrived: (number | undefined)[] = Array.from({ length: n });
        for (let round = 0; round < n - 1; round++) {
          const sent = queues.map((queue, rank) => {
            const before = arrived[rank];
            return build.transfer(
              queue,
              word,
              { target: (rank + 1) % n, wireBytes: bytes / n, combining },
              before === undefined ? [] : [before],
            );
          });
          arrived = sent.map((_, rank) => sent[(rank + n - 1) % n]!);
        }
        const machine = switchMachine(n, bandwidth, alpha, rankKind());
        expect(
          difference(seconds(build.build(), machine), (n - 1) * (alpha + bytes / n / bandwidth)),
        ).toBeLessThanOrEqual(1e-9);
      });
    }

    it(`direct all-to-all over ${n}, all at once: alpha + (n-1)/n bytes/B`, () => {
      const build = graphBuilder(n);
      const word = build.instance("word", { kind: "word" });
      for (let rank = 0; rank < n; rank++) {
        const queue = build.queue(rank, { engine: "copy", width: n });
        for (let target = 0; target < n; target++) {
          if (target !== rank) build.transfer(queue, word, { target, wireBytes: bytes / n });
        }
      }
      expect(
        difference(
          seconds(build.build(), switchMachine(n, bandwidth, alpha)),
          alpha + (((n - 1) / n) * bytes) / bandwidth,
        ),
      ).toBeLessThanOrEqual(1e-9);
    });

    it(`${n} transfers into one receiver share its port`, () => {
      const build = graphBuilder(n + 1);
      const word = build.instance("word", { kind: "word" });
      for (let rank = 0; rank < n; rank++) {
        build.transfer(build.queue(rank), word, { target: n, wireBytes: bytes * (rank + 1) });
      }
      const timeline = simulate(build.build(), switchMachine(n + 1, bandwidth, alpha));
      // The k-th to end shares with n - k others all along: differences of sizes, each at its share.
      let expected = alpha;
      for (let k = 0; k < n; k++) {
        expected += (bytes * (n - k)) / bandwidth;
        expect(difference(timeline.finish[k]! / 1e9, expected)).toBeLessThanOrEqual(1e-9);
      }
    });
  }
});

describe("a product", () => {
  it("takes as long as its flops where those are the limit", () => {
    const build = graphBuilder(1);
    build.compute(build.queue(0, { width: 10 }), build.instance("y"), {
      matrixFlops: 3e9,
      bytesRead: 1e9,
      bytesWritten: 1e9,
      tiles: 40,
    });
    expect(difference(seconds(build.build(), switchMachine(1, 1, 0)), 3e9 / 1e12)).toBeLessThanOrEqual(1e-9);
  });

  it("takes as long as its bytes where those are the limit", () => {
    const build = graphBuilder(1);
    build.compute(build.queue(0, { width: 10 }), build.instance("y"), {
      matrixFlops: 1e9,
      bytesRead: 1e9,
      bytesWritten: 1e9,
      tiles: 40,
    });
    expect(difference(seconds(build.build(), switchMachine(1, 1, 0)), 2e9 / 1e12)).toBeLessThanOrEqual(1e-9);
  });

  for (const [name, flops, bytes] of [
    ["compute", 4e7, 1e7],
    ["memory", 1e7, 3e7],
  ] as const) {
    it(`has the same roofline as a task a tile: ${name}-bound`, () => {
      const build = graphBuilder(1);
      const queue = build.queue(0, { width: 10 });
      const y = build.instance("y");
      for (let tile = 0; tile < 40; tile++) build.compute(queue, y, { matrixFlops: flops, bytesRead: bytes });
      expect(
        difference(seconds(build.build(), switchMachine(1, 1, 0)), 40 * Math.max(flops / 1e12, bytes / 1e12)),
      ).toBeLessThanOrEqual(1e-9);
    });
  }

  it("computes at the efficiency the machine states, and at f32's rate what has none of its own", () => {
    const build = graphBuilder(1);
    build.compute(build.queue(0, { width: 10 }), build.instance("y"), {
      matrixFlops: 3e9,
      matrixDtype: "f8",
      vectorFlops: 1e9,
      tiles: 10,
    });
    const kind = rankKind({ computeFlopsPerSecond: { bf16: 1e12, f32: 0.5e12 }, efficiency: 0.8 });
    expect(difference(seconds(build.build(), switchMachine(1, 1, 0, kind)), 4e9 / 0.5e12 / 0.8)).toBeLessThanOrEqual(
      1e-9,
    );
  });
});

describe("waves", () => {
  const sms = 10;
  for (let tiles = 1; tiles <= 3 * sms; tiles++) {
    const expected = Math.ceil(tiles / sms) * (1e6 / (1e12 / sms));
    it(`${tiles} tiles on ${sms} SMs take ${Math.ceil(tiles / sms)} of a tile's time, as one task and as many`, () => {
      const one = graphBuilder(1);
      one.compute(one.queue(0, { width: sms }), one.instance("y"), { matrixFlops: tiles * 1e6, tiles });
      expect(difference(seconds(one.build(), switchMachine(1, 1, 0)), expected)).toBeLessThanOrEqual(1e-9);

      const many = graphBuilder(1);
      const queue = many.queue(0, { width: sms });
      const y = many.instance("y");
      for (let tile = 0; tile < tiles; tile++) many.compute(queue, y, { matrixFlops: 1e6, bytesRead: 1 });
      expect(difference(seconds(many.build(), switchMachine(1, 1, 0)), expected)).toBeLessThanOrEqual(1e-9);
    });
  }
});

describe("pipelines, launches and queues", () => {
  it("a two-stage pipeline of k chunks takes c + (k-1) max(c, t) + t", () => {
    for (let k = 1; k <= 12; k++) {
      for (const [c, t] of [
        [3e-6, 2e-6],
        [2e-6, 3e-6],
        [2e-6, 2e-6],
      ] as const) {
        const build = graphBuilder(2);
        const sms = build.queue(0, { width: 10 });
        const copy = build.queue(0, { engine: "copy" });
        const y = build.instance("y");
        const out = build.instance("out", { kind: "word" });
        for (let chunk = 0; chunk < k; chunk++) {
          const made = build.compute(sms, y, { matrixFlops: c * 1e12, tiles: 10 });
          build.transfer(copy, out, { target: 1, wireBytes: (t - 0.5e-6) * 100e9 }, [made]);
        }
        expect(
          difference(seconds(build.build(), switchMachine(2, 100e9, 0.5e-6)), c + (k - 1) * Math.max(c, t) + t),
        ).toBeLessThanOrEqual(1e-9);
      }
    }
  });

  it("launches a statement once a rank, when its first task could begin", () => {
    const build = graphBuilder(2);
    const kind = rankKind({ launchSeconds: 4e-6 });
    const [a, b] = [build.instance("a"), build.instance("b")];
    const first = [0, 1].map((rank) => {
      const queue = build.queue(rank, { width: 1 });
      const task = build.compute(queue, a, { matrixFlops: 1e6 });
      build.compute(queue, a, { matrixFlops: 1e6 });
      return { queue, task };
    });
    build.compute(first[0]!.queue, b, { matrixFlops: 1e6 });
    const timeline = simulate(build.build(), switchMachine(2, 1, 0, kind));
    const tile = 1e6 / 1e11;
    expect(difference(timeline.start[0]! / 1e9, 4e-6)).toBeLessThanOrEqual(1e-9);
    expect(difference(timeline.finish[1]! / 1e9, 4e-6 + 2 * tile)).toBeLessThanOrEqual(1e-9);
    expect(difference(timeline.makespanNs / 1e9, 8e-6 + 3 * tile)).toBeLessThanOrEqual(1e-9);
  });

  it("launches what is fused once", () => {
    const build = graphBuilder(1);
    const [a, b] = [build.instance("a", { launch: 7 }), build.instance("b", { launch: 7 })];
    const queue = build.queue(0);
    const first = build.compute(queue, a, { matrixFlops: 1e6 });
    build.compute(queue, b, { matrixFlops: 1e6 }, [first]);
    const kind = rankKind({ launchSeconds: 4e-6 });
    expect(
      difference(seconds(build.build(), switchMachine(1, 1, 0, kind)), 4e-6 + 2 * (1e6 / 1e11)),
    ).toBeLessThanOrEqual(1e-9);
  });

  it("a waiting head blocks its queue", () => {
    const build = graphBuilder(2);
    const y = build.instance("y");
    const slow = build.compute(build.queue(1), y, { matrixFlops: 5e6 });
    const queue = build.queue(0, { width: 4 });
    const waiting = build.compute(queue, y, { matrixFlops: 1e6 }, [slow]);
    const ready = build.compute(queue, y, { matrixFlops: 1e6 });
    const timeline = simulate(build.build(), switchMachine(2, 1, 0));
    expect(difference(timeline.start[waiting]!, timeline.finish[slow]!)).toBeLessThanOrEqual(1e-9);
    expect(difference(timeline.start[ready]!, timeline.finish[slow]!)).toBeLessThanOrEqual(1e-9);
  });

  it("leaves the SMs that another statement has reserved", () => {
    const build = graphBuilder(1);
    const queue = build.queue(0, { width: 10 });
    const y = build.instance("y", { slots: 4 });
    for (let tile = 0; tile < 8; tile++) build.compute(queue, y, { matrixFlops: 1e6 });
    expect(difference(seconds(build.build(), switchMachine(1, 1, 0)), 2 * (1e6 / 1e11))).toBeLessThanOrEqual(1e-9);
  });

  it("transfers on SMs move no faster together than their queue allows", () => {
    const build = graphBuilder(3);
    const queue = build.queue(0, { width: 2, bytesPerSecond: 30e9 });
    const out = build.instance("out", { kind: "word" });
    for (const target of [1, 2]) build.transfer(queue, out, { target, wireBytes: 3e6 });
    expect(difference(seconds(build.build(), switchMachine(3, 100e9, 0, fastMemory)), 6e6 / 30e9)).toBeLessThanOrEqual(
      1e-9,
    );
  });

  it("shares a rank's memory between a product and what arrives", () => {
    const build = graphBuilder(2);
    // Alone the product needs all of 1 TB/s; a combining arrival at 200 GB/s takes 400 of them.
    build.compute(build.queue(1, { width: 10 }), build.instance("y"), { bytesRead: 6e6, tiles: 10 });
    build.transfer(build.queue(0), build.instance("out", { kind: "word" }), {
      target: 1,
      wireBytes: 2e6,
      combining: true,
    });
    const timeline = simulate(build.build(), switchMachine(2, 200e9, 0));
    expect(difference(timeline.finish[0]! / 1e9, 10e-6)).toBeLessThanOrEqual(1e-9);
    expect(difference(timeline.finish[1]! / 1e9, 10e-6)).toBeLessThanOrEqual(1e-9);
  });

  it("a cycle is returned as what is stuck, and does not hang", () => {
    const build = graphBuilder(1);
    const y = build.instance("y");
    const queue = build.queue(0);
    const first = build.compute(queue, y, { matrixFlops: 1e6 });
    const second = build.compute(queue, y, { matrixFlops: 1e6 });
    build.edge(second, first);
    expect(simulate(build.build(), switchMachine(1, 1, 0)).stuck).toEqual([first, second]);
  });
});
