import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { LayerIR, StatementIR } from "../../compiler/check/ir.js";
import { roundingOf, unitRoundoff } from "../../runtime/dtypes.js";
import { compileKernel } from "../../runtime/kernels.js";
import type { Tensor } from "../../runtime/kernels.js";
import { createRankPool } from "../../runtime/pool.js";
import { prepareReference } from "../../runtime/reference.js";
import { run } from "../../runtime/run.js";
import { fullRuns, layoutOf } from "../../runtime/runs.js";
import { reassociationBound } from "../../runtime/tolerance.js";
import {
  binary,
  call,
  constant,
  kernel,
  local,
  matmulKernel,
  read,
  reduce,
  standardMonoids,
} from "../support/kernel-builder.js";
import { layer, oneAxisMesh, value } from "../support/plan-builder.js";
import { productReduceScatter } from "../support/plans.js";

const pool = createRankPool();
afterAll(() => pool.close());

/** y = silu(x w1) w2, the activation enclosed by the first product. */
function feedForward(tokens: number, hidden: number, ffn: number, dtype: string): LayerIR {
  const values = [
    value(0, "x", [tokens, hidden], dtype),
    value(1, "w1", [hidden, ffn], dtype),
    value(2, "w2", [ffn, hidden], dtype),
    value(3, "h", [tokens, ffn], dtype),
    value(4, "y", [tokens, hidden], dtype),
  ];
  const product = matmulKernel(tokens, ffn, hidden);
  const inner = local(0, 0, 1);
  const silu = binary(inner, "/", binary(constant(1), "+", call("exp", call("neg", inner))));
  const activated = { ...product, body: silu, locals: [{ name: "product", indices: [0, 1], body: product.body }] };
  return layer(
    values,
    [0, 1, 2],
    [4],
    [
      { result: 3, operands: [0, 1], kernel: activated },
      { result: 4, operands: [3, 2], kernel: matmulKernel(tokens, hidden, ffn) },
    ],
  );
}

/** max |a - b| / max |b| between the kernels in f32, statement after statement, and the reference. */
function errorInF32(unsharded: LayerIR, seed: number): number {
  const reference = prepareReference({
    layer: unsharded,
    mesh: oneAxisMesh(1),
    tables: [],
    monoids: standardMonoids,
    seed,
  });
  const held = new Map<number, Tensor>();
  const tensor = (id: number): Tensor => {
    const domain = unsharded.values[id]!.axes.map(({ size }) => fullRuns(size));
    const layout = layoutOf(domain);
    return { domain, layout, elements: new Float32Array(layout.elements) };
  };
  for (const [id, elements] of reference.inputs) {
    const input = tensor(id);
    input.elements.set(elements);
    held.set(id, input);
  }
  for (const statement of unsharded.statements) {
    if (statement.kind !== "op") continue;
    const output = tensor(statement.result);
    compileKernel(statement.kernel, standardMonoids, [], "f32").run({
      output,
      operands: statement.operands.map((id) => held.get(id)!),
      ranges: statement.kernel.variables.map(({ size }) => fullRuns(size)),
      round: roundingOf(unsharded.values[statement.result]!.dtype),
    });
    held.set(statement.result, output);
  }
  const expected = reference.outputs.get(unsharded.outputs[0]!)!;
  const { elements } = held.get(unsharded.outputs[0]!)!;
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(x - elements[i]!)), 0) / largest;
}

const executedIn = ["f32", "f16", "bf16"] as const;

describe("the bound holds, and says something", () => {
  test.each(executedIn)("for a feed-forward layer in %s of any size", (dtype) => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, size, fc.nat(), (tokens, hidden, ffn, seed) => {
        const unsharded = feedForward(tokens, hidden, ffn, dtype);
        const bound = reassociationBound(unsharded, oneAxisMesh(1), []);
        const error = errorInF32(unsharded, seed);
        // What is one number large cannot be judged relative to the largest.
        fc.pre(tokens * hidden >= 16);
        expect(error).toBeLessThanOrEqual(bound);
        expect(bound).toBeLessThan(8 * unitRoundoff(dtype) + 2000 * unitRoundoff("f32"));
      }),
      { numRuns: 60 },
    );
  });

  test.each(executedIn)("for partial products in %s that are combined across ranks", async (dtype) => {
    for (const ranks of [2, 4, 8]) {
      const { plan, layer: unsharded } = productReduceScatter(ranks, dtype);
      const mesh = oneAxisMesh(ranks);
      const bound = reassociationBound(unsharded, mesh, []);
      for (const seed of [1, 2, 3]) {
        const reference = prepareReference({ layer: unsharded, mesh, tables: [], monoids: standardMonoids, seed });
        const { maxError, failures } = await run(plan, { device: "cpu", reference, pool });
        expect(failures).toEqual([]);
        expect(maxError).toBeLessThanOrEqual(bound);
      }
      expect(bound).toBeLessThan(0.1);
    }
  });
});

describe("the formula, by hand", () => {
  const sumOf = (terms: number): LayerIR => {
    const values = [value(0, "x", [terms], "bf16"), value(1, "s", [1], "bf16")];
    const sum = kernel(
      1,
      [
        ["i", 1],
        ["k", terms],
      ],
      reduce("sum", [1], read(0, 1)),
    );
    return layer(values, [0], [1], [{ result: 1, operands: [0], kernel: sum }]);
  };

  test("a sum", () => {
    expect(reassociationBound(sumOf(100), oneAxisMesh(1), [])).toBe(4 * 100 * 2 ** -24 + 2 * 2 ** -8);
    expect(reassociationBound(sumOf(200), oneAxisMesh(1), [])).toBeGreaterThan(
      reassociationBound(sumOf(100), oneAxisMesh(1), []),
    );
  });

  test("a word that sums over 4 ranks", () => {
    const plain = sumOf(100);
    const word: StatementIR = {
      kind: "word",
      word: "all_reduce",
      operand: 1,
      result: 2,
      meshAxis: 0,
      monoid: "sum",
      location: plain.location,
    };
    const reduced: LayerIR = {
      ...plain,
      values: [...plain.values, value(2, "out", [1], "bf16")],
      statements: [...plain.statements, word],
      outputs: [2],
    };
    const before = reassociationBound(plain, oneAxisMesh(4), []);
    expect(reassociationBound(reduced, oneAxisMesh(4), [])).toBe(before + 7 * 2 ** -8);
    const moved: LayerIR = { ...reduced, statements: [...plain.statements, { ...word, monoid: "max" }] };
    expect(reassociationBound(moved, oneAxisMesh(4), [])).toBe(before);
  });

  test("what only moves rounds nothing", () => {
    const values = [value(0, "x", [4], "bf16"), value(1, "y", [4], "bf16")];
    const copy = kernel(1, [["i", 4]], read(0, 0));
    expect(
      reassociationBound(layer(values, [0], [1], [{ result: 1, operands: [0], kernel: copy }]), oneAxisMesh(1), []),
    ).toBe(0);
  });
});
