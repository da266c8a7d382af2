/** Paths in a text as links: of imports, and of the files that tables come from. */
import { writtenPaths } from "../names/import-paths.js";
import type { Provider } from "../provider.js";

export const documentLinkProvider: Provider = {
  capabilities: () => ({ documentLinkProvider: {} }),
  register(connection, server) {
    connection.onDocumentLinks(({ textDocument: { uri } }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return null;
      return writtenPaths(analysis.tree, analysis.path).map(({ literal, target, kind }) => ({
        // Without the quotes.
        range: analysis.rangeOf({ start: literal.span.start + 1, end: literal.span.end - 1 }),
        target: server.platform.uriOf(target),
        tooltip: kind === "import" ? "Open the imported file" : "Open the table's file",
      }));
    });
  },
};
