import { describe, expect, test } from "vitest";
import type { LinkedEditingRanges } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

describe("linked editing", () => {
  async function linked(source: string) {
    const editor = await openEditor();
    const document = editor.open("a.stretto", source);
    const at = { position: document.cursor() };
    const found = await editor.ask<LinkedEditingRanges | null>("textDocument/linkedEditingRange", document, at);
    return { ranges: found?.ranges, marked: document.ranges.map((_, index) => document.range(index)) };
  }

  test.each([
    ["op f(x: T[n, «k┆»]) -> T[n] = sum[«k»] x[n, «k»]"],
    ["op f(x: T[n]) -> T[n] { let «t┆op» = max[n] x[n]\n return x[n] - «top» }"],
    ["collective c(x: [c/n] -> [c]) over n { for «s┆» in 1 ..< n { send x[rank] to rank + «s» } }"],
    ["layer f<«R┆»: table, h>(x: T[«R».from, h]) -> y: T[rows(«R»), h] { return take(x, «R») }"],
  ])("%s", async (source) => {
    const { ranges, marked } = await linked(source);
    expect(ranges).toEqual(marked);
  });

  test.each([
    ["param tok┆ens = 4, n = tokens"],
    ["layer f(x: f32[4]) -> y: f32[4] { let ┆h = relu(x)\n return relu(h) }"],
    ["table t: 4 -> 4 = uniform with ne┆xt: 4 = to, other: 4 = next"],
    ["op f(x: T[n, ┆k]) -> T[n] = x[n, 0]"],
    ["// no na┆me"],
  ])("%s has none", async (source) => expect((await linked(source)).ranges).toBeUndefined());
});
