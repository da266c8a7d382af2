import { expect, test } from "vitest";
import type { FoldingRange } from "vscode-languageserver";
import { openEditor, pullingClient } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

async function foldingRanges(source: string) {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  return editor.ask<FoldingRange[]>("textDocument/foldingRange", document);
}

test("declarations, blocks, comments and the imports can be folded", async () => {
  const ranges = await foldingRanges(`import { a } from "std/ops"
import { b } from "std/ops"

// One
// two
layer f(
  x: bf16[n],
) -> y: bf16[n] {
  when n == 1 {
    // alone
    let y = x
  }
  return x
}
param a = 1
`);
  expect(ranges).toEqual([
    { startLine: 0, endLine: 1, kind: "imports" },
    { startLine: 3, endLine: 4, kind: "comment" },
    { startLine: 5, endLine: 12 },
    { startLine: 8, endLine: 10 },
  ]);
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
