// What happens while an answer is made, and what goes wrong where nobody waits, does no harm.
import { expect, test } from "vitest";
import { LSPErrorCodes, type CodeAction } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { edited } from "../../../lsp/documents/edited.js";
import { offered } from "../../support/actions.js";
import { openEditor, pullingClient } from "../../support/editor.js";

/** Files of the folder are listed when it is let go. */
function heldList() {
  let letGo!: () => void;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let begin!: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const listFiles = async () => {
    begin();
    await held;
    return [];
  };
  return { begun, letGo, listFiles };
}

const modified = { code: LSPErrorCodes.ContentModified };

test.each(["textDocument/rename", "textDocument/references"])("%s of what has changed is refused", async (method) => {
  const { begun, letGo, listFiles } = heldList();
  const editor = await openEditor({ platform: { listFiles } });
  const document = editor.open("a.stretto", "param ┆n = 8\nparam m = n\n");
  const more = { position: document.cursor(), newName: "size", context: { includeDeclaration: true } };
  const asked = expect(editor.ask(method, document, more)).rejects.toMatchObject(modified);
  await begun;
  editor.edit(document, 0, 0, "// first\n");
  await editor.ask("textDocument/foldingRange", document);
  letGo();
  await asked;
});

test("a change of a program that has changed is refused", async () => {
  const { begun, letGo, listFiles } = heldList();
  const editor = await openEditor({ platform: { listFiles } });
  const document = editor.open("a.stretto", "param ┆n = 8\nparam m = n\n");
  const action = (await offered(editor, document)).find(({ title }) => /Inline/.test(title));
  const asked = editor.connection.sendRequest<CodeAction>("codeAction/resolve", action);
  const refused = expect(asked).rejects.toMatchObject(modified);
  await begun;
  editor.edit(document, 0, 0, "// first\n");
  await editor.ask("textDocument/foldingRange", document);
  letGo();
  await refused;
});

test("an edit makes another document", () => {
  const before = TextDocument.create("file:///a.stretto", "stretto", 1, "one\ntwo\n");
  const range = { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } };
  const after = edited(before, [{ range, text: "" }, { text: "three\n" }, { range, text: "four\n" }], 2);
  expect([before.getText(), before.positionAt(4)]).toEqual(["one\ntwo\n", { line: 1, character: 0 }]);
  expect([after.getText(), after.version, after.lineCount]).toEqual(["four\n", 2, 2]);
});

test("a client that refuses what it is asked, and what throws where nobody waits, end nothing", async () => {
  const logged: string[] = [];
  const editor = await openEditor({
    client: { ...pullingClient, workspace: { configuration: true, diagnostics: { refreshSupport: true } } },
    onConnection(connection) {
      connection.onNotification("window/logMessage", ({ message }: { message: string }) => void logged.push(message));
      for (const method of ["workspace/configuration", "workspace/diagnostic/refresh"])
        connection.onRequest(method, () => {
          throw new Error(`no ${method}`);
        });
    },
  });
  editor.open("b.stretto", "param b = 1\n");
  const document = editor.open("a.stretto", 'import { b } from "./b.stretto"\n');
  await expect.poll(() => logged.length).toBeGreaterThanOrEqual(2);
  expect(logged.join()).toMatch(/no workspace\/diagnostic\/refresh/);
  expect(await editor.ask("textDocument/foldingRange", document)).toEqual([]);

  const other = await openEditor({
    platform: {
      pageOf: () => {
        throw new Error("no pages");
      },
    },
    onConnection: (connection) =>
      connection.onNotification("window/logMessage", ({ message }: { message: string }) => void logged.push(message)),
  });
  const wrong = other.open("a.stretto", "param a = b\n");
  await expect.poll(() => logged.join()).toMatch("no pages");
  expect(await other.ask("textDocument/foldingRange", wrong)).toEqual([]);
});
