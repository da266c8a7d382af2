import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEdit, typedEdit } from "../../support/edits.js";
import { ableClient, openEditor } from "../../support/editor.js";
import { askEverything, unknownCapabilities } from "../../support/requests.js";
import { strettoFiles } from "../../support/stretto-files.js";

/** Small enough that all requests of a place take no minute. */
const texts = strettoFiles
  .filter(({ path, text }) => path.startsWith("examples/") && text.length < 8000)
  .map(({ text }) => text);

test("every request that the server says it answers is asked below", async () => {
  const editor = await openEditor({ client: ableClient });
  expect(unknownCapabilities(editor.answer.capabilities)).toEqual([]);
});

test("no request is answered by an error, wherever it is about, in an example cut off anywhere, then typed in", async () => {
  const editor = await openEditor({ client: ableClient });
  let document = editor.open("a.stretto", "");
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...texts),
      fc.record({ cut: fc.nat(), isWhole: fc.boolean(), at: fc.nat(), length: fc.nat(300), item: fc.nat() }),
      fc.array(typedEdit, { maxLength: 8 }),
      async (text, { cut, isWhole, at, length, item }, edits) => {
        const before = isWhole ? text : text.slice(0, cut % text.length);
        document = editor.replace(document, edits.reduce(applyEdit, before));
        const offset = at % (document.text.length + 1);
        const end = Math.min(document.text.length, offset + length);
        const one = (items: unknown[]) => (items.length === 0 ? [] : [items[item % items.length]]);
        await askEverything(editor, { document, offset, end }, one);
      },
    ),
    { numRuns: 60 },
  );
}, 240_000);

test("no request is answered by an error where there is nothing, or only a part of a word", async () => {
  const editor = await openEditor({ client: ableClient });
  let document = editor.open("a.stretto", "");
  for (const text of ["", "\n", "p", "param ", "layer f(", "schedule s of", "/", "import { ", "\u{1F600}"]) {
    document = editor.replace(document, text);
    await askEverything(editor, { document, offset: text.length, end: text.length }, (items) => items.slice(0, 3));
  }
}, 60_000);
