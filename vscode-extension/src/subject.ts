import { Range, Uri, window, type TextEditor } from "vscode";
import type { LineRange } from "../../lsp/protocol.js";
import { languageId } from "./client-options.js";

/** The file that a command is about, and of it a schedule, where one is named. */
export interface Subject {
  readonly uri: Uri;
  readonly schedule?: string;
}

/** What a lens, a menu or nobody gave; without, the file that is edited. */
export function subjectOf(uri: unknown, schedule: unknown): Subject | undefined {
  const given = typeof uri === "string" ? Uri.parse(uri) : uri instanceof Uri ? uri : editedFile()?.document.uri;
  if (given === undefined) return undefined;
  return { uri: given, ...(typeof schedule === "string" && { schedule }) };
}

/** The editor that has the cursor, or had it before a panel took it. */
function editedFile(): TextEditor | undefined {
  const { activeTextEditor, visibleTextEditors } = window;
  return [activeTextEditor, ...visibleTextEditors].find((editor) => editor?.document.languageId === languageId);
}

export function editorOf(uri: Uri): TextEditor | undefined {
  return window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
}

export function rangeOf({ start, end }: LineRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}

/** Shows a place of a file in the editor that has it, and puts the cursor there. */
export async function revealRange(uri: Uri, range: LineRange): Promise<void> {
  const viewColumn = editorOf(uri)?.viewColumn;
  const selection = rangeOf(range);
  await window.showTextDocument(uri, {
    ...(viewColumn !== undefined && { viewColumn }),
    selection: new Range(selection.start, selection.start),
  });
}
