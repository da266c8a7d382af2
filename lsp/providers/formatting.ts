/** Texts in the one style there is: a document, a range of it, the line that was just ended. What cannot be read stays. */
import type { Range, TextEdit } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Span } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import { formatPart } from "../../grammar/prettier-plugin.js";
import { demandUnchangedFrom } from "../documents/begun.js";
import { minimalEdits } from "../documents/minimal-edits.js";
import { withLineBreaksOf } from "../facts/line-breaks.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

export const formattingProvider: Provider = {
  capabilities: () => ({
    documentFormattingProvider: true,
    documentRangeFormattingProvider: { rangesSupport: true },
    documentOnTypeFormattingProvider: { firstTriggerCharacter: "}", moreTriggerCharacter: ["\n"] },
  }),
  register(connection, server) {
    connection.onDocumentFormatting(({ textDocument: { uri } }) =>
      editsOf(uri, server, (document) => changesIn(document, { start: 0, end: document.getText().length })),
    );
    connection.onDocumentRangeFormatting(({ textDocument: { uri }, range }) =>
      editsOf(uri, server, (document) => changesIn(document, spanOf(document, range))),
    );
    connection.onDocumentRangesFormatting(({ textDocument: { uri }, ranges }) =>
      editsOf(uri, server, async (document) => {
        const changes: Replacement[] = [];
        for (const range of ranges)
          for (const change of await changesIn(document, spanOf(document, range)))
            if (changes.every((other) => !overlap(other, change))) changes.push(change);
        return changes;
      }),
    );
    connection.onDocumentOnTypeFormatting(({ textDocument: { uri }, position, ch }) =>
      editsOf(uri, server, (document) => {
        if (ch === "\n") return changesOfLine(document, position.line - 1);
        const end = document.offsetAt(position);
        return changesIn(document, { start: Math.max(0, end - 1), end });
      }),
    );
  },
};

/** Of an open document, as it still is when they are there. */
async function editsOf(
  uri: string,
  server: Server,
  changesOf: (document: TextDocument) => Promise<readonly Replacement[]>,
): Promise<TextEdit[] | null> {
  const document = server.workspace.documentOf(uri);
  if (document === undefined) return null;
  const demandUnchanged = demandUnchangedFrom(server);
  const changes = await changesOf(document);
  demandUnchanged([server.platform.pathOf(uri)]);
  return edit(document, changes);
}

async function changesIn(document: TextDocument, range: Span): Promise<Replacement[]> {
  const text = document.getText();
  const replacements = await formatPart(text, range);
  return replacements.flatMap(({ span, newText }) =>
    minimalEdits(text.slice(span.start, span.end), withLineBreaksOf(text, newText), span.start),
  );
}

/** Only of that line, and only its spaces: the next one is being written. */
async function changesOfLine(document: TextDocument, line: number): Promise<Replacement[]> {
  if (line < 0) return [];
  const text = document.getText();
  const written = spanOf(document, { start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
  const end = written.start + text.slice(written.start, written.end).trimEnd().length;
  const changes = await changesIn(document, { start: written.start, end });
  return changes.filter(({ span, newText }) => {
    const isInside = written.start <= span.start && span.end <= end && !newText.includes("\n");
    return isInside && withoutSpaces(text.slice(span.start, span.end)) === withoutSpaces(newText);
  });
}

function withoutSpaces(text: string): string {
  return text.replace(/\s+/g, "");
}

function overlap(a: Replacement, b: Replacement): boolean {
  return a.span.start <= b.span.end && b.span.start <= a.span.end;
}

function spanOf(document: TextDocument, { start, end }: Range): Span {
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}

function edit(document: TextDocument, changes: readonly Replacement[]): TextEdit[] {
  const at = (offset: number) => document.positionAt(offset);
  return changes.map(({ span, newText }) => ({ range: { start: at(span.start), end: at(span.end) }, newText }));
}
