import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit, typedEdit } from "../../support/edits.js";
import { openEditor } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

/** All that is asked of a place, with what each is told beside it. */
const requests: readonly (readonly [method: string, more: object])[] = [
  ["textDocument/definition", {}],
  ["textDocument/typeDefinition", {}],
  ["textDocument/references", { context: { includeDeclaration: true } }],
  ["textDocument/documentHighlight", {}],
  ["textDocument/linkedEditingRange", {}],
  ["textDocument/documentSymbol", {}],
  ["textDocument/documentLink", {}],
  ["textDocument/semanticTokens/full", {}],
  ["textDocument/hover", {}],
  ["textDocument/codeLens", {}],
  ["textDocument/prepareCallHierarchy", {}],
  ["textDocument/inlayHint", { range: { start: { line: 0, character: 0 }, end: { line: 1e4, character: 0 } } }],
];

test("whatever a text has become, every question has an answer, and a renaming one or a reason", async () => {
  const texts = strettoFiles.map(({ text }) => text).filter((text) => text.length < 6000);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.array(typedEdit, { maxLength: 8 }),
      fc.array(fc.nat(10_000), { minLength: 1, maxLength: 4 }),
      async (text, edits, places) => {
        const editor = await openEditor();
        const document = editor.open("a.stretto", edits.reduce(applyEdit, text));
        for (const place of places) {
          const position = document.positionAt(place % (document.text.length + 1));
          for (const [method, more] of requests) await editor.ask(method, document, { position, ...more });
          const renaming = editor.ask("textDocument/rename", document, { position, newName: "fresh_name" });
          const outcome = await renaming.then(
            () => "edits",
            (refusal: { code: number }) => refusal.code,
          );
          expect(["edits", -32600]).toContain(outcome);
        }
      },
    ),
    { numRuns: 8 },
  );
});
