import { afterEach, expect, test, vi } from "vitest";
import { requests, type CheckedClaim } from "../../../lsp/protocol.js";
import { startBackgroundWorker } from "../../../lsp/node/background.js";
import { localBackground, soon } from "../../support/background.js";
import { openEditor, type Editor, type OpenDocument } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";
import type { CodeLens } from "vscode-languageserver";

async function resultsLens(editor: Editor, document: OpenDocument): Promise<string> {
  const lenses = await editor.ask<CodeLens[]>("textDocument/codeLens", document);
  const lens = await editor.connection.sendRequest<CodeLens>("codeLens/resolve", lenses.at(-1)!);
  return lens.command!.title;
}

const checked = smallProgram
  .replace("param tokens = 1024, hidden = 512", "param tokens = 64, hidden = 32")
  .replace("  no deadlock\n", "  same result as mlp within 1e-2\n  no deadlock\n")
  .concat("check plain {\n  messages <= 12\n  for tokens in 4 .. 256 step 4\n}\n")
  .concat("check plain {\n  bytes moved <= 20 KB\n  for tokens in 4 .. 256 step 4\n}\n");

test("a thread of its own predicts, runs checks with results that are computed, and their lenses say what came of it", async () => {
  const editor = await openEditor({ background: startBackgroundWorker });
  const document = editor.open("a.stretto", checked);
  const { uri } = document;
  expect(await resultsLens(editor, document)).toBe("not checked yet");
  const run = (more: object) => editor.connection.sendRequest<CheckedClaim[]>(requests.runChecks, { uri, ...more });
  const eager = await run({ subject: "eager" });
  expect(eager.map(({ claim, holds }) => [claim, holds])).toEqual([
    ["same result as mlp within 1.0e-2", true],
    ["no deadlock", true],
    ["rounds == 3", true],
    ["hides 100.0 % of communication", false],
  ]);
  expect(eager.at(-1)!.message).toContain("hides");
  const lines = document.text.split("\n");
  for (const { claim, range } of eager) expect(lines[range.start.line]).toContain(claim.split(" ")[0]);

  const plain = await run({ subject: "plain", seed: 3, runs: 5 });
  const failing = plain.filter(({ holds }) => !holds);
  expect(failing).toHaveLength(1);
  // At the `for`, with the command that repeats it.
  expect(lines[failing[0]!.range.start.line]).toContain("for tokens");
  expect(failing[0]!.repeat).toMatch(/^stretto check \S*a\.stretto --set tokens=\d+$/);
  expect(await resultsLens(editor, document)).toMatch(/^1 of 2 fails: bytes moved/);
  editor.replace(document, `${checked}\n`);
  expect(await resultsLens(editor, document)).toBe("not checked yet");
});

afterEach(() => void vi.unstubAllGlobals());

test("where no memory can be shared, as on most pages, results are computed on the background's own thread", async () => {
  vi.stubGlobal("SharedArrayBuffer", undefined);
  const editor = await openEditor({ background: localBackground() });
  const twice = checked.replace("within 1e-2\n", "within 1e-2\n  same result as mlp within 1e-9\n");
  const { uri } = editor.open("a.stretto", twice);
  const claims = await editor.connection.sendRequest<CheckedClaim[]>(requests.runChecks, { uri, subject: "eager" });
  expect(claims.slice(0, 2).map(({ claim, holds }) => [claim, holds])).toEqual([
    ["same result as mlp within 1.0e-2", true],
    ["same result as mlp within 1.0e-9", false],
  ]);
});

test("predictions of a thread come to the lenses", async () => {
  const editor = await openEditor({ background: startBackgroundWorker });
  const document = editor.open("a.stretto", smallProgram);
  const titles = async () => {
    const lenses = await editor.ask<CodeLens[]>("textDocument/codeLens", document);
    const later = lenses.filter(({ command }) => command === undefined);
    const resolved = later.map((lens) => editor.connection.sendRequest<CodeLens>("codeLens/resolve", lens));
    return (await Promise.all(resolved)).map(({ command }) => command!.title);
  };
  await expect.poll(async () => (await titles())[1], soon).toMatch(/x plain, [\d.]+ of bound$/);
});
