import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { shareGraph } from "../../runtime/protocol/shared-graph.js";
import { createControl, listPredecessors } from "../../runtime/protocol/protocol.js";
import { runRank } from "../../runtime/ranks/rank.js";
import type { HostRankJob } from "../../runtime/ranks/rank.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { constant, kernel, reduce, standardMonoids } from "../support/kernel-builder.js";
import { oneAxisMesh, planBuilder, run as interval, value } from "../support/plan-builder.js";
import { productReduceScatter } from "../support/plans.js";

const pool = createNodePool();
afterEach(() => vi.restoreAllMocks());

function preparedProduct() {
  const built = productReduceScatter(2);
  const { layer, ranks } = built;
  const reference = prepareReference({ layer, mesh: oneAxisMesh(ranks), tables: [], monoids: standardMonoids });
  return { ...built, reference };
}

test("tasks that wait for each other end the run, naming rank, task and what it waits for", async () => {
  const { plan, reference } = preparedProduct();
  const values = [value(0, "x", [4])];
  const cyclic = planBuilder({ ranks: 2, values, outputs: [] });
  const buffers = [0, 1].map((rank) => cyclic.buffer(rank, "x", [interval(0, 4)], { role: "input" }));
  const [first, second] = [0, 1].map((rank) =>
    cyclic.transfer("copy", buffers[rank]!, buffers[1 - rank]!, [interval(0, 2)]),
  ) as [number, number];
  const join = cyclic.join(0, { kind: "none" }, [second]);
  cyclic.edge(join, first);
  cyclic.edge(first, second);
  const result = await run(cyclic.build(), { device: "null", pool, stallSeconds: 1 });
  expect(result.failures).toEqual([
    {
      kind: "stall",
      rank: 0,
      task: first,
      message: `no task finished for 1 s: rank 0 waits with step, block ${first}, on rank 0, for step, block ${second}, on rank 1`,
    },
  ]);
  expect(result.timeline.finish[first]).toBeNaN();
  // The pool is sound afterwards.
  expect((await run(plan, { device: "cpu", reference, pool })).failures).toEqual([]);
});

test("a task that does not end is ended, with its worker", async () => {
  const own = createNodePool();
  const { plan, reference } = preparedProduct();
  const ages = kernel(
    1,
    [
      ["i", 1],
      ["k", 2 ** 30],
      ["l", 2 ** 30],
    ],
    reduce("sum", [1, 2], constant(1)),
  );
  const endless = planBuilder({ ranks: 2, values: [value(0, "x", [1])], kernels: [ages], outputs: [] });
  const x = endless.buffer(0, "x", [interval(0, 1)]);
  const task = endless.compute("sms", x, [], [interval(0, 1), interval(0, 2 ** 30), interval(0, 2 ** 30)]);
  const { failures } = await run(endless.build(), { device: "cpu", reference, pool: own, stallSeconds: 1 });
  expect(failures).toEqual([
    { kind: "stall", rank: 0, task, message: `rank 0 has been executing step, block ${task}, on rank 0, for 1 s` },
  ]);
  expect(own.size).toBe(1);
  expect((await run(plan, { device: "cpu", reference, pool: own })).failures).toEqual([]);
  await own.close();
  expect(own.size).toBe(0);
});

describe("what device null asserts, with the counts of the protocol falsified", () => {
  /** Two tasks of one rank, the second of which waits for the first. */
  function pair(): HostRankJob {
    const plan = planBuilder({ ranks: 1, values: [value(0, "x", [1])], outputs: [] });
    const x = plan.buffer(0, "x", [interval(0, 1)], { role: "input" });
    const first = plan.transfer("copy", x, x, [interval(0, 1)]);
    plan.transfer("nic", x, x, [interval(0, 1)], [first]);
    const graph = shareGraph(plan.build().graph);
    return { rank: 0, graph, control: createControl(graph), predecessors: listPredecessors(graph), epoch: 0 };
  }
  const execute = (job: HostRankJob) => () => runRank(job, () => 0);

  test("an honest count passes", () => {
    const job = pair();
    execute(job)();
    expect([...job.control.state]).toEqual([2, 2]);
  });

  test("a task before what it waits for", () => {
    const job = pair();
    job.control.remaining.set([1, 0]);
    expect(execute(job)).toThrow("it has been executed before task 0, which it waits for");
  });

  test("a task twice", () => {
    const job = pair();
    job.graph.queueTask.set([0, 0]);
    job.control.remaining.fill(0);
    expect(execute(job)).toThrow("it has been executed before");
  });
});

test("joins that nothing releases are found when the ranks have ended", async () => {
  const plan = planBuilder({ ranks: 1, values: [], outputs: [] });
  const [a, b] = [plan.join(0, { kind: "none" }), plan.join(0, { kind: "none" })];
  plan.edge(a, b);
  plan.edge(b, a);
  const { failures } = await run(plan.build(), { device: "null", pool });
  expect(failures).toEqual([{ kind: "protocol", message: "join 0: nothing released it", task: 0 }]);
});

test("a task that throws ends the run, naming rank and task; the workers serve the next run", async () => {
  const { plan, reference } = preparedProduct();
  const action: typeof plan.action = (task) => {
    const kept = plan.action(task);
    return kept.kind === "compute" && task === 1 ? { ...kept, operands: [] } : kept;
  };
  const { failures, outputs } = await run({ ...plan, action }, { device: "cpu", reference, pool });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ kind: "crash", rank: 0, task: 1 });
  expect(failures[0]!.message).toMatch(/^rank 0, at step, block 1, on rank 0: /);
  expect(outputs).toEqual([]);
  expect((await run(plan, { device: "cpu", reference, pool })).failures).toEqual([]);
});

test("a worker that vanishes ends the run, and leaves the pool", async () => {
  const leaving = createNodePool(new URL("../support/leaving-worker.mjs", import.meta.url));
  const { plan } = preparedProduct();
  const { failures } = await run(plan, { device: "null", pool: leaving });
  expect(failures).toEqual([expect.objectContaining({ kind: "crash", message: expect.stringContaining("rank ") })]);
  expect(leaving.size).toBe(0);
  await leaving.close();
});

test("a closed pool leaves no worker", async () => {
  const own = createNodePool();
  const { plan, reference } = preparedProduct();
  const terminated = vi.spyOn(Worker.prototype, "terminate");
  expect((await run(plan, { device: "cpu", reference, pool: own })).failures).toEqual([]);
  await own.close();
  expect(terminated).toHaveBeenCalledTimes(2);
  expect(own.size).toBe(0);
});
