import fc from "fast-check";
import { expect, test } from "vitest";
import type { CodeAction, Diagnostic } from "vscode-languageserver";
import { tokenize } from "../../../grammar/lexer.js";
import { formatText } from "../../../grammar/prettier-plugin.js";
import { edited, offered, resolved } from "../../support/actions.js";
import { localBackground } from "../../support/background.js";
import { openEditor, pullingClient, type Editor, type OpenDocument } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

/** Of which none takes seconds to check. */
const texts = strettoFiles
  .filter(({ path, text }) => path.startsWith("examples/") && text.length < 8000)
  .map(({ text }) => text);

async function problemsOf(editor: Editor, document: OpenDocument): Promise<string[]> {
  const report = await editor.ask<{ items: Diagnostic[] }>("textDocument/diagnostic", document);
  return report.items.map(({ code, message }) => `${code} ${message}`).sort();
}

/** Schedules, statements of layers, one or two, params, and calls that are returned. */
const worthATry = /^(schedule \w+|  let .*(\n  let .*)?|param \w+|  return \w+(?=\())/gm;

/** What of a list is not in another, each as often as it is more often there. */
function without(list: readonly string[], known: readonly string[]): string[] {
  const left = [...known];
  return list.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

test("what a refactoring leaves has no new diagnostics, and is formatted where the text was", async () => {
  const editor = await openEditor({ client: pullingClient, background: localBackground() });
  let made = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...texts), fc.nat(), fc.nat(), async (text, at, which) => {
      const places = [...text.matchAll(worthATry)];
      const { index, 0: found } = places[at % places.length]!;
      const [start, end] = [index + found.search(/\w+\W*$/), index + found.length];
      const from = found.startsWith("  let") ? index : start;
      const document = editor.open("a.stretto", `${text.slice(0, from)}«${text.slice(from, end)}»${text.slice(end)}`);
      const before = await problemsOf(editor, document);
      const actions = await offered(editor, document, ["refactor"]);
      if (actions.length === 0) return;
      const action = await resolved(editor, actions[which % actions.length]!);
      if (action.disabled) return;
      const after = editor.replace(document, edited(document, action.edit));
      expect(without(await problemsOf(editor, after), before)).toEqual([]);
      expect(after.text).toBe(await formatText(after.text));
      expect(after.text).not.toBe(text);
      made++;
    }),
    { numRuns: 25 },
  );
  expect(made).toBeGreaterThan(10);
}, 240_000);

test("what a quick fix mends is not told again", async () => {
  const editor = await openEditor({ client: pullingClient });
  let mended = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...texts), fc.nat(), fc.nat(), async (text, at, which) => {
      const names = tokenize(text).tokens.filter(({ image }) => /^[a-z_]{4,}$/.test(image));
      const { startOffset } = names[at % names.length]!;
      // A letter that is missing.
      const mistyped = `${text.slice(0, startOffset + 1)}${text.slice(startOffset + 2)}`;
      const whole = `«${mistyped}»`;
      const document = editor.open("a.stretto", whole);
      const before = await problemsOf(editor, document);
      const actions: CodeAction[] = await offered(editor, document, ["quickfix"]);
      if (actions.length === 0) return;
      const { edit, diagnostics } = actions[which % actions.length]!;
      const after = await problemsOf(editor, editor.replace(document, edited(document, edit)));
      const { code, message } = diagnostics![0]!;
      expect(without(before, after)).toContain(`${code} ${message}`);
      mended++;
    }),
    { numRuns: 25 },
  );
  expect(mended).toBeGreaterThan(10);
}, 240_000);
