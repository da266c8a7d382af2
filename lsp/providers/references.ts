/** Every place of the workspace that names a thing, through aliases of imports too, or a word of the language. */
import type { Location } from "vscode-languageserver";
import { namesAcross, placeAt } from "../documents/names.js";
import type { NamedPlace } from "../documents/names.js";
import type { Place } from "../names/program-names.js";
import { withoutAliases } from "../names/symbols.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

export const referencesProvider: Provider = {
  capabilities: () => ({ referencesProvider: true }),
  register(connection, server) {
    connection.onReferences(async ({ textDocument: { uri }, position, context }) => {
      const found = placeAt(server, uri, position);
      if (!found) return null;
      const places = await placesLike(found, server);
      if (places === undefined) return null;
      return places.flatMap(({ file, occurrence }): Location[] => {
        if (occurrence.role === "declaration" && !context.includeDeclaration) return [];
        const location = found.analysis.locationOf({ file, span: occurrence.node.span });
        return location ? [location] : [];
      });
    });
  },
};

/** All that name what a place does; undefined where it names nothing. */
async function placesLike({ analysis, place }: NamedPlace, server: Server): Promise<readonly Place[] | undefined> {
  const { occurrence } = place;
  if (occurrence.builtIn) {
    const all = await namesAcross(server, analysis, [occurrence.node.text]);
    return all.placesOfBuiltIn(occurrence, all.ownFiles());
  }
  const symbols = withoutAliases(occurrence.symbols);
  if (symbols.length === 0) return undefined;
  const all = await namesAcross(server, analysis, [...new Set(symbols.map(({ name }) => name))]);
  return all.placesThroughAliases(symbols);
}
