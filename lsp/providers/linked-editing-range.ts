/**
 * The places of a name that an editor may change together as one of them is typed: of a name that is local to one
 * declaration. None for what another declaration may name: a definition, a layer's values, which its schedules name,
 * columns, axes. What would be captured cannot be known while it is typed; `rename` refuses that.
 */
import { placeAt } from "../documents/names.js";
import type { SymbolKind } from "../names/symbols.js";
import type { Provider } from "../provider.js";

const local: ReadonlySet<SymbolKind> = new Set([
  ...(["type parameter", "axis variable", "dtype variable", "monoid variable", "index", "equation"] as const),
  ...(["state", "size", "position", "loop variable", "carried value", "alias"] as const),
]);

export const linkedEditingRangeProvider: Provider = {
  capabilities: () => ({ linkedEditingRangeProvider: true }),
  register(connection, server) {
    connection.languages.onLinkedEditingRange(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      if (!found) return null;
      const { analysis, names, place } = found;
      const { symbols } = place.occurrence;
      const [symbol, ...others] = symbols;
      if (!symbol || others.length > 0 || !symbol.declaredAt || !local.has(symbol.kind)) return null;
      const places = names.places(symbols, [analysis.path]);
      const stays = places.every(({ declaration }) => declaration === place.declaration);
      if (!stays || places.length < 2) return null;
      const ranges = places.map(({ occurrence }) => analysis.rangeOf(occurrence.node.span));
      return { ranges, wordPattern: "[A-Za-z_][A-Za-z0-9_]*" };
    });
  },
};
