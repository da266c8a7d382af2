import { expect, test } from "vitest";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { plannedOf, programOf } from "../support/run-text.js";

// What verbs make of the words between positions and parts, and across views.

const header = `
import { h100_node } from "std/machines"
import { add, gelu, matmul, relu } from "std/ops"
mesh on h100_node { p: 4 }
param t = 64, h = 32, n = 4
`;

/** Blocks of the ops of a schedule, by name, on one rank. */
function blocksOf(graph: TaskGraph, rank: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] !== TaskKind.compute || graph.rank[task] !== rank) continue;
    const { name } = graph.instances[graph.instance[task]!]!;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test.each([
  ["x: f32[t, h] at p(1)", "f32[t, h]", "broadcast(a, p)", 1, { a: 4, out: 4 }],
  ["x: f32[t, h] pending sum over p", "f32[t, h] at p(0)", "reduce(a, p(0))", 0, { a: 4, out: 4 }],
  ["x: f32[t/p, h]", "f32[t, h/p]", "reshard(a, [t, h/p])", 0, { a: 4, out: 4 }],
])("by shard, what stands around %s ends its blocks with the chunks", (input, result, word, rank, blocks) => {
  const scale = input.includes("pending") ? "add(x, x)" : "relu(x)";
  const program = programOf(`${header}
layer net(${input}) -> out: ${result} { let a = ${scale}  let b = ${word}  return relu(b) }
schedule s of net { overlap a -> b -> out by shard }`);
  expect(blocksOf(plannedOf(program).graph, rank)).toMatchObject(blocks);
});

test("an overlap passes through a view: its blocks are the word's chunks, and it has no task of its own", () => {
  const program = programOf(`${header}
layer net(x: f32[t, h]) -> out: f32[t/p, h] {
  let a = relu(x)
  let b = shard(a, h/p)
  let c = all_to_all(b, h/p -> t/p)
  return relu(c)
}
schedule s of net { overlap a -> out by shard }
schedule plain of net`);
  const { graph } = plannedOf(program, "s");
  expect(blocksOf(graph, 0)).toEqual({ a: 4, out: 4 });
  expect(blocksOf(plannedOf(program, "plain").graph, 0)).toEqual({ a: 1, out: 1 });
  expect(graph.instances.map(({ name }) => name)).toEqual(["a", "c", "out"]);
});

test("views take no time and no memory of their own, but for the identity beside a fan", () => {
  const plan = (body: string) => {
    const program = programOf(`${header}layer net(x: f32[t, h]) -> out: f32[t/p, h] { ${body} }\nschedule s of net`);
    return plannedOf(program);
  };
  const viewed = plan("let a = relu(x)  let b = shard(a, t/p)  return relu(b)");
  expect(viewed.graph.taskCount).toBe(plan("let a = relu(x)  let b = relu(a)  return shard(b, t/p)").graph.taskCount);
  // x, a and out: 64 x 32 f32 each, out a quarter of it.
  const whole = 64 * 32 * 4;
  expect(viewed.peakMemoryBytes).toEqual(Array(4).fill(whole + whole + whole / 4));
});

test.each([
  ["reduce_scatter(x, h)", "f32[h/p]"],
  ["all_reduce(x)", "f32[h]"],
  ["reduce(x, p(3))", "f32[h] at p(3)"],
])("without a use, an ordered monoid keeps its order: %s", (word, result) => {
  const program = programOf(`
import { h100_node } from "std/machines"
mesh on h100_node { p: 5 }
param h = 12
ordered monoid decayed(sum: f32, decay: f32) {
  identity = (0, 1)
  combine(a, b) = (a.sum * b.decay + b.sum, a.decay * b.decay)
  finish(a) = a.sum
}
layer net(x: f32[h] pending decayed over p) -> out: ${result} { return ${word} }
schedule plain of net
schedule ringed of net { use ring for out }
`);
  expect(() => plannedOf(program, "plain")).not.toThrow();
  expect(() => plannedOf(program, "ringed")).toThrow(/collective-unordered/);
});
