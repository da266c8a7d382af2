import { expect, test } from "vitest";
import type { LayerIR } from "../../compiler/check/ir.js";
import { checkText, layersOf, typesOf } from "../support/check-text.js";

/** `result = kernel operands` and `result = word operand`, in program order. */
function statementsOf(text: string, which = 0): string[] {
  const layer = layersOf(text).layers[which]!;
  const name = (value: number) => layer.values[value]!.name;
  return layer.statements.map((statement) =>
    statement.kind !== "op"
      ? `${name(statement.result)} = ${statement.kind === "word" ? statement.word : statement.view} ${name(statement.operand)}`
      : `${name(statement.result)} = ${statement.kernel.name} ${statement.operands.map(name).join(" ")}`,
  );
}

const layer = (parameters: string, result: string, ...body: string[]) =>
  `layer a(${parameters}) -> out: ${result} {\n${body.join("\n")}\n}\n`;

const x = "x: f32[tokens, hidden]";
const w = "w: f32[hidden, ffn], v: f32[hidden, ffn]";

test("elementwise calls are epilogues of the op they enclose, however deep", () => {
  expect(statementsOf(layer(`${x}, ${w}`, "f32[tokens, ffn]", "return silu(scale(matmul(x, w), 2))"))).toEqual([
    "out = silu(scale(matmul)) x w",
  ]);
});

test("of several enclosed ops that are not elementwise the last is fused, the others stand before", () => {
  expect(statementsOf(layer(`${x}, ${w}`, "f32[tokens, ffn]", "return mul(silu(matmul(x, w)), matmul(x, v))"))).toEqual(
    ["out.silu = silu(matmul) x w", "out = mul(matmul) x v out.silu"],
  );
});

test("what is enclosed and not fused stands before its encloser, in the order of evaluation", () => {
  const text = layer(
    "x: f32[tokens/p, hidden], w: f32[hidden, ffn]",
    "f32[tokens, ffn]",
    "return softmax(gelu(matmul(all_gather(x, tokens), w)))",
  );
  expect(statementsOf(text)).toEqual([
    "out.gelu.all_gather = all_gather x",
    "out.gelu = gelu(matmul) out.gelu.all_gather w",
    "out = softmax out.gelu",
  ]);
});

test("an elementwise call around a word or a value is a statement; two of one name get numbers", () => {
  const text = layer(
    "x: f32[tokens/p], y: f32[tokens/p]",
    "f32[tokens]",
    "return add(all_gather(relu(x), tokens), all_gather(gelu(y), tokens))",
  );
  expect(statementsOf(text)).toEqual([
    "out.all_gather.relu = relu x",
    "out.all_gather = all_gather out.all_gather.relu",
    "out.all_gather.gelu = gelu y",
    "out.all_gather2 = all_gather out.all_gather.gelu",
    "out = add out.all_gather out.all_gather2",
  ]);
});

test("a fused op computes what it encloses once, and reads a value that is given twice as one operand", () => {
  const { layers } = layersOf(layer(`${x}, ${w}`, "f32[tokens, ffn]", "return mul(matmul(x, w), matmul(x, w))"));
  const [, fused] = layers[0]!.statements;
  if (fused?.kind !== "op") throw new Error("no op");
  expect(fused.operands).toHaveLength(3);
  expect(fused.kernel.locals.map((local) => local.name)).toEqual(["matmul"]);
});

const ffn = `
layer swiglu<m: axis>(x: T[.., k], up: T[k, f/m], gate: T[k, f/m], down: T[f/m, k]) -> y: T[.., k] pending sum over m {
  let h = mul(silu(matmul(x, gate)), matmul(x, up))
  return matmul(h, down)
}
`;

test("a layer with parameters is written out where it is called, its axes, dtype and mesh axis from the arguments", () => {
  const { program, layers } = layersOf(
    `${ffn}layer a(x: bf16[tokens/p, hidden], u, g: bf16[hidden, ffn/q], d: bf16[ffn/q, hidden]) -> out: bf16[tokens/p, hidden] {
  let y = swiglu(x, u, g, d)
  return all_reduce(y)
}`,
  );
  expect(layers.map((one) => one.name)).toEqual(["a"]);
  expect(typesOf(layers[0]!, program)).toMatchObject({
    "y.h": "bf16[tokens/p, ffn/q]",
    y: "bf16[tokens/p, hidden] pending sum over q",
    out: "bf16[tokens/p, hidden]",
  });
});

test("a name leads to a value, and carries the statements of its call but not those of its arguments", () => {
  const text = `${ffn}layer a(x: bf16[tokens/p, hidden], u, g: bf16[hidden, ffn/q], d: bf16[ffn/q, hidden]) -> out: bf16[tokens, hidden] pending sum over q {
  return swiglu(all_gather(x, tokens), u, g, d)
}
schedule s of a {
  tile out.h by (8, 8)
  order result as out.all_gather
  async out
}`;
  const { program } = layersOf(text);
  const [layerOf] = program.layers as [LayerIR];
  expect(layerOf.statements.map((one) => layerOf.values[one.result]!.name)).toEqual([
    "out.all_gather",
    "out.h.silu",
    "out.h",
    "out",
  ]);
  const [tile, order, asynchronous] = program.schedules[0]!.verbs;
  expect(tile).toMatchObject({ targets: [{ statements: [2] }] });
  expect(order).toMatchObject({ target: { statements: [1, 2, 3] }, as: { statements: [0] } });
  expect(asynchronous).toMatchObject({ targets: [{ path: "out", statements: [1, 2, 3] }] });
});

test("a value that is returned bears the output's name, and its own still leads to it", () => {
  const text = `${layer("x: f32[tokens]", "f32[tokens]", "let y = relu(x)", "let z = y", "return z")}
schedule s of a { tile y by (8); order z by tokens }`;
  const { program, layers } = layersOf(text);
  expect(layers[0]!.values.map((value) => value.name)).toEqual(["x", "out"]);
  expect(program.schedules[0]!.verbs).toMatchObject([{ targets: [{ value: 1 }] }, { target: { value: 1 } }]);
});

test("what a returned value's call has inside is found by either name", () => {
  const text = `${ffn}layer a(x: bf16[tokens, hidden], u, g: bf16[hidden, ffn/q], d: bf16[ffn/q, hidden]) -> out: bf16[tokens, hidden] pending sum over q {
  let y = swiglu(x, u, g, d)
  return y
}
schedule s of a { tile y.h by (8, 8); tile out.h.silu by (8, 8); async y }`;
  const { program } = layersOf(text);
  expect(program.schedules[0]!.verbs).toMatchObject([
    { targets: [{ statements: [1] }] },
    { targets: [{ statements: [0] }] },
    { targets: [{ statements: [0, 1, 2] }] },
  ]);
});

test("several results are named by the let that takes them apart", () => {
  const text = `
layer both<m: axis, n>(x: T[n/m]) -> a: T[n/m], b: T[n] { let r = relu(x) return r, all_gather(x, n) }
layer outer(x: f32[tokens/p]) -> out: f32[tokens/p], whole: f32[tokens] { let (c, d) = both(x) return c, d }
`;
  expect(statementsOf(text)).toEqual(["out = relu x", "whole = all_gather x"]);
});

test("the arguments of a layer are held to its layouts", () => {
  const text = `${ffn}layer a(x: bf16[tokens, hidden], u, g: bf16[hidden, ffn/q], d: bf16[ffn/p, hidden]) -> out: bf16[tokens, hidden] {
  return all_reduce(swiglu(x, u, g, d))
}`;
  expect(checkText(text).diagnostics.map((one) => one.name)).toEqual(["layout-mismatch"]);
});

test("what nobody reads is there still: demand is for later stages", () => {
  expect(statementsOf(layer("x: f32[tokens]", "f32[tokens]", "let y = relu(x)", "return gelu(x)"))).toEqual([
    "y = relu x",
    "out = gelu x",
  ]);
});

test("in a local equation the name of an axis that is none of its indices is the axis's size", () => {
  const { layers } = layersOf(`
op scaled(x: T[m, k]) -> T[m, k] { let c = 1 / k  return c * x[m, k] }
layer l(x: f32[tokens, hidden]) -> out: f32[tokens, hidden] { return scaled(x) }`);
  const [statement] = layers[0]!.statements;
  if (statement?.kind !== "op") throw new Error("no op");
  expect(statement.kernel.locals).toMatchObject([
    { name: "c", indices: [], body: { kind: "constant", value: 1 / 32 } },
  ]);
});
