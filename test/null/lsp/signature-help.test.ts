import type { SignatureHelp, SignatureInformation } from "vscode-languageserver";
import { describe, expect, test } from "vitest";
import { openEditor } from "../../support/editor.js";

const head = `import { h800_node } from "std/machines"
import { dispatch, matmul } from "std/ops"
param tokens = 64, hidden = 8, experts = 8
mesh on h800_node { tp: 8 }
table gate: tokens -> experts, top(2) = zipf(1.1)

/// Both of them.
layer pair(q, k: f16[tokens/tp, hidden], w: f16[hidden, hidden]) -> out: f16[tokens/tp, hidden] {
  return q
}
`;

async function helpAt(source: string): Promise<SignatureHelp | null> {
  const editor = await openEditor();
  const document = editor.open("a.stretto", head + source);
  return editor.ask("textDocument/signatureHelp", document, { position: document.cursor() });
}

/** The label, with the active parameter in marks. */
function shown(help: SignatureHelp | null): string | undefined {
  const signature = help?.signatures[help.activeSignature ?? 0];
  const place = signature?.parameters?.[signature.activeParameter ?? 0]?.label as [number, number] | undefined;
  if (signature === undefined || place === undefined) return signature?.label;
  const { label } = signature;
  return `${label.slice(0, place[0])}«${label.slice(...place)}»${label.slice(place[1])}`;
}

const layer = (value: string): string =>
  `layer l(x: f16[tokens/tp, hidden]) -> y: f16[tokens/tp, hidden] {\n  let h = ${value}`;

describe("the parameter at the cursor", () => {
  test.each([
    ["an op", layer("matmul(┆"), "op matmul(«a: T[.., m, k]», b: T[k, n]) -> T[.., m, n]"],
    ["its second", layer("matmul(x, ┆)"), "op matmul(a: T[.., m, k], «b: T[k, n]») -> T[.., m, n]"],
    ["of the call inside", layer("matmul(matmul(x, ┆), x)"), "op matmul(a: T[.., m, k], «b: T[k, n]») -> T[.., m, n]"],
    ["of the call outside", layer("matmul(matmul(x, x), ┆"), "op matmul(a: T[.., m, k], «b: T[k, n]») -> T[.., m, n]"],
    [
      "names that share a type",
      layer("pair(x, ┆"),
      "layer pair(q, «k: f16[tokens/tp, hidden]», w: f16[hidden, hidden]) -> out: f16[tokens/tp, hidden]",
    ],
    [
      "a table",
      layer("dispatch(x, ┆"),
      "layer dispatch<«R: table», m: axis, h>(x: T[R.from/m, h]) -> sent: T[rows(R)/m by to, h]",
    ],
    ["a word", layer("all_gather(x, ┆"), "all_gather(v, «seq»)"],
    ["a word that takes more", layer("scan(x, tokens/tp, ┆"), "scan(v, chunks/sp, «sum»)"],
    ["a distribution", "table t: tokens -> experts = zipf(┆", "zipf(«exponent»)"],
    ["what makes a table of another", "table t: tokens -> experts = project(gate, ┆", "project(table, «from», to)"],
    ["a function of sizes", "param a = max(1, 2, ┆", "max(a, «b», ..)"],
    ["mathematics", "op f(x: T[n]) -> T[n] = if(n < 3, ┆", "if(condition, «a», b)"],
    ["a collective's", "collective c(x: [c/n] -> [c]) over n {\n  send x[rank] to pow(2, ┆", "pow(a, «b»)"],
  ])("%s", async (_, source, expected) => {
    expect(shown(await helpAt(source))).toBe(expected);
  });
});

test("a declaration over several lines, with comments, is one line whose every parameter is found", async () => {
  const source = `layer long(
  a: f16[
    tokens, // in order
    hidden,
  ],
  b, // the same
  c: f16[ tokens,
    hidden ],
) -> out: f16[tokens, hidden] {
  return long(┆
}
`;
  const help = await helpAt(source);
  expect(shown(help)).toBe(
    "layer long(«a: f16[tokens, hidden]», b, c: f16[tokens, hidden]) -> out: f16[tokens, hidden]",
  );
  const [{ label, parameters }] = help!.signatures as [SignatureInformation];
  expect(parameters!.map((one) => label.slice(...(one.label as [number, number])))).toEqual([
    ...["a: f16[tokens, hidden]", "b", "c: f16[tokens, hidden]"],
  ]);
});

test("what is said of it", async () => {
  const help = await helpAt(layer("pair(┆"));
  expect(help?.signatures[0]?.documentation).toEqual({ kind: "markdown", value: "Both of them." });
});

test("every form of a word is a signature", async () => {
  const help = await helpAt(layer("all_to_all(x, ┆"));
  expect(help?.signatures.map(({ label }) => label)).toEqual(["all_to_all(v, seq/sp -> heads/sp)"]);
  const gather = await helpAt(layer("all_gather(x, ┆"));
  expect(gather?.signatures.map(({ label }) => label)).toEqual(["all_gather(v, seq)", "all_gather(v, seq/sp)"]);
});

test.each(["param a = (1 + ┆", "schedule s of pair { tile out by (┆", layer("x[┆"), layer("nothing(┆"), "// f(┆"])(
  "there is none in %s",
  async (source) => {
    expect(await helpAt(source)).toBeNull();
  },
);
