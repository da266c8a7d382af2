import { describe, expect, test } from "vitest";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { runReference } from "../../runtime/reference/reference.js";
import { layersOf } from "../support/check-text.js";

// The reference that runs are compared with comes from std/ops too: a wrong formula there would agree with itself.
// Here each op is written out again, as its source has it, in plain loops.

const settings = new Map([
  ["tokens", "6"],
  ["hidden", "5"],
  ["experts", "3"],
  ["ffn", "4"],
]);

/** Numbers in [-3, 3] that f32 holds. */
const numbers = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(3 * Math.sin(1 + 7 * i + 100 * seed)));

const rowsOf = (flat: readonly number[], width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, r) => flat.slice(r * width, (r + 1) * width));
const total = (row: readonly number[]): number => row.reduce((sum, x) => sum + x, 0);

type Formula = (inputs: readonly number[][], program: CheckedProgram) => number[];

const elementwise: Record<string, (x: number) => number> = {
  relu: (x) => (x > 0 ? x : 0),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  silu: (x) => x * (1 / (1 + Math.exp(-x))),
};

const alongRows: Record<
  string,
  { parameters: string; call: string; row: (row: number[], w: number[], b: number[]) => number[] }
> = {
  softmax: {
    parameters: "",
    call: "softmax(x)",
    row: (row) => row.map((x) => Math.exp(x) / total(row.map(Math.exp))),
  },
  rmsnorm: {
    parameters: ", w: f32[hidden]",
    call: "rmsnorm(x, w)",
    row: (row, w) => row.map((x, i) => (w[i]! * x) / Math.sqrt(total(row.map((y) => y * y)) / row.length + 1e-6)),
  },
  layernorm: {
    parameters: ", w: f32[hidden], b: f32[hidden]",
    call: "layernorm(x, w, b)",
    row(row, w, b) {
      const mean = total(row) / row.length;
      const variance = total(row.map((x) => (x - mean) ** 2)) / row.length;
      return row.map((x, i) => (w[i]! * (x - mean)) / Math.sqrt(variance + 1e-5) + b[i]!);
    },
  },
};

/** By name: the layer's parameters, result and body, and what it must come to. */
const cases: [name: string, parameters: string, result: string, call: string, formula: Formula][] = [
  ...Object.entries(elementwise).map(([name, f]): (typeof cases)[number] => [
    name,
    "x: f32[tokens, hidden]",
    "f32[tokens, hidden]",
    `${name}(x)`,
    ([x]) => x!.map(f),
  ]),
  ...Object.entries(alongRows).map(([name, { parameters, call, row }]): (typeof cases)[number] => [
    name,
    `x: f32[tokens, hidden]${parameters}`,
    "f32[tokens, hidden]",
    call,
    ([x, w, b]) => rowsOf(x!, 5).flatMap((each) => row(each, w!, b!)),
  ]),
  ["add", "x: f32[hidden], y: f32[hidden]", "f32[hidden]", "add(x, y)", ([x, y]) => x!.map((each, i) => each + y![i]!)],
  ["mul", "x: f32[hidden], y: f32[hidden]", "f32[hidden]", "mul(x, y)", ([x, y]) => x!.map((each, i) => each * y![i]!)],
  ["scale", "x: f32[hidden]", "f32[hidden]", "scale(x, 0.3)", ([x]) => x!.map((each) => 0.3 * each)],
  [
    "matmul",
    "x: f32[tokens, hidden], w: f32[hidden, ffn]",
    "f32[tokens, ffn]",
    "matmul(x, w)",
    ([x, w]) => rowsOf(x!, 5).flatMap((row) => timesMatrix(row, rowsOf(w!, 4))),
  ],
  [
    "take",
    "x: f32[tokens, hidden]",
    "f32[rows(gate), hidden]",
    "take(x, gate)",
    ([x], { tables: [gate] }) => [...gate!.from].flatMap((token) => rowsOf(x!, 5)[token]!),
  ],
  [
    "grouped_matmul",
    "x: f32[rows(gate), hidden], w: f32[experts, hidden, ffn]",
    "f32[rows(gate), ffn]",
    "grouped_matmul(x, w)",
    ([x, w], { tables: [gate] }) =>
      rowsOf(x!, 5).flatMap((row, r) =>
        timesMatrix(row, rowsOf(w!.slice(gate!.to[r]! * 20, gate!.to[r]! * 20 + 20), 4)),
      ),
  ],
  [
    "topk_combine",
    "x: f32[rows(gate), hidden]",
    "f32[tokens, hidden]",
    "topk_combine(x, gate)",
    ([x], { tables: [gate] }) => {
      const out = numbers(30, 0).fill(0);
      gate!.from.forEach((token, r) => {
        for (let h = 0; h < 5; h++) out[token * 5 + h]! += gate!.weight[r]! * x![r * 5 + h]!;
      });
      return out;
    },
  ],
  [
    "take_to",
    "x: f32[experts, hidden]",
    "f32[rows(gate), hidden]",
    "take_to(x, gate)",
    ([x], { tables: [gate] }) => [...gate!.to].flatMap((expert) => rowsOf(x!, 5)[expert]!),
  ],
  [
    "sum_rows",
    "x: f32[rows(gate), hidden]",
    "f32[tokens, hidden]",
    "sum_rows(x, gate)",
    ([x], { tables: [gate] }) => summed(x!, [...gate!.from], () => 1, 6),
  ],
  [
    "relay",
    "x: f32[rows(near), hidden]",
    "f32[rows(led), hidden]",
    "relay(x, led)",
    ([x], { tables }) => leading(tables).flatMap((row) => rowsOf(x!, 5)[row]!),
  ],
  [
    "relay_combine",
    "x: f32[rows(led), hidden]",
    "f32[rows(near), hidden]",
    "relay_combine(x, near)",
    ([x], { tables }) => {
      const [led, near] = ["led", "near"].map((name) => tables.find((table) => table.name === name)!);
      return summed(x!, leading(tables), (row) => led!.weight[row]!, near!.rowCount);
    },
  ],
];

/** Of each row of `led`, the row of `near` with its token and half its expert. */
function leading(tables: CheckedProgram["tables"]): number[] {
  const [led, near] = ["led", "near"].map((name) => tables.find((table) => table.name === name)!);
  return [...led!.from].map((token, row) =>
    [...near!.from].findIndex((other, index) => other === token && near!.to[index] === Math.floor(led!.to[row]! / 2)),
  );
}

/** Rows of 5 added up where each leads. */
function summed(x: readonly number[], to: readonly number[], weight: (row: number) => number, count: number): number[] {
  const out = new Array<number>(count * 5).fill(0);
  to.forEach((target, row) => {
    for (let h = 0; h < 5; h++) out[target * 5 + h]! += weight(row) * x[row * 5 + h]!;
  });
  return out;
}

const further = `import { relay, relay_combine, sum_rows, take_to } from "std/ops"
table led: tokens -> experts, top(2) = uniform() seed 9 with via: rows(near) = row(near, from, to / 2)
table near: tokens -> experts = project(led, to / 2)
`;

function timesMatrix(row: readonly number[], matrix: readonly number[][]): number[] {
  return matrix[0]!.map((_, column) => total(row.map((x, k) => x * matrix[k]![column]!)));
}

describe("an op of std is the formula that it is named after", () => {
  test.each(cases)("%s", (_, parameters, result, call, formula) => {
    const text = `${further}layer a(${parameters}) -> out: ${result} { return ${call} }`;
    const { program, layers } = layersOf(text, { set: settings });
    const layer = layers[0]!;
    const inputs = layer.inputs.map((id, place) => {
      const size = layer.values[id]!.axes.reduce((product, axis) => product * axis.size, 1);
      return [id, numbers(size, place)] as const;
    });
    const dense = new Map(inputs.map(([id, each]) => [id, Float64Array.from(each)]));
    const [computed] = runReference(layer, program.tables, program.monoids, dense).values();
    const expected = formula(
      inputs.map(([, each]) => each),
      program,
    );
    expect(computed!.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    // The result is rounded to f32 once.
    expected.forEach((each, i) => expect(Math.abs(computed![i]! - each)).toBeLessThanOrEqual(1e-7 * largest));
  });
});
