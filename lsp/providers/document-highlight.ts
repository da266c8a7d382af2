/** The other places of a document that name the same: where it is declared or set apart from where it is read. */
import { DocumentHighlightKind, type DocumentHighlight } from "vscode-languageserver";
import { placeAt } from "../documents/names.js";
import type { Occurrence } from "../names/symbols.js";
import type { Provider } from "../provider.js";

export const documentHighlightProvider: Provider = {
  capabilities: () => ({ documentHighlightProvider: true }),
  register(connection, server) {
    connection.onDocumentHighlight(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      if (!found) return null;
      const { analysis, names, place } = found;
      const { occurrence } = place;
      const same = occurrence.builtIn
        ? names.placesOfBuiltIn(occurrence, [analysis.path])
        : names.places(occurrence.symbols, [analysis.path]);
      return same.map(({ occurrence }): DocumentHighlight => ({
        range: analysis.rangeOf(occurrence.node.span),
        kind: kindOf(occurrence),
      }));
    });
  },
};

function kindOf({ role }: Occurrence): DocumentHighlightKind {
  return role === "read" ? DocumentHighlightKind.Read : DocumentHighlightKind.Write;
}
