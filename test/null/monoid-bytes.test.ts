import { expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { plannedText } from "../support/plan-text.js";

// What is pending under a monoid of several components moves and is kept as those: of `lse`, o in the value's dtype, m and l
// in f32 once a row of o. What is whole is finished, and moves as its value.

const machine = `
import { h100_node } from "std/machines"
import { attend, scale } from "std/ops"
`;

function bytesOf(text: string, schedule: string): number {
  const { graph } = plannedText(machine + text, schedule).planned;
  let bytes = 0;
  for (let task = 0; task < graph.taskCount; task++) {
    const own = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] === TaskKind.transfer && own?.kind === "transfer") bytes += own.wireBytes;
  }
  return bytes;
}

const attention = (ranks: number, seq: number, heads: number, dim: number, dtype: string): string => `
mesh on h100_node { sp: ${ranks} }
param seq = ${seq}, heads = ${heads}, dim = ${dim}
layer scattered(q: ${dtype}[seq, heads, dim], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq/sp, heads, dim] {
  let part = attend(q, k, v)
  return reduce_scatter(part, seq)
}
layer everywhere(q: ${dtype}[seq, heads, dim], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq, heads, dim] {
  let part = attend(q, k, v)
  return all_reduce(part)
}
schedule ring_scattered of scattered { use ring for out }
schedule direct_scattered of scattered { use direct for out }
schedule tiled_scattered of scattered { use direct for out  tile part by (4, 1, ${dim})  overlap part -> out by tile }
schedule ring_everywhere of everywhere { use ring for out }
schedule one_shot of everywhere { use one_shot for out }
`;

test.each([
  ["bf16", 2],
  ["f32", 4],
])("of attention, o in %s, m and l in f32", (dtype, size) => {
  for (const [ranks, heads, dim] of [
    [2, 3, 8],
    [4, 2, 64],
    [8, 1, 16],
  ] as const) {
    const rows = 8;
    const seq = rows * ranks;
    const text = attention(ranks, seq, heads, dim, dtype);
    const value = rows * heads * dim * size;
    const state = value + rows * heads * 8;
    const pairs = ranks * (ranks - 1);
    expect(bytesOf(text, "ring_scattered")).toBe(pairs * state);
    expect(bytesOf(text, "direct_scattered")).toBe(pairs * state);
    expect(bytesOf(text, "tiled_scattered")).toBe(pairs * state);
    // The chunks that went round as states go round again as what they came to.
    expect(bytesOf(text, "ring_everywhere")).toBe(pairs * (state + value));
    expect(bytesOf(text, "one_shot")).toBe(pairs * ranks * state);
  }
});

test("a part along the last axis takes all that has not this axis with it", () => {
  const text = `
mesh on h100_node { sp: 4 }
param seq = 12, dim = 16
layer net(q: bf16[seq, 1, dim], k, v: bf16[seq/sp, 1, dim]) -> out: bf16[seq, 1, dim/sp] {
  let part = attend(q, k, v)
  return reduce_scatter(part, dim)
}
schedule s of net { use direct for out }`;
  expect(bytesOf(text, "s")).toBe(4 * 3 * (12 * 4 * 2 + 12 * 8));
});

test("components as large as the value keep their own dtype where there are several", () => {
  const text = `
mesh on h100_node { p: 4 }
param terms = 16, rows = 8
monoid mean(total: f32, count: f32) {
  identity = (0, 0)
  combine(a, b) = (a.total + b.total, a.count + b.count)
  finish(a) = a.total / a.count
}
op averaged(x: T[t, r]) -> T[r] = mean[t] (x[t, r], 1)
layer net(x: bf16[terms/p, rows]) -> out: bf16[rows/p] {
  let part = averaged(x)
  return reduce_scatter(part, rows)
}
layer kept(x: bf16[terms/p, rows]) -> out: bf16[rows] pending mean over p { return averaged(x) }
schedule s of net { use direct for out }
schedule t of kept`;
  expect(bytesOf(text, "s")).toBe(4 * 3 * 2 * 8);
  const { peakMemoryBytes } = plannedText(machine + text, "t").planned;
  // 4 terms of 8 rows, and 8 states of two numbers.
  expect(peakMemoryBytes).toEqual(Array.from({ length: 4 }, () => 4 * 8 * 2 + 8 * 2 * 4));
});

test.each([
  ["lse", "heads, dim", ", inclusive", (size: number) => 2 * 16 * size + 2 * 8],
  ["gated", "heads, k, dim", "", (size: number) => 2 * 3 * 16 * size + 2 * 3 * 4],
  ["sum", "heads, dim", "", (size: number) => 2 * 16 * size],
] as const)("a scan hands on states of %s, and keeps one beside its result", (monoid, axes, inclusive, stateOf) => {
  for (const [dtype, size] of [
    ["bf16", 2],
    ["f32", 4],
  ] as const)
    for (const ranks of [2, 3, 5, 8]) {
      const text = `
mesh on h100_node { sp: ${ranks} }
param heads = 2, k = 3, dim = 16, ranks = ${ranks}
layer net(x: ${dtype}[${axes}] pending ${monoid} over sp) -> out: ${dtype}[ranks/sp, ${axes}] { return scan(x, ranks/sp${inclusive}) }
schedule along of net
layer read(x: ${dtype}[${axes}] pending ${monoid} over sp) -> out: ${dtype}[ranks/sp, ${axes}] {
  let before = scan(x, ranks/sp${inclusive})
  return scale(before, 2)
}
schedule in_blocks of read { overlap before -> out by heads(1) }
schedule doubling of net { use recursive_doubling for out }`;
      const state = stateOf(size);
      const value = axes
        .split(", ")
        .reduce<number>((elements, axis) => elements * { heads: 2, k: 3, dim: 16 }[axis]!, size);
      expect(bytesOf(text, "along")).toBe((ranks - 1) * state);
      expect(bytesOf(text, "in_blocks")).toBe((ranks - 1) * state);
      let sends = 0;
      for (let distance = 1; distance < ranks; distance *= 2) sends += ranks - distance;
      expect(bytesOf(text, "doubling")).toBe(sends * state);
      const { peakMemoryBytes } = plannedText(machine + text, "along").planned;
      expect(peakMemoryBytes).toEqual(
        Array.from({ length: ranks }, (_, rank) => state + value + (rank > 0 ? state : 0)),
      );
    }
});

test("an op computes with values: of what is pending under a state there is none yet", () => {
  const text = `
mesh on h100_node { sp: 2 }
param seq = 8, dim = 4
layer net(q: bf16[seq, 1, dim], k, v: bf16[seq/sp, 1, dim]) -> out: bf16[seq, 1, dim] {
  return all_reduce(attend(attend(q, k, v), k, v))
}
schedule s of net`;
  expect(() => plannedText(machine + text)).toThrow("what is kept of it is the state of `lse`, not its value");
});

test("a word that is offered says what the state takes", () => {
  const text = `
mesh on h100_node { sp: 2 }
param seq = 8, dim = 4
layer net(q: bf16[seq, 1, dim], k, v: bf16[seq/sp, 1, dim]) -> out: bf16[seq, 1, dim] { return attend(q, k, v) }
schedule s of net`;
  // Half of a state of 128 bytes, then half of the 64 that it comes to.
  expect(() => plannedText(machine + text)).toThrow("`all_reduce(attend(q, k, v), sp)` (96 B to a rank, 192 B in all)");
});
