import { expect, test } from "vitest";
import type { FoldingRange } from "vscode-languageserver";
import { openEditor, pullingClient } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

test("declarations, blocks, comments and the imports can be folded, all but a last line of brackets", async () => {
  const editor = await openEditor();
  const document = editor.open(
    "a.stretto",
    `«import { a } from "std/ops"
import { b } from "std/ops"»

«// One
// two»
«layer f(
  x: bf16[n],
) -> y: bf16[n] {
  «when n == 1 {
    // alone
    let y = x»
  }
  return x»
}
param a = 1
`,
  );
  const ranges = await editor.ask<FoldingRange[]>("textDocument/foldingRange", document);
  const marked = document.ranges.map((_, index) => document.range(index));
  expect(ranges.map(({ startLine, endLine }) => [startLine, endLine])).toEqual(
    marked.map(({ start, end }) => [start.line, end.line]),
  );
  expect(ranges.map(({ kind }) => kind)).toEqual(["imports", "comment", undefined, undefined]);
});

test("in every file they nest, lie in it, and begin on lines of their own", async () => {
  const editor = await openEditor({ client: pullingClient });
  for (const { path, text } of strettoFiles) {
    const document = editor.open(path.replaceAll("/", "-"), text);
    const ranges = await editor.ask<FoldingRange[]>("textDocument/foldingRange", document);
    const lines = text.split("\n").length;
    for (const [index, { startLine, endLine }] of ranges.entries()) {
      expect(startLine).toBeLessThan(endLine);
      expect(endLine).toBeLessThan(lines);
      for (const other of ranges.slice(index + 1)) {
        expect(other.startLine).toBeGreaterThan(startLine);
        expect(other.startLine > endLine || other.endLine <= endLine).toBe(true);
      }
    }
  }
}, 60_000);
