import fc from "fast-check";
import { expect, test } from "vitest";
import { mainShapes } from "../../cli/support/calibration/shapes.js";
import { compareTimelines, partShare } from "../../cli/support/run/comparison.js";
import { medianOf } from "../../cli/support/run/ran.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { RunResult } from "../../runtime/run/run.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder } from "../support/graph-builder.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

const drawn = (seed: number, ranks: number) => {
  const graph = randomGraph(seed, ranks, 30);
  return {
    graph,
    predicted: simulate(graph, randomMachine(seed, ranks)),
    measured: simulate(graph, randomMachine(seed + 1, ranks)),
  };
};

test("a prediction that comes true differs nowhere", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, ranks) => {
      const { graph, predicted } = drawn(seed, ranks);
      const comparison = compareTimelines(graph, predicted, predicted);
      expect(comparison.error).toBe(0);
      expect(comparison.part).toBeUndefined();
      for (const one of comparison.classes) expect(one.difference_ns).toBe(0);
    }),
  );
});

test("classes are all tasks, and their differences what all tasks together differ by", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, ranks) => {
      const { graph, predicted, measured } = drawn(seed, ranks);
      const { classes } = compareTimelines(graph, predicted, measured);
      let [tasks, difference, size] = [0, 0, 0];
      for (let task = 0; task < graph.taskCount; task++) {
        if (graph.kind[task] === TaskKind.join) continue;
        const took = (of: typeof predicted) => of.finish[task]! - of.start[task]!;
        tasks++;
        difference += took(predicted) - took(measured);
        size += took(predicted) + took(measured);
      }
      expect(classes.reduce((sum, one) => sum + one.tasks, 0)).toBe(tasks);
      const sum = classes.reduce((total, one) => total + one.difference_ns, 0);
      expect(Math.abs(sum * ranks - difference)).toBeLessThanOrEqual(1e-9 * size);
    }),
  );
});

test("timelines part at the first task that ends too far off", () => {
  const build = graphBuilder(1);
  const queue = build.queue(0);
  const [a, b] = [build.instance("a"), build.instance("b")];
  build.compute(queue, a, {});
  build.compute(queue, b, {});
  build.compute(queue, b, {});
  const graph = build.build();
  const line = (...finish: number[]) => ({
    start: Float64Array.of(0, ...finish.slice(0, -1)),
    finish: Float64Array.from(finish),
    makespanNs: finish.at(-1)!,
  });
  const apart = 100 * partShare + 1;
  const { part, error } = compareTimelines(graph, line(10, 20 + apart, 100), line(10, 20, 100));
  expect(error).toBe(0);
  expect(part).toMatchObject({ predicted_ns: 20 + apart, measured_ns: 20 });
  expect(part!.task).toContain("b, block");
  expect(compareTimelines(graph, line(10, 20, 100 + apart), line(10, 20, 100)).error).toBeCloseTo(apart / 100, 12);
});

test("of runs the median is told, with the error of the one that was off most", () => {
  const ran = (measuredNs: number, maxError?: number): RunResult => ({
    ...{ device: "webgpu", measuredNs, maxError, failures: [], outputs: [] },
    timeline: { start: new Float64Array(0), finish: new Float64Array(0), makespanNs: measuredNs },
  });
  expect(medianOf([ran(5, 0.1), ran(3, 0.3), ran(4, 0.2)])).toMatchObject({ measuredNs: 4, maxError: 0.3 });
  expect(medianOf([ran(5), ran(3)])).toMatchObject({ measuredNs: 3, maxError: undefined });
});

test("the shapes that matter are those of most work, once each", () => {
  const build = graphBuilder(1);
  const queue = build.queue(0);
  const y = build.instance("y");
  const shape = (rows: number) =>
    ({ does: "contraction", dtype: "bf16", rows, columns: 8, depth: 8, parts: 1 }) as const;
  for (const [rows, flops] of [
    [1, 5e9],
    [2, 2e9],
    [3, 8e9],
    [2, 2e9],
    [2, 2e9],
  ] as const)
    build.compute(queue, y, { flops, shape: shape(rows) });
  expect(mainShapes(build.build(), 2).map(({ rows }) => rows)).toEqual([3, 2]);
});
