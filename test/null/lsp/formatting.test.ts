import { describe, expect, test } from "vitest";
import type { TextEdit } from "vscode-languageserver";
import { minimalEdits } from "../../../lsp/documents/minimal-edits.js";
import fc from "fast-check";
import { openEditor, type OpenDocument } from "../../support/editor.js";
import { applyTextEdits } from "../../support/text-edits.js";

const options = { tabSize: 2, insertSpaces: true };

async function format(source: string, method: string, more?: (document: OpenDocument) => object) {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  const edits = await editor.ask<TextEdit[]>(`textDocument/${method}`, document, { options, ...more?.(document) });
  return { edits, text: applyTextEdits(document.text, edits) };
}

test("a document is formatted, and only lines that differ are edited", async () => {
  const { edits, text } = await format("param a = 1\nparam   b=2\n\n\n\nparam c = 3", "formatting");
  expect(text).toBe("param a = 1\nparam b = 2\n\nparam c = 3\n");
  expect(edits.map(({ range }) => range.start.line)).toEqual([1, 5]);
});

test("a declaration that cannot be read hides no other from the formatter", async () => {
  const { text } = await format("param   a=1\nlayer f(x  : bf16[a]) -> {\n  ? ?\n}\nparam   b=2", "formatting");
  expect(text).toBe("param a = 1\nlayer f(x  : bf16[a]) -> {\n  ? ?\n}\nparam b = 2\n");
});

test("a document with the line breaks of Windows keeps them", async () => {
  const { text } = await format("param   a=1\r\nparam b = 2\r\n\r\n\r\nparam   c=3\r\n", "formatting");
  expect(text).toBe("param a = 1\r\nparam b = 2\r\n\r\nparam c = 3\r\n");
});

describe("a range", () => {
  const inRange = (source: string) => format(source, "rangeFormatting", (document) => ({ range: document.range() }));

  test("is the declarations that it touches", async () => {
    const { text } = await inRange("param   a=1\npar«am   b=2 // two\nparam»   c=3\nparam   d=4");
    expect(text).toBe("param   a=1\nparam b = 2 // two\nparam c = 3\nparam   d=4");
  });

  test("is the statements that it touches, where it stays in a body", async () => {
    const source = "layer   f(x: bf16[a]) -> y: bf16[a] {\n  let   p=x\n   // why\n  let  «q»=p\n  return   q\n}\n";
    const { text } = await inRange(source);
    expect(text).toBe("layer   f(x: bf16[a]) -> y: bf16[a] {\n  let   p=x\n  // why\n  let q = p\n  return   q\n}\n");
  });

  test("is nothing where it holds only space", async () => {
    expect((await inRange("param   a=1\n«\n»\nparam   b=2")).edits).toEqual([]);
  });

  test("several are formatted together", async () => {
    const { text } = await format("«param   a=1»\nparam   b=2\n«param   c=3»", "rangesFormatting", (document) => ({
      ranges: [document.range(0), document.range(1)],
    }));
    expect(text).toBe("param a = 1\nparam   b=2\nparam c = 3\n");
  });
});

describe("as it is typed", () => {
  const after = (ch: string, source: string) =>
    format(source, "onTypeFormatting", (document) => ({ ch, position: document.cursor() }));

  test("a closing brace formats what it closes", async () => {
    const { text } = await after("}", "param   a=1\nschedule s   of f {\n   tile y by (2,2)\n}┆\nparam   b=2\n");
    expect(text).toBe("param   a=1\nschedule s of f {\n  tile y by (2, 2)\n}\nparam   b=2\n");
  });

  test("a new line formats the one before it", async () => {
    const { text } = await after("\n", "schedule s of f {\n  tile y   by (2,2)\n  ┆\n}\n");
    expect(text).toBe("schedule s of f {\n  tile y by (2, 2)\n  \n}\n");
    expect((await after("\n", "param   a=1\n┆")).text).toBe("param a = 1\n");
  });

  test("a new line is not taken away again", async () => {
    expect((await after("\n", "schedule s of f {\n  ┆\n}\n")).edits).toEqual([]);
    expect((await after("\n", "param a = 1\n\n\n┆\n")).edits).toEqual([]);
  });
});

test("minimal edits make the one text of the other", () => {
  const line = fc.constantFrom("a\n", "b\n", "\n", "  a\n", "c");
  const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(""));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const edits = minimalEdits(before, after);
      let made = "";
      let at = 0;
      for (const { span, newText } of edits) {
        expect(span.start).toBeGreaterThanOrEqual(at);
        made += before.slice(at, span.start) + newText;
        at = span.end;
      }
      expect(made + before.slice(at)).toBe(after);
    }),
    { numRuns: 2000 },
  );
});
