import fc from "fast-check";
import { expect, test } from "vitest";
import type { SelectionRange } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { openEditor, pullingClient } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

/** From the innermost outwards. */
function textsOf(document: TextDocument, selection: SelectionRange | undefined): string[] {
  return selection ? [document.getText(selection.range), ...textsOf(document, selection.parent)] : [];
}

async function selections(source: string) {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  const positions = document.cursors.map((_, index) => document.cursor(index));
  const found = await editor.ask<SelectionRange[]>("textDocument/selectionRange", document, { positions });
  const text = TextDocument.create(document.uri, "stretto", 1, document.text);
  return found.map((selection) => textsOf(text, selection));
}

test("a selection grows by what stands around it in the tree", async () => {
  const layer = `layer f(x: bf16[n]) -> y: bf16[n] {
  let a = x
  return add(a, scale(┆x, 2))
}`;
  const [found] = await selections(`param n = 8\n${layer}\n`);
  const plain = layer.replace("┆", "");
  const body = plain.slice(plain.indexOf("{"));
  expect(found).toEqual([
    ...["x", "x, 2", "(x, 2)", "scale(x, 2)", "a, scale(x, 2)", "(a, scale(x, 2))", "add(a, scale(x, 2))"],
    ...["return add(a, scale(x, 2))", body.slice(1, -1).trim(), body, plain, `param n = 8\n${plain}\n`],
  ]);
});

test("a verb of a schedule, and a comment", async () => {
  const [verb, comment] = await selections("schedule s of f {\n  // wh┆y\n  split n into ┆2\n}\n");
  expect(verb!.slice(0, 1)).toEqual(["// why"]);
  expect(comment!.slice(0, 2)).toEqual(["2", "split n into 2"]);
});

test("at any place of any file they nest and hold the place", async () => {
  const editor = await openEditor({ client: pullingClient });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...strettoFiles),
      fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
      async ({ path, text }, places) => {
        const document = editor.open(path.replaceAll("/", "-"), text.replaceAll(/[«»┆]/g, "x"));
        const positions = places.map((place) => document.positionAt(place % (document.text.length + 1)));
        const found = await editor.ask<SelectionRange[]>("textDocument/selectionRange", document, { positions });
        const lines = TextDocument.create(document.uri, "stretto", 1, document.text);
        found.forEach((selection, index) => {
          const offset = lines.offsetAt(positions[index]!);
          let inner = { start: offset, end: offset };
          for (let one: SelectionRange | undefined = selection; one; one = one.parent) {
            const outer = { start: lines.offsetAt(one.range.start), end: lines.offsetAt(one.range.end) };
            expect(outer.start <= inner.start && inner.end <= outer.end).toBe(true);
            inner = outer;
          }
          expect(inner).toEqual({ start: 0, end: document.text.length });
        });
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
