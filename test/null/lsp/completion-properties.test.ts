import fc from "fast-check";
import type { CompletionItem, TextEdit } from "vscode-languageserver";
import { expect, test } from "vitest";
import { expectedAt } from "../../../grammar/expected.js";
import { tokenize } from "../../../grammar/lexer.js";
import { createRereader, type Rereader } from "../../../grammar/reread.js";
import { keywords, type Keyword } from "../../../grammar/tokens.js";
import { completeIn, unfilled } from "../../support/complete.js";
import { continuations } from "../../support/continuations.js";
import { openEditor, type Editor, type OpenDocument } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

const examples = strettoFiles.filter(({ path }) => path.startsWith("examples/"));

/** Anywhere in any example, but not between the characters of one symbol: where that is cut in two, it is wrong already. */
const places = fc
  .constantFrom(...examples)
  .chain(({ path, text }) => fc.record({ path: fc.constant(path), offset: fc.nat(text.length) }))
  .filter(({ path, offset }) => !insideSymbols.get(path)!.has(offset));

const insideSymbols: ReadonlyMap<string, ReadonlySet<number>> = new Map(
  examples.map(({ path, text }) => {
    const symbols = tokenize(text).tokens.filter(({ image }) => /^\W/.test(image) && !image.startsWith('"'));
    return [path, new Set(symbols.flatMap(({ image, startOffset }) => inside(startOffset, image.length)))];
  }),
);

function inside(start: number, length: number): number[] {
  return Array.from({ length: length - 1 }, (_, index) => start + index + 1);
}

interface Opened {
  readonly editor: Editor;
  readonly documents: ReadonlyMap<string, OpenDocument>;
  readonly readers: ReadonlyMap<string, Rereader>;
}

async function openExamples(): Promise<Opened> {
  const editor = await openEditor();
  const documents = new Map(examples.map(({ path, text }) => [path, editor.open(path, text)]));
  return { editor, documents, readers: new Map(examples.map(({ path }) => [path, createRereader()])) };
}

/** Names that are no words of the grammar are read alike: one of them stands for all. */
function unlike(items: readonly CompletionItem[]): CompletionItem[] {
  const plain = items.filter(({ textEdit }) => isPlainName(textEdit!.newText));
  return [...items.filter(({ textEdit }) => !isPlainName(textEdit!.newText)), ...plain.slice(0, 1)];
}
const isPlainName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text) && !Object.hasOwn(keywords, text);

test("nothing is offered that cannot be read where it is put", async () => {
  const { editor, documents, readers } = await openExamples();
  await fc.assert(
    fc.asyncProperty(places, async ({ path, offset }) => {
      const document = documents.get(path)!;
      const expected = expectedAt(document.text, offset);
      for (const item of unlike(await completeIn(editor, document, offset))) {
        if (expected === undefined) continue;
        const { newText } = item.textEdit as TextEdit;
        const put = item.insertTextFormat === 2 ? unfilled(newText) : newText;
        const { start, end } = expected.span;
        const opens = expected.keywords.get(put as Keyword)?.some((rules) => rules.length === 2);
        const after = (opens ? continuations[put as Keyword] : undefined) ?? document.text.slice(end);
        const { errors } = readers.get(path)!.read(document.text.slice(0, start) + put + after);
        const wrong = errors.filter((error) => error.span.start < start + put.length);
        expect({ put, wrong }).toEqual({ put, wrong: [] });
      }
    }),
  );
});

test("the word that stands somewhere is offered there", async () => {
  const { editor, documents } = await openExamples();
  await fc.assert(
    fc.asyncProperty(places, async ({ path, offset }) => {
      const document = documents.get(path)!;
      const expected = expectedAt(document.text, offset);
      const typed = document.text.slice(expected?.span.start, expected?.span.end);
      // What is named there for the first time is no one's to offer.
      const isNew = ["new", "free"].some((role) => expected?.names.has(role as "new"));
      if (expected === undefined || typed === "" || (isNew && !expected.keywords.has(typed as Keyword))) return;
      const labels = (await completeIn(editor, document, offset)).map(({ label }) => label);
      expect(labels).toContain(typed);
    }),
  );
});

test("something can be said of any text, however broken", async () => {
  const { editor } = await openExamples();
  const document = editor.open("broken.stretto", "");
  await fc.assert(
    fc.asyncProperty(places, fc.nat(200), fc.boolean(), fc.nat(400), async ({ path, offset }, length, twice, back) => {
      const { text } = examples.find((example) => example.path === path)!;
      const start = twice ? Math.max(0, offset - length) : offset + length;
      const broken = editor.replace(document, text.slice(0, offset) + text.slice(start));
      const items = await completeIn(editor, broken, Math.max(0, offset - back));
      expect(items.every(({ label }) => label !== "")).toBe(true);
    }),
  );
});
