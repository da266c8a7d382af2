import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { LayerIR, StatementIR } from "../../compiler/check/ir.js";
import { roundingOf, unitRoundoff } from "../../runtime/numbers/dtypes.js";
import { compileKernel } from "../../runtime/cpu/kernels.js";
import type { Tensor } from "../../runtime/cpu/kernels.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { layoutOf } from "../../compiler/graph/layout.js";
import { fullRuns } from "../../compiler/graph/runs.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { amplificationOf, functionOfOne } from "../../runtime/reference/amplification.js";
import { checkFiles, preamble } from "../support/check-text.js";
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

const pool = createNodePool();
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
      outputs: [output],
      operands: statement.operands.map((id) => held.get(id)!),
      ranges: statement.kernel.variables.map(({ size }) => fullRuns(size)),
      rounds: [roundingOf(unsharded.values[statement.result]!.dtype)],
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
      meshAxes: [0],
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

describe("operands are counted once where they are one argument, and shared errors cancel", () => {
  const unit = unitRoundoff("bf16");
  const programOf = (body: string, signature: string) => {
    const layerText = `layer l(${signature}) -> out: bf16[16, 64] {\n${body}\n}`;
    const text = preamble.replace("p: 4, q: 2", "tp: 8") + layerText;
    const { program, diagnostics } = checkFiles({ "main.stretto": text });
    if (!program) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
    return program;
  };
  const boundOf = (body: string, signature = "x: bf16[16, 64]"): number => {
    const program = programOf(body, signature);
    return reassociationBound(program.layers[0]!, program.mesh, program.tables);
  };
  // `scale` leaves the error of its result, 2 u, for what follows.
  const passedOn = (body: string, signature?: string): number => (boundOf(body, signature) - 2 * unit) / (2 * unit);

  test.each([
    ["relu", 1, 1.15],
    ["gelu", 1.2, 1.5],
    ["silu", 1.1, 1.6],
    ["softmax", 4, 4.6],
  ])("%s", (op, least, most) => {
    const factor = passedOn(`let y = scale(x, 3)\nreturn ${op}(y)`);
    expect(factor).toBeGreaterThanOrEqual(least);
    expect(factor).toBeLessThan(most);
  });

  test("the norms: a projection of what is normed", () => {
    const weights = "x: bf16[16, 64], w: bf16[64], b: bf16[64]";
    expect(passedOn("let y = scale(x, 3)\nreturn rmsnorm(y, w)", weights)).toBeCloseTo(1, 1);
    expect(passedOn("let y = scale(x, 3)\nreturn layernorm(y, w, b)", weights)).toBeCloseTo(1, 1);
  });

  test("different operands still add up, one that is added to itself does not", () => {
    expect(passedOn("let y = scale(x, 3)\nlet z = scale(x, 2)\nreturn add(y, z)")).toBeCloseTo(2, 2);
    expect(passedOn("let y = scale(x, 3)\nreturn add(y, y)")).toBeCloseTo(1.1, 2);
    expect(passedOn("let y = scale(x, 3)\nreturn mul(y, y)")).toBeCloseTo(2.2, 2);
  });

  test("a block of a transformer on 8 ranks in bf16", () => {
    const bound = boundOf(
      `let a = all_reduce(matmul(x, wo), tp)
  let y = add(res, a)
  let h = gelu(matmul(rmsnorm(y, w), w1))
  return add(y, all_reduce(matmul(h, w2), tp))`,
      "x: bf16[16, 64/tp], res: bf16[16, 64], wo: bf16[64/tp, 64], w: bf16[64], w1: bf16[64, 128/tp], w2: bf16[128/tp, 64]",
    );
    expect(bound).toBeLessThan(0.35);
    // Both all_reduces round 8 contributions and 7 states.
    expect(bound).toBeGreaterThan(30 * unit);
  });

  test.each([
    ["softmax(scale(x, 3))", "x: bf16[16, 64]"],
    ["rmsnorm(scale(x, 3), w)", "x: bf16[16, 64], w: bf16[64]"],
    ["layernorm(scale(x, 3), w, b)", "x: bf16[16, 64], w: bf16[64], b: bf16[64]"],
    ["gelu(softmax(rmsnorm(gelu(scale(x, 3)), w)))", "x: bf16[16, 64], w: bf16[64]"],
  ])("what %s comes to in bf16 is within the bound", (body, signature) => {
    const [whole] = programOf(`return ${body}`, signature).layers;
    const bound = reassociationBound(whole!, oneAxisMesh(1), []);
    for (let seed = 0; seed < 20; seed++) expect(errorInF32(whole!, seed)).toBeLessThanOrEqual(bound);
  });
});

describe("amplification", () => {
  const x = read(0, 0);

  test("of functions with a known slope", () => {
    expect(amplificationOf(call("max", x, constant(0)))).toBeCloseTo(1.1, 5);
    expect(amplificationOf(binary(x, "*", x))).toBeCloseTo(2.2, 2);
    expect(amplificationOf(call("exp", x))).toBeCloseTo(4.4, 1);
    expect(amplificationOf(call("tanh", x))).toBeCloseTo(4.4 / Math.tanh(4), 2);
  });

  test("there is none of what is not Lipschitz", () => {
    for (const body of [call("sqrt", x), call("log", x), binary(constant(1), "/", x), call("sqrt", call("abs", x))]) {
      expect(amplificationOf(body)).toBeUndefined();
    }
  });

  test("a function of one element, however often it is read", () => {
    expect(functionOfOne(binary(x, "*", binary(x, "+", constant(1))))).toEqual({ leaf: x, operations: 2 });
    expect(functionOfOne(binary(x, "*", read(0, 1)))).toBeUndefined();
    expect(functionOfOne(reduce("sum", [0], x))).toBeUndefined();
    expect(functionOfOne(constant(1))).toBeUndefined();
  });
});
