import { describe, expect, test } from "vitest";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { exampleText, plannedText } from "../support/plan-text.js";
import { indicesOf } from "../support/plan-interpreter.js";

/** Tasks of a queue that holds tasks of this statement on a rank, in the order in which it issues them. */
function issued(graph: TaskGraph, name: string, rank: number): number[] {
  const all = Array.from({ length: graph.taskCount }, (_, task) => task);
  return all
    .filter((task) => graph.kind[task] !== TaskKind.join && graph.rank[task] === rank)
    .filter((task) => graph.instances[graph.instance[task]!]!.name.replace(/\[.*/, "") === name)
    .toSorted((a, b) => graph.queue[a]! - graph.queue[b]! || graph.place[a]! - graph.place[b]!);
}

/** Indices of the first dimension that each task computes. */
function rowsOf(plan: ExecutionPlan, task: number): number[] {
  const action = plan.action(task);
  return action.kind === "compute" ? indicesOf(action.region[0]!) : [];
}

const distinct = <T>(list: readonly T[]): T[] => list.filter((item, i) => i === 0 || item !== list[i - 1]);
const small = (set: Record<string, string>) => ({ profile: "small", set: new Map(Object.entries(set)) });

describe("T3: the chunk that the ring sends first is computed first, a rank's own last", () => {
  const ranks = 4;
  const { planned } = plannedText(
    exampleText("t3"),
    "t3",
    small({ ranks: "4", tokens: "16", hidden: "6", ffn: "8", edge: "2" }),
  );
  test.each([0, 1, 2, 3])("rank %d", (rank) => {
    const chunks = issued(planned.graph, "y", rank).map((task) => Math.floor(rowsOf(planned.plan, task)[0]! / 4));
    const wanted = Array.from({ length: ranks }, (_, s) => (rank - 1 - s + 2 * ranks) % ranks);
    expect(distinct(chunks)).toEqual(wanted);
    expect(wanted.at(-1)).toBe(rank);
  });

  test("transfers leave in the order of the ring's rounds", () => {
    const { graph } = planned;
    const rounds = issued(graph, "out", 1).map(
      (task) => graph.instances[graph.instance[task]!]!.rounds![graph.block[task]!]!,
    );
    expect(rounds).toEqual([0, 1, 2]);
  });
});

describe("Comet: rows of h in the order in which they arrive, the rank's own first", () => {
  const options = small({
    ranks: "4",
    tokens: "32",
    hidden: "4",
    ffn: "4",
    edge: "1",
    cols: "2",
    gate: "uniform seed 5",
  });
  const { program, planned } = plannedText(exampleText("comet"), "comet", options);
  const table = program.tables[0]!;
  test.each([0, 1, 2, 3])("rank %d", (rank) => {
    /** Steps after which the last row of a tile is there: rank r's rows for rank q leave in round (q - r) mod n - 1. */
    const arrivals = issued(planned.graph, "h", rank).map((task) =>
      Math.max(...rowsOf(planned.plan, task).map((row) => (rank - Math.floor(table.from[row]! / 8) + 4) % 4)),
    );
    expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
    expect(arrivals[0]).toBe(0);
    expect(new Set(arrivals).size).toBeGreaterThan(1);
  });

  test("columns of y in blocks of `cols`, those that leave first", () => {
    const { graph, plan } = planned;
    for (const rank of [0, 1, 2, 3]) {
      const columns = issued(graph, "y", rank).map((task) => {
        const action = plan.action(task);
        return action.kind === "compute" ? indicesOf(action.region[1]!)[0]! : -1;
      });
      expect(columns[0]).toBe(0);
    }
  });
});

const wordsText = `
import { h800_node } from "std/machines"
import { add } from "std/ops"
param ranks = 3, seq = 6, dim = 2
mesh on h800_node { sp: ranks }
layer net(a: f32[seq/sp, dim], b: f32[seq/sp, dim]) -> out: f32[seq, dim] {
  let x = all_gather(a, seq)
  let y = all_gather(b, seq)
  return add(x, y)
}
schedule apart of net { use ring for x, y }
schedule joined of net { use ring for x, y  overlap x, y -> out by shard }
`;

test("words that one overlap joins issue round before statement; others statement before round", () => {
  const inOrder = (schedule: string): string[] => {
    const { graph } = plannedText(wordsText, schedule).planned;
    return [...issued(graph, "x", 0), ...issued(graph, "y", 0)]
      .toSorted((a, b) => graph.place[a]! - graph.place[b]!)
      .map((task) => {
        const instance = graph.instances[graph.instance[task]!]!;
        return `${instance.name}${instance.rounds![graph.block[task]!]}`;
      });
  };
  expect(inOrder("apart")).toEqual(["x0", "x1", "y0", "y1"]);
  expect(inOrder("joined")).toEqual(["x0", "y0", "x1", "y1"]);
});

const partsText = `
import { h800_node } from "std/machines"
import { gelu, relu, silu, matmul } from "std/ops"
param tokens = 8, dim = 4
mesh on h800_node { tp: 2 }
layer net(x: f32[tokens/tp, dim], w: f32[dim, dim]) -> out: f32[tokens/tp, dim] {
  let a = matmul(x, w)
  let b = matmul(a, w)
  let c = all_to_all(b, tokens/tp -> dim/tp)
  let d = relu(c)
  let e = all_to_all(d, dim/tp -> tokens/tp)
  let f = matmul(e, w)
  return f
}
schedule halves of net { split tokens within tp into 2 as early, late }
`;

test("parts issue by segment, then part, then statement", () => {
  const { graph } = plannedText(partsText, "halves").planned;
  const compute = Array.from({ length: graph.taskCount }, (_, task) => task)
    .filter((task) => graph.kind[task] === TaskKind.compute && graph.rank[task] === 0)
    .toSorted((x, y) => graph.place[x]! - graph.place[y]!)
    .map((task) => graph.instances[graph.instance[task]!]!.name);
  expect(distinct(compute)).toEqual([
    "a[early]",
    "b[early]",
    "a[late]",
    "b[late]",
    "d[early]",
    "d[late]",
    "out[early]",
    "out[late]",
  ]);
});

test("a queue is as wide as its engine: SMs for tiles, copy engines, a share of its own", () => {
  const text = wordsText.replace("schedule apart of net {", "schedule apart of net { run y on sms(20)");
  const { graph } = plannedText(text, "apart").planned;
  const { rank, ...queue } = graph.queues.find((q) => q.name.startsWith("sms(20)"))!;
  expect(rank).toBe(0);
  expect(queue).toMatchObject({ engine: "sms", width: 1, bytesPerSecond: 20 * 15e9 });
  expect(graph.queues.find((q) => q.engine === "copy")).toMatchObject({ width: 3 });
  expect(graph.queues.find((q) => q.name === "sms")).toMatchObject({ width: 132 });
});

test("what overlaps a share of SMs has the rest", () => {
  const slots = (verbs: string): number => {
    const text = wordsText.replace("schedule joined of net {", `schedule joined of net { run x, y on sms(20) ${verbs}`);
    const { graph } = plannedText(text, "joined").planned;
    return graph.instances.find((instance) => instance.name === "out")!.slots;
  };
  expect(slots("")).toBe(112);
});

test("SMs that issue to the memory are a share as well", () => {
  const shared = `
import { h100_node } from "std/machines"
import { matmul } from "std/ops"
param rows = 8, cols = 4
mesh on h100_node { tp: 4 }
layer net(x: f32[rows, cols] pending sum over tp, w: f32[cols, cols]) -> (sum: f32[rows, cols], y: f32[cols, cols]) {
  let sum = all_reduce(x)
  let y = matmul(w, w)
  return sum, y
}
schedule s of net { use two_shot for sum  async sum  run sum on memory(6) }
schedule free of net { use two_shot for sum  async sum  run sum on memory }
`;
  const planned = (schedule: string) => plannedText(shared, schedule).planned.graph;
  const slots = (graph: TaskGraph) => graph.instances.find(({ name }) => name === "y")!.slots;
  expect(slots(planned("s"))).toBe(126);
  expect(slots(planned("free"))).toBe(132);
  const queues = (graph: TaskGraph) => graph.queues.filter(({ engine, rank }) => engine === "memory" && rank === 0);
  expect(queues(planned("s"))).toMatchObject([{ name: "memory(6) sum", width: 1, bytesPerSecond: 6 * 15e9 }]);
  expect(queues(planned("free"))).toMatchObject([{ name: "memory", width: 3, bytesPerSecond: Infinity }]);
});

test("a grid of tiles that reads a grid of tiles costs a sum of edges, not a product", () => {
  const text = (tile: number) => `
import { h800_node } from "std/machines"
import { matmul, relu } from "std/ops"
param n = 32
mesh on h800_node { tp: 1 }
layer net(x: f32[a: n, k: n], w: f32[k: n, b: n]) -> out: f32[a: n, b: n] {
  let u = relu(x)
  let v = relu(w)
  return matmul(u, v)
}
schedule s of net { tile u, v, out by (${tile}, ${tile}) overlap u, v -> out by tile }
`;
  const edges = (tile: number): number => plannedText(text(tile)).planned.graph.edgeCount;
  // 16 x 16 tiles: 256 of each value; each waits for a row of 16 and a column of 16.
  expect(edges(2)).toBeLessThan(256 * 8);
});
