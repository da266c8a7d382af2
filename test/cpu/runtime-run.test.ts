import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { unitRoundoff } from "../../runtime/numbers/dtypes.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import type { RunResult } from "../../runtime/run/run.js";
import { binary, kernel, read, standardMonoids } from "../support/kernel-builder.js";
import { layer, oneAxisMesh, planBuilder, run as interval, value } from "../support/plan-builder.js";
import { accumulatedSum, haloOfTwo, productReduceScatter } from "../support/plans.js";
import type { PlanWithLayer } from "../support/plans.js";

const pool = createNodePool();
afterAll(() => pool.close());

function referenceOf({ layer, ranks, plan }: PlanWithLayer, seed = 1): Reference {
  const { tables } = plan;
  return prepareReference({ layer, mesh: oneAxisMesh(ranks), tables, monoids: standardMonoids, seed });
}

const runCpu = (built: PlanWithLayer, adverse?: number): Promise<RunResult> => {
  const reference = referenceOf(built);
  return run(built.plan, { device: "cpu", reference, pool, ...(adverse === undefined ? {} : { adverse }) });
};

function expectEdgesRespected({ plan }: PlanWithLayer, { timeline }: RunResult): void {
  const { graph } = plan;
  for (let task = 0; task < graph.taskCount; task++) {
    expect(timeline.finish[task]!).toBeGreaterThanOrEqual(timeline.start[task]!);
    for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
      expect(timeline.start[graph.successor[edge]!]!).toBeGreaterThanOrEqual(timeline.finish[task]!);
    }
  }
}

describe("device cpu computes the unsharded layer", () => {
  test.each([2, 4])("partial products, combined across %d ranks", async (ranks) => {
    const built = productReduceScatter(ranks);
    const result = await runCpu(built);
    expect(result.failures).toEqual([]);
    expect(result.maxError).toBeLessThan(10 * ranks * unitRoundoff("f32"));
    expect(result.outputs.map(({ name }) => name)).toEqual(["out"]);
    expectEdgesRespected(built, result);
    expect(result.measuredNs).toBe(Math.max(...result.timeline.finish));
    expect(Math.min(...result.timeline.start)).toBe(0);
  });

  test("a halo between two ranks, exactly", async () => {
    const built = haloOfTwo();
    const result = await runCpu(built);
    expect(result.failures).toEqual([]);
    expect(result.maxError).toBeLessThanOrEqual(4 * unitRoundoff("f32"));
    expectEdgesRespected(built, result);
  });

  test("a sum accumulated part by part", async () => {
    const result = await runCpu(accumulatedSum(5));
    expect(result.failures).toEqual([]);
    expect(result.maxError).toBeLessThan(20 * unitRoundoff("f32"));
  });

  test.each(["f16", "bf16"])("values are rounded at %s where they are stored", async (dtype) => {
    const result = await runCpu(productReduceScatter(2, dtype));
    expect(result.failures).toEqual([]);
    // Products are rounded before they are combined, so the error is that of the dtype: neither none nor large.
    expect(result.maxError).toBeGreaterThan(unitRoundoff("f32"));
    expect(result.maxError).toBeLessThan(4 * unitRoundoff(dtype));
  });

  test("f64 values are computed in f64", async () => {
    const result = await runCpu(productReduceScatter(2, "f64"));
    expect(result.maxError).toBeLessThan(20 * unitRoundoff("f64"));
  });
});

describe("values that are not whole on one rank", () => {
  test("of a pending input each rank has its contribution, and a pending output is compared folded", async () => {
    const pending = [{ monoid: "sum", over: [0] }];
    const values = [value(0, "x", [6], "f32", pending), value(1, "y", [6], "f32", pending)];
    const unsharded = layer(values, [0], [1], [{ result: 1, operand: 0 }]);
    const plan = planBuilder({ ranks: 2, values, outputs: [1] });
    for (const rank of [0, 1]) {
      const x = plan.buffer(rank, "x", [interval(0, 6)], { role: "input" });
      const y = plan.buffer(rank, "y", [interval(0, 6)]);
      plan.join(rank, { kind: "copy", from: x, to: y, region: [interval(0, 6)] });
    }
    const built = { plan: plan.build(), layer: unsharded, ranks: 2 };
    const result = await runCpu(built);
    expect(result.failures).toEqual([]);
    expect(result.maxError).toBeLessThanOrEqual(2 * unitRoundoff("f32"));
    const halves = referenceOf(built).contributions.get(0)!;
    expect(halves[0]).not.toEqual(halves[1]);
  });

  test("what is written is passed on along a chain of names, within their regions", async () => {
    const values = [value(0, "x", [4]), value(1, "a", [4]), value(2, "b", [4]), value(3, "c", [4])];
    const twice = kernel(1, [["i", 4]], binary(read(0, 0), "+", read(0, 0)));
    const unsharded = layer(
      values,
      [0],
      [3],
      [
        { result: 1, operands: [0], kernel: twice },
        { result: 2, operand: 1 },
        { result: 3, operand: 2 },
      ],
    );
    const plan = planBuilder({ ranks: 2, values, kernels: [twice], outputs: [3] });
    for (const rank of [0, 1]) {
      const own = interval(2 * rank, 2 * rank + 2);
      const x = plan.buffer(rank, "x", [own], { role: "input" });
      const [a, b] = ["a", "b"].map((name) => plan.buffer(rank, name, [interval(0, 4)])) as [number, number];
      const c = plan.buffer(rank, "c", [own]);
      plan.alias(a, b, [interval(0, 4)]);
      plan.alias(b, c, [own]);
      plan.compute("sms", a, [x], [own]);
    }
    const result = await runCpu({ plan: plan.build(), layer: unsharded, ranks: 2 });
    expect(result.failures).toEqual([]);
    expect(result.maxError).toBe(0);
  });
});

test("the result does not depend on the interleaving: bit for bit the same under random delays", async () => {
  const built = productReduceScatter(4);
  const reference = referenceOf(built);
  const quiet = await run(built.plan, { device: "cpu", reference, pool });
  await fc.assert(
    fc.asyncProperty(fc.nat(), async (adverse) => {
      const disturbed = await run(built.plan, { device: "cpu", reference, pool, adverse });
      expect(disturbed.failures).toEqual([]);
      expect([...disturbed.outputs[0]!.elements]).toEqual([...quiet.outputs[0]!.elements]);
    }),
    { numRuns: 12 },
  );
});

describe("device null", () => {
  test.each([2, 8])("executes each task once and after all it waits for, on %d ranks", async (ranks) => {
    const built = productReduceScatter(ranks);
    for (const adverse of [undefined, 1, 2]) {
      const result = await run(built.plan, { device: "null", pool, ...(adverse === undefined ? {} : { adverse }) });
      expect(result.failures).toEqual([]);
      expect(result.outputs).toEqual([]);
      expect(result.maxError).toBeUndefined();
      expectEdgesRespected(built, result);
    }
  });

  test("does not ask what tasks do", async () => {
    const { plan } = productReduceScatter(2);
    const action = (): never => {
      throw new Error("asked");
    };
    expect((await run({ ...plan, action }, { device: "null", pool })).failures).toEqual([]);
  });
});

describe("what is wrong shows", () => {
  test("a delivery left out: what is read before it is written is not a number", async () => {
    const built = haloOfTwo();
    const { plan } = built;
    const action: typeof plan.action = (task) => {
      const kept = plan.action(task);
      return kept.kind === "copy" ? { kind: "none" } : kept;
    };
    const result = await run({ ...plan, action }, { device: "cpu", reference: referenceOf(built), pool });
    expect(result.failures.map(({ kind }) => kind)).toEqual(["result"]);
    expect(result.failures[0]!.message).toMatch(/y: \d of its elements are infinite or not a number/);
    expect(result.maxError).toBe(Infinity);
  });

  test("a contribution left out is an error of the size of the result", async () => {
    const built = productReduceScatter(2);
    const { plan } = built;
    const action: typeof plan.action = (task) => {
      const kept = plan.action(task);
      return kept.kind === "combine" ? { kind: "none" } : kept;
    };
    const result = await run({ ...plan, action }, { device: "cpu", reference: referenceOf(built), pool });
    expect(result.maxError).toBeGreaterThan(0.1);
  });

  test("elements that no rank holds are missing", async () => {
    const built = productReduceScatter(2);
    const { plan } = built;
    const result = await run(
      { ...plan, outputs: plan.outputs.slice(1) },
      { device: "cpu", reference: referenceOf(built), pool },
    );
    expect(result.failures).toEqual([{ kind: "result", message: "out: no rank holds 10 of its 20 elements" }]);
  });

  test("too many ranks, too much memory and unknown dtypes are refused before anything starts", async () => {
    const { plan } = productReduceScatter(2);
    const many = { ...plan, graph: { ...plan.graph, rankCount: 65 } };
    expect((await run(many, { device: "null", pool })).failures[0]!.message).toBe(
      "65 ranks: a run has at most 64, a worker each",
    );
    const built = productReduceScatter(2);
    const reference = referenceOf(built);
    const small = await run(plan, { device: "cpu", reference, pool, memoryLimitBytes: 100 });
    expect(small.failures[0]!.message).toMatch(/the buffers of all ranks take .* GiB, more than the .* GiB allowed/);
    const buffers = plan.buffers.map((buffer) => ({ ...buffer, dtype: "f4" }));
    const odd = await run({ ...plan, buffers }, { device: "cpu", reference, pool });
    expect(odd.failures).toEqual([{ kind: "limit", message: "a: nothing executes f4 on device cpu" }]);
  });
});

test("a pool serves run after run with the same workers", async () => {
  const own = createNodePool();
  const built = productReduceScatter(4);
  const reference = referenceOf(built);
  for (let i = 0; i < 5; i++)
    expect((await run(built.plan, { device: "cpu", reference, pool: own })).failures).toEqual([]);
  expect(own.size).toBe(4);
  await own.close();
  expect(own.size).toBe(0);
});
