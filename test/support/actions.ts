/** What the server offers to do, and what becomes of a document by it. */
import { expect } from "vitest";
import type { CodeAction, TextDocumentEdit, WorkspaceEdit } from "vscode-languageserver";
import type { Editor, OpenDocument } from "./editor.js";
import { applyTextEdits } from "./text-edits.js";

/** At the first marked range or cursor. */
export function offered(editor: Editor, document: OpenDocument, only?: readonly string[]): Promise<CodeAction[]> {
  const cursor = document.cursors.length > 0 ? document.cursor() : document.positionAt(0);
  const range = document.ranges.length > 0 ? document.range() : { start: cursor, end: cursor };
  const context = { diagnostics: [], ...(only && { only }) };
  return editor.ask<CodeAction[]>("textDocument/codeAction", document, { range, context });
}

/** With its edit, where the server gives it only when asked. */
export async function resolved(editor: Editor, action: CodeAction): Promise<CodeAction> {
  return action.edit ? action : editor.connection.sendRequest<CodeAction>("codeAction/resolve", action);
}

/** The action with a title that matches, resolved. */
export async function chosen(
  editor: Editor,
  document: OpenDocument,
  title: RegExp,
  only?: readonly string[],
): Promise<CodeAction> {
  const actions = await offered(editor, document, only);
  const action = actions.find((one) => title.test(one.title));
  if (!action) expect.fail(`none of ${JSON.stringify(actions.map((one) => one.title))} matches ${title}`);
  return resolved(editor, action);
}

/** The text of a document after an edit. */
export function edited(document: OpenDocument, edit: WorkspaceEdit | undefined): string {
  const changes = (edit?.documentChanges ?? []) as TextDocumentEdit[];
  const own = changes.find(({ textDocument }) => textDocument.uri === document.uri);
  return applyTextEdits(document.text, (own?.edits ?? []) as never);
}
