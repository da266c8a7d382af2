/** Completion as an editor asks for it. */
import type { CompletionItem, TextEdit } from "vscode-languageserver";
import { openEditor, type Editor, type EditorOptions, type OpenDocument } from "./editor.js";

export interface Completed {
  readonly editor: Editor;
  readonly document: OpenDocument;
  /** In the order in which they are shown. */
  readonly items: readonly CompletionItem[];
  readonly labels: readonly string[];
  item(label: string): CompletionItem;
}

/** What is offered at the first cursor of a source. */
export async function completeAt(source: string, options: EditorOptions = {}, name = "a.stretto"): Promise<Completed> {
  const editor = await openEditor(options);
  const document = editor.open(name, source);
  const items = await completeIn(editor, document, document.cursors[0]!);
  return {
    ...{ editor, document, items, labels: items.map(({ label }) => label) },
    item(label) {
      const found = items.find((item) => item.label === label);
      if (found === undefined) throw new Error(`no ${label} in ${items.map((item) => item.label).join(" ")}`);
      return found;
    },
  };
}

export async function completeIn(editor: Editor, document: OpenDocument, offset: number): Promise<CompletionItem[]> {
  const position = document.positionAt(offset);
  const items = await editor.ask<CompletionItem[]>("textDocument/completion", document, { position });
  return items.toSorted((a, b) => (a.sortText! < b.sortText! ? -1 : 1));
}

/** The text once an item is taken, with what it edits elsewhere. Places to fill in keep what stands in them. */
export function taken(
  document: OpenDocument,
  { textEdit, additionalTextEdits = [], insertTextFormat }: CompletionItem,
): string {
  const own = textEdit as TextEdit;
  const newText = insertTextFormat === 2 ? unfilled(own.newText) : own.newText;
  const edits = [{ ...own, newText }, ...additionalTextEdits].map((edit) => ({
    ...{ start: offsetIn(document.text, edit.range.start), end: offsetIn(document.text, edit.range.end) },
    newText: edit.newText,
  }));
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((text, { start, end, newText: put }) => text.slice(0, start) + put + text.slice(end), document.text);
}

/** A snippet as it stands before anything is filled in: the innermost places first. */
export function unfilled(snippet: string): string {
  const once = snippet.replace(/\$\{\d+:([^{}$]*)\}/g, "$1").replace(/\$\d+/g, "");
  return once === snippet ? once : unfilled(once);
}

function offsetIn(text: string, { line, character }: { readonly line: number; readonly character: number }): number {
  return text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + character;
}
