import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";

/** A new document: whoever still answers from the one before has its text and its places. */
export function edited(
  before: TextDocument,
  changes: readonly TextDocumentContentChangeEvent[],
  version: number,
): TextDocument {
  const { uri, languageId } = before;
  return TextDocument.update(TextDocument.create(uri, languageId, version, before.getText()), [...changes], version);
}
