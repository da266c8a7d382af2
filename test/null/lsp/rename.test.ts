import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PrepareRenameResult, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver";
import { bind } from "../../../compiler/bind/bind.js";
import { createMemoryHost } from "../../../compiler/bind/source-host.js";
import { isStandardPath } from "../../../compiler/bind/standard-library.js";
import { check } from "../../../compiler/check/check.js";
import { applyEdits, renameSymbols } from "../../../lsp/names/rename.js";
import { standardHost } from "../../support/bind-text.js";
import { openEditor } from "../../support/editor.js";
import type { Editor, OpenDocument } from "../../support/editor.js";
import { namesIn, shippedTexts } from "../../support/name-index.js";

const library = `param width = 4
op twice(x: T[n]) -> T[n] = 2 * x[n]
`;
const source = `import { h800_node } from "std/machines"
import { matmul } from "std/ops"
import { width, twice } from "./library.stretto"
param tokens = 64, hidden = 32
profile small { tokens = 16 }
mesh on h800_node { ep: 8 }
table gate: tokens -> hidden = from "gate.csv"
  with via: hidden
layer f(x: bf16[tokens/ep, hidden], w: bf16[hidden, hidden]) -> y: bf16[tokens/ep, hidden] {
  let h = twice(matmul(x, w))
  return matmul(h, w)
}
schedule s of f { order h as y }
op g(x: T[n, k]) -> T[n] {
  let total[n] = sum[k] x[n, k]
  return total[n]
}
`;

async function edited(editor: Editor, document: OpenDocument, newName: string): Promise<Record<string, string>> {
  const edit = await editor.ask<WorkspaceEdit>("textDocument/rename", document, {
    position: document.cursor(),
    newName,
  });
  const texts: Record<string, string> = {};
  for (const { textDocument, edits } of edit.documentChanges as TextDocumentEdit[]) {
    const text = textDocument.uri === document.uri ? document.text : library;
    const lines = text.split("\n");
    const offsetOf = ({ line, character }: { line: number; character: number }) =>
      lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
    const spans = edits.map((one) => {
      if (!("newText" in one)) expect.fail("no plain edit");
      return { span: { start: offsetOf(one.range.start), end: offsetOf(one.range.end) }, newText: one.newText };
    });
    texts[textDocument.uri.split("/").at(-1)!] = applyEdits(text, spans);
  }
  return texts;
}

async function withMark(plain: string, marked: string) {
  expect(source).toContain(plain);
  const editor = await openEditor({ files: { "library.stretto": library } });
  return { editor, document: editor.open("a.stretto", source.replace(plain, marked)) };
}

describe("renaming", () => {
  test("a value of a layer, in its schedules too", async () => {
    const { editor, document } = await withMark("let h", "let ┆h");
    const { "a.stretto": text } = await edited(editor, document, "product");
    expect(text).toContain("let product = twice");
    expect(text).toContain("return matmul(product, w)");
    expect(text).toContain("order product as y");
  });

  test("what another file declares, in both", async () => {
    const { editor, document } = await withMark("twice(mat", "twi┆ce(mat");
    const texts = await edited(editor, document, "doubled");
    expect(texts["library.stretto"]).toContain("op doubled(x");
    expect(texts["a.stretto"]).toContain("import { width, doubled }");
    expect(texts["a.stretto"]).toContain("doubled(matmul(x, w))");
  });

  test("a param, in types, profiles and tables", async () => {
    const { editor, document } = await withMark("param tokens", "param tok┆ens");
    const { "a.stretto": text } = await edited(editor, document, "rows_of_x");
    expect(text!.match(/rows_of_x/g)).toHaveLength(5);
    expect(text).not.toContain("tokens");
  });

  test("what an import gives another name, by that name alone", async () => {
    const editor = await openEditor({ files: { "library.stretto": library } });
    const user =
      'import { twice as double } from "./library.stretto"\nlayer f(x: f32[4]) -> y: f32[4] { return dou┆ble(x) }\n';
    const texts = await edited(editor, editor.open("a.stretto", user), "doubled");
    expect(Object.keys(texts)).toEqual(["a.stretto"]);
    expect(texts["a.stretto"]).toContain("twice as doubled }");
    expect(texts["a.stretto"]).toContain("return doubled(x)");
  });

  test("what an import has another name for, without that name", async () => {
    const editor = await openEditor({ files: { "library.stretto": library } });
    const user =
      'import { tw┆ice as double } from "./library.stretto"\nlayer f(x: f32[4]) -> y: f32[4] { return double(x) }\n';
    const texts = await edited(editor, editor.open("a.stretto", user), "doubled");
    expect(texts["library.stretto"]).toContain("op doubled(");
    expect(texts["a.stretto"]).toContain("{ doubled as double }");
    expect(texts["a.stretto"]).toContain("return double(x)");
  });

  test("is prepared with the name and its range", async () => {
    const { editor, document } = await withMark("let h", "let «h»┆");
    const at = { position: document.cursor() };
    const found = await editor.ask<PrepareRenameResult>("textDocument/prepareRename", document, at);
    expect(found).toEqual({ range: document.range(), placeholder: "h" });
  });
});

describe("is refused", () => {
  test.each([
    ["matmul(x, w)", "mat┆mul(x, w)", "standard library|std/ops"],
    ["bf16[tokens", "b┆f16[tokens", "is a dtype"],
    ["profile small", "profile sm┆all", "`run` takes"],
    ["with via", "with v┆ia", "file that the rows come from"],
    ["order h as", "ord┆er h as", "no name here"],
  ])("before it begins: %s", async (plain, marked, reason) => {
    const { editor, document } = await withMark(plain, marked);
    const asked = editor.ask("textDocument/prepareRename", document, { position: document.cursor() });
    await expect(asked).rejects.toThrow(new RegExp(reason));
  });

  test.each([
    ["a value's name", "let h", "let ┆h", "w", "declared twice"],
    ["a definition's name", "param tokens", "param tok┆ens", "hidden", "already|something else|would mean"],
    ["a std op's name, imported", "twice(mat", "twi┆ce(mat", "matmul", "already|would mean"],
    ["a local name that would be captured", "hidden = 32", "hid┆den = 32", "k", ""],
    ["an equation's", "x: T[n, k]", "┆x: T[n, k]", "total", "declared twice"],
    ["a reserved word", "let h", "let ┆h", "let", "keyword"],
    ["no name", "let h", "let ┆h", "2x", "is no name"],
    ["two words", "let h", "let ┆h", "a b", "is no name"],
    ["a word of the language", "twice(mat", "twi┆ce(mat", "all_reduce", "would mean"],
  ])("of %s", async (_, plain, marked, newName, reason) => {
    const { editor, document } = await withMark(plain, marked);
    const asked = editor.ask<WorkspaceEdit>("textDocument/rename", document, { position: document.cursor(), newName });
    // An op's axes are its own: a param of that name is another thing, and nothing is captured.
    if (reason === "") await expect(asked).resolves.toBeTruthy();
    else await expect(asked).rejects.toThrow(new RegExp(reason));
  });
});

test("is refused where values of two files would no longer have one axis", async () => {
  const files = { "library.stretto": "param n = 8\nlayer f(x: f32[n]) -> y: f32[n] { return x }\n" };
  const editor = await openEditor({ files });
  const user = (mark: string) => `import { h800_node } from "std/machines"
import { add } from "std/ops"
import { f } from "./library.stretto"
param ${mark}n = 8
mesh on h800_node { tp: 8 }
layer g(x: f32[n]) -> y: f32[n] { return add(f(x), x) }
`;
  const document = editor.open("a.stretto", user("┆"));
  expect(await editor.diagnosticsOf(document)).toEqual([]);
  const asked = editor.ask("textDocument/rename", document, { position: document.cursor(), newName: "size" });
  await expect(asked).rejects.toThrow(/With this name: .*size/);
});

describe("moving files", () => {
  const client = { workspace: { fileOperations: { willRename: true }, workspaceEdit: { documentChanges: true } } };
  test("rewrites the imports that lead to them, and their own", async () => {
    const editor = await openEditor({
      client,
      files: { "library.stretto": library, "sub/b.stretto": 'import { width } from "../library.stretto"\n' },
    });
    const document = editor.open("a.stretto", source);
    const move = async (from: string, to: string) => {
      const files = [{ oldUri: `file:///workspace/${from}`, newUri: `file:///workspace/${to}` }];
      const edit = await editor.connection.sendRequest<WorkspaceEdit | null>("workspace/willRenameFiles", { files });
      return ((edit?.documentChanges ?? []) as TextDocumentEdit[]).map(({ textDocument, edits }) => [
        textDocument.uri.replace("file:///workspace/", ""),
        edits.map((one) => ("newText" in one ? one.newText : "")),
      ]);
    };
    expect(await move("library.stretto", "sub/lib.stretto")).toEqual([
      ["a.stretto", ['"./sub/lib.stretto"']],
      ["sub/b.stretto", ['"./lib.stretto"']],
    ]);
    expect(await move("sub", "deep/er")).toEqual([["sub/b.stretto", ['"../../library.stretto"']]]);
    expect(await move("gate.csv", "routes/gate.csv")).toEqual([
      [document.uri.split("/").at(-1), ['"routes/gate.csv"']],
    ]);
    expect(await move("other.csv", "x.csv")).toEqual([]);
  });
});

describe("over all examples", () => {
  const examples = [...shippedTexts.keys()].filter((path) => !isStandardPath(path));
  /** Names of diagnostics, and the numbers of their lines. */
  const said = (path: string, text: string) => {
    const host = createMemoryHost({ [path]: text }, standardHost);
    const { bound, diagnostics } = bind(path, host, { profileIfThere: "small" });
    const all = bound ? check(bound).diagnostics : diagnostics.list();
    return all.map(({ name, location }) => `${name} ${location.file}`);
  };

  test("a name and back again is the same text, and in between it means the same", () => {
    fc.assert(
      fc.property(fc.constantFrom(...examples), fc.nat(10_000), (path, number) => {
        const text = shippedTexts.get(path)!;
        const names = namesIn(new Map([[path, text]]));
        const places = [...names.occurrences(path)].filter(({ occurrence: { symbols } }) =>
          symbols.some(({ file }) => file === path),
        );
        const place = places[number % places.length]!;
        const there = renameSymbols(place.occurrence.symbols, "fresh_name", names, () => text);
        if ("refused" in there) {
          expect(there.refused).toMatch(/standard library|`run` takes/);
          return;
        }
        const renamed = applyEdits(text, there.edits.get(path)!);
        expect(renamed).not.toBe(text);
        expect(said(path, renamed)).toEqual(said(path, text));
        const again = namesIn(new Map([[path, renamed]]));
        const fresh = [...again.occurrences(path)].find(({ occurrence }) => occurrence.node.text === "fresh_name")!;
        const back = renameSymbols(fresh.occurrence.symbols, place.occurrence.node.text, again, () => renamed);
        if ("refused" in back) expect.fail(`${place.occurrence.node.text}: ${back.refused}`);
        expect(applyEdits(renamed, back.edits.get(path)!)).toBe(text);
      }),
      { numRuns: 20 },
    );
  });
});
