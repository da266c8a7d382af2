/** Every place of the workspace that names a thing, through aliases of imports too. */
import type { Location } from "vscode-languageserver";
import { namesAcross, placeAt } from "../documents/names.js";
import { withoutAliases } from "../names/symbols.js";
import type { Provider } from "../provider.js";

export const referencesProvider: Provider = {
  capabilities: () => ({ referencesProvider: true }),
  register(connection, server) {
    connection.onReferences(async ({ textDocument: { uri }, position, context }) => {
      const found = placeAt(server, uri, position);
      const symbols = found ? withoutAliases(found.place.occurrence.symbols) : [];
      if (!found || symbols.length === 0) return null;
      const all = await namesAcross(server, found.analysis, [...new Set(symbols.map(({ name }) => name))]);
      return all.placesThroughAliases(symbols).flatMap(({ file, occurrence }): Location[] => {
        if (occurrence.role === "declaration" && !context.includeDeclaration) return [];
        const location = found.analysis.locationOf({ file, span: occurrence.node.span });
        return location ? [location] : [];
      });
    });
  },
};
