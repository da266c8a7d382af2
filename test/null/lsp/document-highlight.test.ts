import { describe, expect, test } from "vitest";
import { DocumentHighlightKind, type DocumentHighlight } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

const sorted = (places: readonly { range: DocumentHighlight["range"] }[]) =>
  places.map(({ range }) => range).sort((a, b) => a.start.line - b.start.line || a.start.character - b.start.character);

describe("highlights", () => {
  async function highlights(source: string) {
    const editor = await openEditor();
    const document = editor.open("a.stretto", source);
    const found = await editor.ask<DocumentHighlight[]>("textDocument/documentHighlight", document, {
      position: document.cursor(),
    });
    return { document, found };
  }

  test("tell what sets a name from what reads it", async () => {
    const { document, found } = await highlights("param «to┆kens» = 8, n = «tokens»\nprofile p { «tokens» = 4 }\n");
    expect(sorted(found)).toEqual(document.ranges.map((_, index) => document.range(index)));
    expect(found.map(({ kind }) => kind)).toEqual([
      DocumentHighlightKind.Write,
      DocumentHighlightKind.Read,
      DocumentHighlightKind.Write,
    ]);
  });

  test("stay within the scope of a name", async () => {
    const { document, found } = await highlights(
      "op f(x: T[n, «┆k»]) -> T[n] = sum[«k»] x[n, «k»]\nop g(x: T[n, k]) -> T[n] = sum[k] x[n, k]\n",
    );
    expect(sorted(found)).toEqual(document.ranges.map((_, index) => document.range(index)));
  });

  test("are of words of the language too", async () => {
    const { found } = await highlights(
      "layer f(x: f32[4]) -> y: f32[4] {\n  let a = all_┆reduce(x)\n  return all_reduce(a)\n}\n",
    );
    expect(found).toHaveLength(2);
  });
});
