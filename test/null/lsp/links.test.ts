import { describe, expect, test } from "vitest";
import type { DocumentLink, LinkedEditingRanges } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

describe("links", () => {
  test("are paths of imports and of tables' files", async () => {
    const editor = await openEditor();
    const document = editor.open(
      "sub/a.stretto",
      'import { x } from "«../b.stretto»"\nimport { matmul } from "«std/ops»"\nimport { y } from "nowhere"\n' +
        'table t: 4 -> 4 = from "«routes/t.csv»"\nprofile p { t = "«u.csv»" }\n',
    );
    const found = await editor.ask<DocumentLink[]>("textDocument/documentLink", document);
    expect(found.map(({ range }) => range)).toEqual(
      document.ranges.map((_, index) => document.range(index)).slice(0, found.length),
    );
    const targets = found.map(({ target }) => target!.split("/").slice(-2).join("/"));
    expect(targets.slice(0, 3)).toEqual(["workspace/b.stretto", "std/ops.stretto", "routes/t.csv"]);
  });
});

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
