/** The outline of a document. */
import type { DocumentSymbol, SymbolInformation } from "vscode-languageserver";
import type { Analysis } from "../documents/analysis.js";
import { outlineOf } from "../names/outline.js";
import type { OutlineEntry } from "../names/outline.js";
import type { Provider } from "../provider.js";
import { symbolKindOf } from "./symbol-kinds.js";

export const documentSymbolProvider: Provider = {
  capabilities: () => ({ documentSymbolProvider: true }),
  register(connection, server) {
    connection.onDocumentSymbol(({ textDocument: { uri } }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return null;
      const entries = outlineOf(analysis.tree, analysis.text);
      const isHierarchical = server.client.textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true;
      if (isHierarchical) return entries.map((entry) => documentSymbol(entry, analysis));
      return entries.flatMap((entry) => flatSymbols(entry, analysis));
    });
  },
};

function documentSymbol(entry: OutlineEntry, analysis: Analysis): DocumentSymbol {
  const { name, detail, span, nameSpan, children } = entry;
  return {
    name,
    kind: symbolKindOf(entry),
    ...(detail !== undefined && { detail }),
    range: analysis.rangeOf(span),
    selectionRange: analysis.rangeOf(nameSpan),
    ...(children.length > 0 && { children: children.map((child) => documentSymbol(child, analysis)) }),
  };
}

/** For a client without hierarchies: each with the name of what it is in. */
function flatSymbols(entry: OutlineEntry, analysis: Analysis, containerName?: string): SymbolInformation[] {
  const location = { uri: analysis.uri, range: analysis.rangeOf(entry.span) };
  const own = {
    name: entry.name,
    kind: symbolKindOf(entry),
    location,
    ...(containerName !== undefined && { containerName }),
  };
  return [own, ...entry.children.flatMap((child) => flatSymbols(child, analysis, entry.name))];
}
