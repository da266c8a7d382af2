import { describe, expect, test } from "vitest";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { plannedText } from "../support/plan-text.js";

// What std says a collective takes, against what is predicted from the text that names it: rounds times alpha, and the
// bytes of the busiest port. One engine a rank, so that a round ends before the next one begins wherever all send.

const [alpha, rate] = [2e-6, 100e9];
const [rows, cols] = [240, 64];
const bytes = rows * cols * 4;

const machine = `
machine ideal {
  rank gpu[16] {
    compute f32 1 TFLOP/s
    sms 10, each moves 10 GB/s
    memory hbm 80 GB at 100000 TB/s
    copy engines 1
    launch 0 us
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 2 us }
}
param rows = ${rows}, cols = ${cols}
`;

/** Of words over mesh axes `of`, such as `rows/a/b` and `(a, b)`. */
const layers = {
  all_gather: (cut: string) => `(x: f32[${cut}, cols]) -> out: f32[rows, cols] { return all_gather(x, ${cut}) }`,
  reduce_scatter: (cut: string, axes: string) =>
    `(x: f32[rows, cols] pending sum over (${axes})) -> out: f32[${cut}, cols] { return reduce_scatter(x, ${cut}) }`,
  all_reduce: (_: string, axes: string) =>
    `(x: f32[rows, cols] pending sum over (${axes})) -> out: f32[rows, cols] { return all_reduce(x, ${axes}) }`,
  all_to_all: (cut: string) =>
    `(x: f32[${cut}, cols]) -> out: f32[rows, ${cut.replace("rows", "cols")}] { return all_to_all(x, ${cut} -> ${cut.replace("rows", "cols")}) }`,
  broadcast: () => `(x: f32[rows, cols] at a(0)) -> out: f32[rows, cols] { return broadcast(x, a) }`,
  reduce: () => `(x: f32[rows, cols] pending sum over a) -> out: f32[rows, cols] at a(0) { return reduce(x, a(0)) }`,
  scan: () => `(x: f32[n/a, rows, cols]) -> out: f32[n/a, rows, cols] { return scan(x, n/a, sum) }`,
} as const;

function predicted(word: keyof typeof layers, name: string, sizes: readonly number[]) {
  const axes = ["a", "b", "c"].slice(0, sizes.length);
  const mesh = axes.map((axis, i) => `${axis}: ${sizes[i]}`).join(", ");
  const n = sizes.reduce((product, size) => product * size, 1);
  const text = `${machine}param n = ${n}\nmesh on ideal { ${mesh} }
layer l${layers[word](`rows/${axes.join("/")}`, axes.join(", "))}
schedule s of l { use ${name} for out }
`;
  const { program, planned } = plannedText(text);
  const { makespan_ns, messages } = measure(planned.graph, program.machine, simulate(planned.graph, program.machine));
  return { seconds: makespan_ns / 1e9, messages };
}

type Case = [
  word: keyof typeof layers,
  name: string,
  sizes: number[],
  rounds: (n: number) => number,
  /** Of V. */
  share: (n: number) => number,
  messages: (n: number) => number,
];
const depth = (n: number): number => Math.ceil(Math.log2(n));
const all = (n: number): number => (n - 1) / n;

const cases: Case[] = [
  ...[2, 4, 8, 16].flatMap((n): Case[] => [
    ["all_gather", "recursive_doubling", [n], depth, all, (m) => m * depth(m)],
    ["reduce_scatter", "recursive_halving", [n], depth, all, (m) => m * depth(m)],
    ["all_reduce", "recursive_halving", [n], (m) => 2 * depth(m), (m) => 2 * all(m), (m) => 2 * m * depth(m)],
    ["all_reduce", "recursive_doubling", [n], depth, depth, (m) => m * depth(m)],
    ["broadcast", "tree", [n], depth, depth, (m) => m - 1],
    ["reduce", "tree", [n], depth, depth, (m) => m - 1],
    ["all_reduce", "tree", [n], (m) => 2 * depth(m), (m) => 2 * depth(m), (m) => 2 * (m - 1)],
    ["all_to_all", "bruck", [n], depth, (m) => depth(m) / m / 2, (m) => m * depth(m)],
    ["scan", "recursive_doubling", [n], depth, depth, (m) => m * depth(m) - (m - 1)],
  ]),
  ...[3, 5, 6, 12].flatMap((n): Case[] => [
    ["all_gather", "bruck", [n], depth, all, (m) => m * depth(m)],
    ["broadcast", "tree", [n], depth, depth, (m) => m - 1],
    ["scan", "all_scan", [n], (m) => m - 1, (m) => m - 1, (m) => m - 1],
    ["broadcast", "ring", [n], (m) => 2 * m - 2, (m) => (2 * m - 2) / m, (m) => m * (m - 1)],
    ["reduce", "ring", [n], (m) => 2 * m - 2, (m) => (2 * m - 2) / m, (m) => m * (m - 1)],
  ]),
  ...[
    [2, 4],
    [4, 2],
    [4, 4],
    [2, 2, 4],
  ].flatMap((sizes): Case[] => {
    const steps = sizes.reduce((sum, size) => sum + size - 1, 0);
    const exchanged = sizes.reduce((sum, size) => sum + (size - 1) / size, 0);
    return [
      ["all_gather", "hierarchical", sizes, () => steps, all, (n) => n * steps],
      ["reduce_scatter", "hierarchical", sizes, () => steps, all, (n) => n * steps],
      ["all_reduce", "hierarchical", sizes, () => 2 * steps, (n) => 2 * all(n), (n) => 2 * n * steps],
      ["all_to_all", "hierarchical", sizes, () => steps, (n) => exchanged / n, (n) => n * steps],
    ];
  }),
  ["all_gather", "tree_rings", [2, 4], (n) => n - 1, all, (n) => n * (n - 1)],
  ["reduce_scatter", "tree_rings", [2, 4], (n) => n - 1, all, (n) => n * (n - 1)],
];

describe("rounds times alpha, and the bytes of the busiest port", () => {
  test.each(cases)("%s %s on %j", (word, name, sizes, rounds, share, messages) => {
    const n = sizes.reduce((product, size) => product * size, 1);
    const found = predicted(word, name, sizes);
    const seconds = rounds(n) * alpha + (share(n) * bytes) / rate;
    expect(found.messages).toBe(messages(n));
    expect(found.seconds / seconds).toBeCloseTo(1, 9);
  });
});
