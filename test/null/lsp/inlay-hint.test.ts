import type { InlayHint, MarkupContent } from "vscode-languageserver";
import { expect, test } from "vitest";
import { heldBackground, localBackground, soon } from "../../support/background.js";
import { modernClient, openEditor, type Editor, type OpenDocument } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";

const all = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };

async function hintsOf(editor: Editor, document: OpenDocument, range: object = all): Promise<InlayHint[]> {
  return editor.ask<InlayHint[]>("textDocument/inlayHint", document, { range });
}

/** Each after the word that it stands behind. */
function shown(hints: readonly InlayHint[], document: OpenDocument): string[] {
  const lines = document.text.split("\n");
  return hints.map(({ position: { line, character }, label }) => {
    const before = /\w*\W?$/.exec(lines[line]!.slice(0, character))![0];
    return `${before}|${label as string}`;
  });
}

test("types and bytes are there at once, each by its setting, and times once they are predicted", async () => {
  const editor = await openEditor({ background: localBackground() });
  const document = editor.open("a.stretto", smallProgram);
  const early = shown(await hintsOf(editor, document), document);
  expect(early).toEqual(["y|: bf16[tokens, hidden] pending sum over tp", "reduce_scatter|: 3.146 MB"]);
  await expect.poll(async () => (await hintsOf(editor, document)).length, soon).toBe(4);
  const late = shown(await hintsOf(editor, document), document);
  expect(late.slice(2)).toEqual([
    expect.stringMatching(/^w\)\|[\d.]+ ns$/),
    expect.stringMatching(/^tokens\)\|[\d.]+ us$/),
  ]);

  const quiet = await openEditor({
    background: localBackground(),
    settings: { inlayHints: { types: false, bytes: false, times: false } },
  });
  expect(await hintsOf(quiet, quiet.open("a.stretto", smallProgram))).toEqual([]);
});

test("a hint stands right behind what it is about", async () => {
  const editor = await openEditor();
  const marked = smallProgram.replace("let y", "let y┆").replace("reduce_scatter", "reduce_scatter┆");
  const document = editor.open("a.stretto", marked);
  const positions = (await hintsOf(editor, document)).map(({ position }) => position);
  expect(positions).toEqual([document.cursor(0), document.cursor(1)]);
});

test("a written type is not repeated, and only what is visible is told", async () => {
  const editor = await openEditor();
  const written = smallProgram.replace("let y =", "let y: bf16[tokens, hidden] pending sum over tp =");
  const document = editor.open("a.stretto", written);
  expect(shown(await hintsOf(editor, document), document)).toEqual(["reduce_scatter|: 3.146 MB"]);
  expect(await hintsOf(editor, document, { start: all.start, end: { line: 5, character: 0 } })).toEqual([]);
});

test("more is told of a hint when it is asked for", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", smallProgram);
  const [type, bytes] = await hintsOf(editor, document);
  const resolve = async (hint: InlayHint) =>
    ((await editor.connection.sendRequest<InlayHint>("inlayHint/resolve", hint)).tooltip as MarkupContent).value;
  expect(await resolve(type!)).toContain("1.049 MB on each rank");
  expect(await resolve(bytes!)).toContain("at most 786.4 KB to one rank");
});

test("a layer with an error has the types that are known", async () => {
  const editor = await openEditor();
  const document = editor.open(
    "a.stretto",
    smallProgram.replace("reduce_scatter(y, tokens)", "reduce_scatter(z, tokens)"),
  );
  expect(shown(await hintsOf(editor, document), document)).toEqual(["y|: bf16[tokens, hidden] pending sum over tp"]);
});

test("the client is told when there is more to show, and nothing waits for it", async () => {
  const background = heldBackground();
  const client = {
    ...modernClient,
    workspace: { inlayHint: { refreshSupport: true }, codeLens: { refreshSupport: true } },
  };
  const editor = await openEditor({ client, background: background.start });
  const refreshed: string[] = [];
  for (const method of ["workspace/inlayHint/refresh", "workspace/codeLens/refresh"])
    editor.connection.onRequest(method, () => void refreshed.push(method));
  const document = editor.open("a.stretto", smallProgram);
  await expect.poll(() => background.jobs.length, soon).toBe(1);
  expect(await hintsOf(editor, document)).toHaveLength(2);
  expect(refreshed).toEqual([]);
  background.release();
  await expect.poll(() => new Set(refreshed).size, soon).toBe(2);
});

test("bytes are those of the tables and meshes as they are, also of statements that nobody edits", async () => {
  const routed = `import { h800_node } from "std/machines"
import { dispatch } from "std/ops"
param tokens = 64, hidden = 16, experts = 8
mesh on h800_node { ep: 4 }
table gate: tokens -> experts, top(2) = uniform seed 1
layer moe(x: bf16[tokens/ep, hidden]) -> sent: bf16[rows(gate)/ep by to, hidden] { return dispatch(x, gate) }
`;
  const editor = await openEditor();
  let document = editor.open("a.stretto", routed);
  for (const [from, to] of [
    ["uniform seed 1", "one(0)"],
    ["top(2)", "top(1)"],
    ["ep: 4", "ep: 2"],
    ["hidden = 16", "hidden = 32"],
    ["param tokens", "// Nothing new.\nparam tokens"],
  ] as const) {
    await hintsOf(editor, document);
    document = editor.replace(document, document.text.replace(from, to));
    const fresh = await openEditor();
    const anew = fresh.open("a.stretto", document.text);
    expect(shown(await hintsOf(editor, document), document), to).toEqual(shown(await hintsOf(fresh, anew), anew));
  }
  expect(shown(await hintsOf(editor, document), document)).toEqual([expect.stringMatching(/^dispatch\|: [\d.]+ KB$/)]);
});
