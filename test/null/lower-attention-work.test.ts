import { expect, test } from "vitest";
import { kernelWork, matrixOperand } from "../../compiler/lower/cost.js";
import { layersOf, preamble } from "../support/check-text.js";
import { plannedText } from "../support/plan-text.js";

// Work of attention and of its relatives, in closed forms: both products at the matrix rate, the softmax once a score.

const blockOfTerms = 128;

function workOf(op: string, call: string, parameters: string, result: string) {
  const { program, layers } = layersOf(`
import { ${op} } from "std/ops"
param s = 48, t = 80, group = 3, k = 16, d = 24, chunks = 6, pos = 10
layer net(${parameters}) -> out: ${result} { return ${call} }`);
  const [statement] = layers[0]!.statements;
  if (statement?.kind !== "op") throw new Error("one op is expected");
  const { kernel } = statement;
  const work = kernelWork(kernel, {
    length: (variable) => kernel.variables[variable]!.size,
    share: () => 1,
    monoid: (name) => program.monoids.find((monoid) => monoid.name === name),
  });
  return { ...work, matrixOperand: matrixOperand(kernel), locals: kernel.locals.map(({ name }) => name) };
}

test.each([
  ["attend", "q: bf16[s, heads, k]", "bf16[s, heads, d]", 1],
  ["grouped_attend", "q: bf16[s, heads, group, k]", "bf16[s, heads, group, d]", 3],
])("%s", (op, q, result, group) => {
  const parameters = `${q}, keys: bf16[t, heads, k], values: bf16[t, heads, d]`;
  const work = workOf(op, `${op}(q, keys, values)`, parameters, result);
  const scores = 48 * 4 * group * 80;
  expect(work.matrixFlops).toBe(2 * scores * (16 + 24));
  expect(work.matrixOperand).toBe(0);
  // A score is scaled, compared, subtracted, exponentiated; its weight is multiplied by 1 and added. What was there is
  // rescaled once a block: two operations for the factor, one for l, one for each number of o.
  expect(work.vectorFlops).toBeCloseTo(scores * 6 + (scores * (3 + 24)) / blockOfTerms, 6);
  // The scores are no local equation any more: they are never in memory.
  expect(work.locals).not.toContain("score");
});

test("states of chunks, and the two parts of linear attention", () => {
  const chunked = "keys: bf16[chunks, pos, heads, k], values: bf16[chunks, pos, heads, d]";
  const states = workOf("chunk_states", "chunk_states(keys, values)", chunked, "bf16[chunks, heads, k, d]");
  expect(states).toMatchObject({ matrixFlops: 2 * 6 * 10 * 4 * 16 * 24, vectorFlops: 0 });
  const q = "q: bf16[chunks, pos, heads, k]";
  const result = "bf16[chunks, pos, heads, d]";
  const within = workOf("attend_within", "attend_within(q, keys, values)", `${q}, ${chunked}`, result);
  expect(within).toMatchObject({ matrixFlops: 2 * 6 * 4 * 10 * 10 * (16 + 24), vectorFlops: 0 });
  const before = workOf("attend_state", "attend_state(q, b)", `${q}, b: bf16[chunks, heads, k, d]`, result);
  expect(before).toMatchObject({ matrixFlops: 2 * 6 * 10 * 4 * 16 * 24, vectorFlops: 0 });
});

test("a combination without coefficients is counted operation by operation", () => {
  const { program, layers } = layersOf(`
monoid mean(total: f32, count: f32) {
  identity = (0, 0)
  combine(a, b) = (a.total + b.total, a.count + b.count)
  finish(a) = a.total / a.count
}
op averaged(x: T[t, r]) -> T[r] = mean[t] (2 * x[t, r], 1)
layer net(x: f32[tokens, hidden]) -> out: f32[hidden] { return averaged(x) }`);
  const [statement] = layers[0]!.statements;
  if (statement?.kind !== "op") throw new Error("one op is expected");
  const work = kernelWork(statement.kernel, {
    length: (variable) => statement.kernel.variables[variable]!.size,
    share: () => 1,
    monoid: (name) => program.monoids.find((monoid) => monoid.name === name),
  });
  expect(work).toEqual({ matrixFlops: 0, vectorFlops: 64 * 32 * 3 });
});

test("a local equation is computed once for each of its elements, into however many tiles a block is executed as", () => {
  // Of rank r of 4, sums of as many states as fit a tile along `all`: 4 heads of 16 x 24, not once more for each position.
  const { graph } = plannedText(`${preamble}
import { attend_before } from "std/ops"
param chunks = 4, pos = 40, k = 16, d = 24
layer net(q: bf16[chunks/p, pos, heads, k], states: bf16[chunks, heads, k, d]) -> out: bf16[chunks/p, pos, heads, d] {
  return attend_before(q, states)
}
schedule whole of net`).planned;
  const work = [...graph.classOf].map((index, task) => {
    const found = graph.classes[index]!;
    if (found.kind !== "compute") throw new Error("nothing moves");
    return { position: graph.rank[task]! >> 1, tiles: found.tiles, vectorFlops: found.vectorFlops };
  });
  expect(work.map(({ tiles }) => tiles)).toEqual(work.map(() => 40));
  for (const { position, vectorFlops } of work) expect(vectorFlops).toBe(position === 0 ? 0 : 4 * (4 * 16 * 24));
});
