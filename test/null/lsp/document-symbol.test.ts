import { describe, expect, test } from "vitest";
import { SymbolKind, type DocumentSymbol, type SymbolInformation } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

const source = `import { h800_node } from "std/machines"
param tokens = 64, hidden = 32
mesh on h800_node { ep: 8 }
axis seq: 64 = (turn: 2, pos)
table gate: tokens -> hidden, top(2) = uniform with next: hidden = to
layer f(q, k: bf16[tokens/ep, hidden]) -> y: bf16[tokens/ep, hidden] {
  let h = q
  return h
}
schedule s of f { }
check s { no race }
`;

/** Names of an outline, those of children indented. */
function outline(symbols: readonly DocumentSymbol[], indent = ""): string[] {
  return symbols.flatMap(({ name, detail, children = [] }) => [
    `${indent}${name}${detail === undefined ? "" : ` (${detail})`}`,
    ...outline(children, `${indent}  `),
  ]);
}

describe("the outline of a document", () => {
  test("has the place of each name, and of all that it is the name of", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", "param n = 8\n«layer «f»(x: f32[n]) -> y: f32[n] {\n  return x\n}»\n");
    const [, layer] = await editor.ask<DocumentSymbol[]>("textDocument/documentSymbol", document);
    expect(layer).toMatchObject({ name: "f", range: document.range(0), selectionRange: document.range(1) });
  });

  test("has what it declares, and in it what that names", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", source);
    const found = await editor.ask<DocumentSymbol[]>("textDocument/documentSymbol", document);
    expect(outline(found)).toEqual([
      "tokens (64)",
      "hidden (32)",
      "h800_node",
      "  ep (8)",
      "seq (64)",
      "  turn (2)",
      "  pos",
      "gate (tokens -> hidden)",
      "  next (hidden)",
      "f (y: bf16[tokens/ep, hidden])",
      "  q (bf16[tokens/ep, hidden])",
      "  k (bf16[tokens/ep, hidden])",
      "  y (bf16[tokens/ep, hidden])",
      "  h",
      "s (of f)",
      "check s",
    ]);
  });

  test("is flat for a client that asks for no more", async () => {
    const editor = await openEditor({ client: {} });
    const document = editor.open("a.stretto", source);
    const found = await editor.ask<SymbolInformation[]>("textDocument/documentSymbol", document);
    expect(found.find(({ name }) => name === "ep")).toMatchObject({
      containerName: "h800_node",
      kind: SymbolKind.EnumMember,
    });
  });

  test("of all that ships, a name lies in its whole, and a child in its parent", async () => {
    const editor = await openEditor();
    const before = (a: { line: number; character: number }, b: { line: number; character: number }) =>
      a.line < b.line || (a.line === b.line && a.character <= b.character);
    const within = (inner: DocumentSymbol["range"], outer: DocumentSymbol["range"]) =>
      before(outer.start, inner.start) && before(inner.end, outer.end);
    for (const { path, text } of strettoFiles) {
      const document = editor.open(path, text);
      const check = (symbol: DocumentSymbol): void => {
        expect([symbol.name, within(symbol.selectionRange, symbol.range)]).toEqual([symbol.name, true]);
        for (const child of symbol.children ?? []) {
          expect([child.name, within(child.range, symbol.range)]).toEqual([child.name, true]);
          check(child);
        }
      };
      for (const symbol of await editor.ask<DocumentSymbol[]>("textDocument/documentSymbol", document)) check(symbol);
    }
  });
});
