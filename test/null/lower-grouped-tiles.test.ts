import { expect, test } from "vitest";
import { plannedText } from "../support/plan-text.js";

// Rows of a grouped product are executed in tiles that share a matrix, whichever column says which matrix that is.

const hidden = 16;
const width = 256;

/** Work of one product on one rank, in whole tiles; and how many rows choose each matrix. */
function workOf(column: string, rows: string, next: string) {
  const [axes, index, given, more] =
    rows === "own" ? ["r: rows(R)", "r", "rows(gate)", ""] : ["R.from", "from(r)", "tokens", ", gate"];
  const text = `import { laptop } from "std/machines"
param tokens = 2048, hidden = ${hidden}, width = ${width}, experts = 8
mesh on laptop { ep: 1 }
table gate: tokens -> experts, top(1) = zipf(1.1) seed 7
  with next: experts = ${next}
op product<R: table>(a: T[${axes}, k], b: T[R.${column}, k, n]) -> T[r: rows(R), n] =
  sum[k] a[${index}, k] * b[${column}(r), k, n]
layer net(x: f32[${given}, hidden], w: f32[experts, hidden, width]) -> out: f32[rows(gate), width] {
  return product(x, w${more})
}
schedule plain of net`;
  const { program, planned } = plannedText(text);
  const { graph } = planned;
  const table = program.tables[0]!;
  const values = column === "to" ? table.to : table.columns[0]!.values;
  const sizes = Array.from({ length: 8 }, (_, e) => values.filter((value) => value === e).length);
  const costs = [...graph.classOf].map((index) => graph.classes[index]!);
  const flops = costs.reduce((sum, cost) => sum + (cost.kind === "compute" ? cost.matrixFlops : 0), 0);
  return { flops, sizes };
}

const wholeTiles = (sizes: readonly number[]) =>
  sizes.reduce((sum, size) => sum + Math.ceil(size / 128) * 128, 0) * 2 * hidden * width;

test.each([
  ["to", "own", "to"],
  ["next", "own", "to"],
  ["next", "own", "(5 * to + 3) % experts"],
  ["next", "own", "mostly(to, 50 %) seed 3"],
  ["next", "gathered", "mostly(to, 50 %) seed 3"],
])("by %s, rows that are %s, next is %s", (column, rows, next) => {
  const { flops, sizes } = workOf(column, rows, next);
  expect(sizes.some((size) => size % 128 !== 0)).toBe(true);
  expect(flops).toBe(wholeTiles(sizes));
});
