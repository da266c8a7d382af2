import { expect, test } from "vitest";
import type { LayerIR } from "../../compiler/check/ir.js";
import { fuseStatements } from "../../compiler/rewrite/fuse.js";
import { layersOf } from "../support/check-text.js";
import { evaluateLocally } from "../support/local-evaluation.js";

const sizes = { tokens: 64, hidden: 32, ffn: 48 };
const source = (body: string) =>
  layersOf(`
layer a(x: f32[tokens/p, heads], w: f32[heads, experts], b: f32[tokens/p, experts]) -> out: f32[tokens/p, experts] {
${body}
}`).layers[0]!;

/** All elements of all values, statement by statement, from inputs that differ everywhere. */
function outputOf(layer: LayerIR, at: readonly number[]): number {
  const memo = new Map<string, number>();
  const element = (value: number, index: readonly number[]): number => {
    const key = `${value}:${index.join()}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const statement = layer.statements.find((one) => one.result === value);
    let result: number;
    if (!statement) result = Math.sin(layer.inputs.indexOf(value) + 1 + index.reduce((a, i) => a * 7 + i, 0));
    else if (statement.kind !== "op") result = element(statement.operand, index);
    else {
      const computed = evaluateLocally(statement.kernel, [], index, (operand, i) =>
        element(statement.operands[operand]!, i),
      );
      if (typeof computed !== "number") throw new Error("an element is missing");
      result = computed;
    }
    memo.set(key, result);
    return result;
  };
  return element(layer.outputs[0]!, at);
}

const names = (layer: LayerIR) => layer.values.map((value) => value.name);

test("a product, what is done to it, and what joins both are one kernel with the same result", () => {
  const layer = source("let y = matmul(x, w)\nlet z = gelu(y)\nlet s = add(z, b)\nreturn mul(s, y)");
  const fused = fuseStatements(layer, 0, 3);
  if ("problem" in fused) throw new Error(fused.problem);
  expect(names(fused)).toEqual(["x", "w", "b", "out"]);
  expect(fused.statements).toHaveLength(1);
  expect(fused.values.map((value) => value.id)).toEqual([0, 1, 2, 3]);
  for (const at of [
    [0, 0],
    [3, 5],
    [sizes.tokens - 1, 7],
  ])
    expect(outputOf(fused, at)).toBeCloseTo(outputOf(layer, at), 12);
});

test("part of a layer is fused, the rest stays and reads on", () => {
  const layer = source("let y = matmul(x, w)\nlet z = gelu(y)\nlet s = add(z, b)\nreturn relu(s)");
  const fused = fuseStatements(layer, 1, 2);
  if ("problem" in fused) throw new Error(fused.problem);
  expect(names(fused)).toEqual(["x", "w", "b", "y", "s", "out"]);
  expect(fused.statements.map((one) => (one.kind === "op" ? one.operands : []))).toEqual([[0, 1], [3, 2], [4]]);
  expect(outputOf(fused, [5, 2])).toBeCloseTo(outputOf(layer, [5, 2]), 12);
});

test.each<[body: string, first: number, last: number, problem: RegExp]>([
  ["let y = matmul(x, w)\nreturn softmax(y)", 0, 1, /`out` reads `y` at other places than its own/],
  ["let y = matmul(x, w)\nlet z = gelu(y)\nreturn add(z, y)", 0, 1, /`y` is read by `out` too/],
  ["let y = relu(b)\nlet z = gelu(b)\nreturn add(z, relu(y))", 0, 1, /`y` is read by `out` too/],
  ["let y = relu(b)\nlet z = gelu(b)\nreturn z", 0, 1, /`y` is read by none of them/],
  ["let y = relu(b)\nlet g = all_gather(y, tokens)\nlet z = gelu(y)\nreturn z", 0, 2, /`g` is moved, not computed/],
  ["let y = relu(b)\nreturn gelu(y)", 1, 0, /after the last/],
])("%s is not fused from %d to %d", (body, first, last, problem) => {
  const fused = fuseStatements(source(body), first, last);
  expect("problem" in fused ? fused.problem : "").toMatch(problem);
});
