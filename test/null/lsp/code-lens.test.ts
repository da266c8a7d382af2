import type { CodeLens } from "vscode-languageserver";
import { expect, test } from "vitest";
import { heldBackground, localBackground, soon } from "../../support/background.js";
import { openEditor, type Editor, type OpenDocument } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";

const summary = /^[\d.]+ us, [\d.]+ % hidden, [\d.]+ x plain, [\d.]+ of bound$/;

async function lensesOf(editor: Editor, document: OpenDocument): Promise<CodeLens[]> {
  return editor.ask<CodeLens[]>("textDocument/codeLens", document);
}

/** Titles by line, resolved. */
async function titlesOf(editor: Editor, document: OpenDocument): Promise<string[]> {
  const lines = document.text.split("\n");
  const lenses = await lensesOf(editor, document);
  return Promise.all(
    lenses.map(async (lens) => {
      const { command } = lens.command ? lens : await editor.connection.sendRequest<CodeLens>("codeLens/resolve", lens);
      return `${lines[lens.range.start.line]!.trim().split(" {")[0]} | ${command!.title}`;
    }),
  );
}

test("schedules and checks say what can be done with them, and what was predicted", async () => {
  const editor = await openEditor({ background: localBackground() });
  const document = editor.open("a.stretto", smallProgram);
  const early = await titlesOf(editor, document);
  expect(early).toEqual([
    "schedule plain of mlp | Simulate",
    "schedule plain of mlp | Run",
    "schedule plain of mlp | predicting ..",
    "schedule eager of mlp | Simulate",
    "schedule eager of mlp | Check",
    "schedule eager of mlp | Run",
    "schedule eager of mlp | predicting ..",
    "overlap y -> out by shard | why does out wait?",
    "check eager | Check",
    "check eager | not checked yet",
  ]);
  await expect.poll(async () => (await titlesOf(editor, document))[6], soon).toMatch(/us/);
  const late = await titlesOf(editor, document);
  expect(late[2]).toMatch(/^schedule plain of mlp \| [\d.]+ us, [\d.]+ % hidden, [\d.]+ of bound$/);
  expect(late[6]!.split(" | ")[1]).toMatch(summary);
});

test("a lens stands above the name of its schedule, and asks why at the value that waits", async () => {
  const editor = await openEditor({ background: heldBackground().start });
  const marked = smallProgram.replace("schedule eager", "schedule «eager»").replace("y -> out", "y -> ┆out");
  const document = editor.open("a.stretto", marked);
  const lenses = await lensesOf(editor, document);
  const own = lenses.filter(({ command }) => command?.arguments?.[1] === "eager" && command.title !== "Check");
  expect(own.map(({ range }) => range)).toEqual([document.range(), document.range()]);
  const why = lenses.find(({ command }) => command?.command === "stretto.why");
  expect(why!.command!.arguments).toEqual([document.uri, document.cursor()]);
});

test("lenses are there at once whatever the background does, and none where they are not wanted", async () => {
  const background = heldBackground();
  const editor = await openEditor({ background: background.start });
  const document = editor.open("a.stretto", smallProgram);
  await expect.poll(() => background.jobs.length, soon).toBe(1);
  expect(await titlesOf(editor, document)).toContain("schedule eager of mlp | predicting ..");
  const quiet = await openEditor({ settings: { codeLens: false } });
  expect(await lensesOf(quiet, quiet.open("a.stretto", smallProgram))).toEqual([]);
  // Where nothing can be predicted, nothing says that it will be.
  const without = await openEditor();
  const titles = await titlesOf(without, without.open("a.stretto", smallProgram));
  expect(titles.join()).not.toContain("predicting");
});

test("an edit meanwhile discards what was asked, and one that means the same does not", async () => {
  const background = heldBackground();
  const editor = await openEditor({ background: background.start });
  let document = editor.open("a.stretto", smallProgram);
  await expect.poll(() => background.jobs.length, soon).toBe(1);
  document = editor.replace(document, `// A comment.\n${smallProgram}`);
  await titlesOf(editor, document);
  expect(background.ended()).toBe(0);
  document = editor.replace(document, smallProgram.replace("tokens = 1024", "tokens = 2048"));
  await expect.poll(() => background.jobs.length, soon).toBe(2);
  expect(background.ended()).toBe(1);
  background.release();
  await expect.poll(async () => (await titlesOf(editor, document))[6], soon).toMatch(/us/);
  expect(background.jobs.map(({ snapshot }) => JSON.stringify(snapshot).includes("2048"))).toEqual([false, true, true]);
});

test("a schedule that is edited is predicted anew, others are not", async () => {
  const background = heldBackground();
  background.release();
  const editor = await openEditor({ background: background.start });
  let document = editor.open("a.stretto", smallProgram);
  await expect.poll(async () => (await titlesOf(editor, document))[6], soon).toMatch(/us/);
  expect(background.jobs).toHaveLength(2);
  document = editor.replace(document, smallProgram.replace("  order y as out\n", ""));
  await expect.poll(() => background.jobs.length, soon).toBe(3);
  await expect.poll(async () => (await titlesOf(editor, document))[6], soon).toMatch(/us/);
  expect(background.jobs.map(({ ask }) => ask)).toEqual([
    { kind: "predict", schedule: 0 },
    { kind: "predict", schedule: 1 },
    { kind: "predict", schedule: 1 },
  ]);
});

test("a file with errors is not predicted, a schedule that cannot be planned says why", async () => {
  const background = heldBackground();
  background.release();
  const editor = await openEditor({ background: background.start });
  const broken = editor.open("a.stretto", smallProgram.replace("matmul(x, w)", "matmul(x, v)"));
  expect(await titlesOf(editor, broken)).toContain("schedule plain of mlp | not predicted: the file has errors");
  const fine = editor.replace(
    broken,
    smallProgram.replace("overlap y -> out by shard", "overlap y -> out by hidden(96)"),
  );
  await expect
    .poll(async () => (await titlesOf(editor, fine)).find((title) => title.includes("cannot be planned")), soon)
    .toBeDefined();
  expect(background.jobs.every(({ snapshot }) => !JSON.stringify(snapshot).includes("matmul(x, v)"))).toBe(true);
});
