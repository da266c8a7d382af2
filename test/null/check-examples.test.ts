import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { LayerIR, StatementIR } from "../../compiler/check/ir.js";
import { checkFiles, layersOf, typesOf } from "../support/check-text.js";

const example = (name: string, profile?: string) => {
  const text = readFileSync(new URL(`../../examples/${name}.stretto`, import.meta.url), "utf8");
  const { program, diagnostics } = checkFiles({ "main.stretto": text }, profile === undefined ? {} : { profile });
  expect(diagnostics).toEqual([]);
  return program!;
};

const summary = (layer: LayerIR) =>
  layer.statements.map((statement: StatementIR) => {
    const name = (value: number) => layer.values[value]!.name;
    return statement.kind !== "op"
      ? `${name(statement.result)} = ${statement.kind === "word" ? statement.word : statement.view} ${name(statement.operand)}`
      : `${name(statement.result)} = ${statement.kernel.name} ${statement.operands.map(name).join(" ")}`;
  });

describe.each([undefined, "small"])("profile %s", (profile) => {
  test("comet: rows follow tokens, then experts, and come home", () => {
    const program = example("comet", profile);
    const [moe, tensorParallel] = program.layers as [LayerIR, LayerIR];
    expect(summary(moe)).toEqual([
      "sent.take = take x",
      "sent = all_to_all sent.take",
      "h = silu(grouped_matmul) sent up",
      "y = grouped_matmul h down",
      "out.all_to_all = all_to_all y",
      "out = topk_combine out.all_to_all",
    ]);
    expect(typesOf(moe, program)).toMatchObject({
      "sent.take": "bf16[rows(gate)/ep by from, hidden]",
      sent: "bf16[rows(gate)/ep by to, hidden]",
      h: "bf16[rows(gate)/ep by to, ffn]",
      y: "bf16[rows(gate)/ep by to, hidden]",
      "out.all_to_all": "bf16[rows(gate)/ep by from, hidden]",
      out: "bf16[tokens/ep, hidden]",
    });
    expect(typesOf(tensorParallel, program)).toMatchObject({
      full: "bf16[tokens, hidden]",
      picked: "bf16[rows(gate), hidden]",
      h: "bf16[rows(gate), ffn/ep]",
      y: "bf16[rows(gate), hidden] pending sum over ep",
      part: "bf16[tokens, hidden] pending sum over ep",
      out: "bf16[tokens/ep, hidden]",
    });
  });

  test("comet: a name in a schedule carries the statements of its call, its own last", () => {
    const program = example("comet", profile);
    const comet = program.schedules.find((schedule) => schedule.name === "comet")!;
    const [tile, sentToH, , run, yToOut] = comet.verbs;
    expect(tile).toMatchObject({ verb: "tile", targets: [{ statements: [2] }, { statements: [3] }] });
    expect(sentToH).toMatchObject({ verb: "overlap", groups: [[{ statements: [0, 1] }], [{ statements: [2] }]] });
    expect(run).toMatchObject({ verb: "run", engine: "copy", targets: [{ path: "sent", statements: [0, 1] }] });
    expect(yToOut).toMatchObject({ grain: { kind: "axis", axis: "hidden" }, groups: [[{}], [{ statements: [4, 5] }]] });
    expect(comet.verbs.at(-1)).toMatchObject({ verb: "run", engine: "sms", amount: { low: 8, high: 64 } });
    const { subject, claims } = program.checks[1]!;
    expect(subject).toEqual({ kind: "schedule", index: 2 });
    expect(claims).toMatchObject([
      { claim: "same result", layer: 0, within: 1e-2 },
      { claim: "no deadlock" },
      { claim: "no race" },
      { claim: "memory", comparison: "<=", limit: 80e9 },
      { claim: "bytes moved", comparison: "<=", limit: profile === "small" ? 131_072 : 536_870_912 },
      { claim: "bytes moved", comparison: ">=" },
      { claim: "rounds", comparison: "==", limit: profile === "small" ? 6 : 14 },
      { claim: "hides", share: 0.85 },
      { claim: "faster than", schedule: 1, by: 1.1 },
      { claim: "faster than", schedule: 0, by: 1.2 },
    ]);
  });

  test("t3: the second product is pending until it is scattered", () => {
    const program = example("t3", profile);
    const [mlp] = program.layers as [LayerIR];
    expect(summary(mlp)).toEqual(["h = gelu(matmul) x w1", "y = matmul h w2", "out = reduce_scatter y"]);
    expect(typesOf(mlp, program)).toMatchObject({
      h: "f16[tokens, ffn/tp]",
      y: "f16[tokens, hidden] pending sum over tp",
      out: "f16[tokens/tp, hidden]",
    });
    expect(mlp.statements[2]).toMatchObject({ word: "reduce_scatter", meshAxes: [0], cutAfter: 0, monoid: "sum" });
  });

  test("flux: gathered before, or scattered after", () => {
    const program = example("flux", profile);
    const [gathered, scattered] = program.layers as [LayerIR, LayerIR];
    expect(typesOf(gathered, program)).toMatchObject({ full: "f16[tokens, hidden]", out: "f16[tokens, ffn/tp]" });
    expect(gathered.statements[0]).toMatchObject({ word: "all_gather", meshAxes: [0], cutBefore: 0 });
    expect(typesOf(scattered, program)).toMatchObject({
      y: "f16[tokens, hidden] pending sum over tp",
      out: "f16[tokens/tp, hidden]",
    });
  });
});

test("every op of std has the layout that its mathematics gives", () => {
  const { program, layers } = layersOf(`
layer elementwise(x, y: f32[tokens/p, hidden/q]) -> out: f32[tokens/p, hidden/q] {
  let a = add(x, y)
  let b = mul(a, y)
  let c = scale(b, 0.5)
  let d = relu(c)
  let e = gelu(d)
  return silu(e)
}
layer along(x: f32[tokens/p, hidden], w, b: f32[hidden]) -> out: f32[tokens/p, hidden] {
  let a = softmax(x)
  let c = rmsnorm(a, w)
  return layernorm(c, w, b)
}
layer products(x: f32[tokens/p, hidden/q], w: f32[hidden/q, ffn]) -> out: f32[tokens/p, ffn] pending sum over q {
  let twice = scale(x, 2)
  return matmul(twice, w)
}
layer pending_parts(x: f32[tokens, hidden/q], w: f32[hidden/q, ffn]) -> out: f32[tokens, ffn/q] {
  let a = matmul(x, w)
  let b = add(a, scale(a, 3))
  return reduce_scatter(b, ffn)
}
layer routed(x: f32[tokens, hidden], w: f32[experts/p, hidden, ffn/q]) -> out: f32[tokens, ffn/q] pending sum over p {
  let rows = take(x, gate)
  let h = grouped_matmul(rows, w)
  return topk_combine(h)
}
layer batched(x: f32[heads/q, tokens/p, hidden], w: f32[hidden, ffn]) -> out: f32[heads/q, tokens/p, ffn] {
  return matmul(x, w)
}
`);
  const types = Object.fromEntries(layers.map((layer) => [layer.name, typesOf(layer, program)]));
  expect(types["elementwise"]).toMatchObject({ c: "f32[tokens/p, hidden/q]", out: "f32[tokens/p, hidden/q]" });
  expect(types["along"]).toMatchObject({ a: "f32[tokens/p, hidden]", c: "f32[tokens/p, hidden]" });
  expect(types["products"]).toMatchObject({ out: "f32[tokens/p, ffn] pending sum over q" });
  expect(types["pending_parts"]).toMatchObject({
    a: "f32[tokens, ffn] pending sum over q",
    b: "f32[tokens, ffn] pending sum over q",
  });
  expect(types["routed"]).toMatchObject({
    rows: "f32[rows(gate), hidden]",
    h: "f32[rows(gate)/p by to, ffn/q]",
    out: "f32[tokens, ffn/q] pending sum over p",
  });
  expect(types["batched"]).toMatchObject({ out: "f32[heads/q, tokens/p, ffn]" });
});
