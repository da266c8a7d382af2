/** Where a name is declared. A segment of a path that names what a call gives leads to that call. */
import type { LocationLink, Location } from "vscode-languageserver";
import type { Analysis } from "../documents/analysis.js";
import { placeAt } from "../documents/names.js";
import type { Place, ProgramNames } from "../names/program-names.js";
import { withoutAliases } from "../names/symbols.js";
import type { NameSymbol } from "../names/symbols.js";
import type { Provider } from "../provider.js";

export const definitionProvider: Provider = {
  capabilities: () => ({ definitionProvider: true }),
  register(connection, server) {
    connection.onDefinition(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      if (!found) return null;
      const { analysis, names, place } = found;
      const { via, symbols } = place.occurrence;
      if (via) {
        const location = analysis.locationOf({ file: via.file, span: via.node.span });
        return location ? [location] : null;
      }
      const asksForLinks = server.client.textDocument?.definition?.linkSupport === true;
      return declarationsIn(symbols, names, analysis, asksForLinks ? place : undefined);
    });
  },
};

/** Where symbols are declared; as links from where they are named, for a client that can follow such. */
export function declarationsIn(
  symbols: readonly NameSymbol[],
  names: ProgramNames,
  analysis: Analysis,
  from: Place | undefined,
): Location[] | LocationLink[] {
  const declared = withoutAliases(symbols).flatMap((symbol) => names.declarationsOf(symbol));
  const links = declared.flatMap(({ file, declaredAt, node }) => {
    const at = declaredAt && analysis.locationOf({ file, span: declaredAt.span });
    const whole = node && analysis.locationOf({ file, span: node.span });
    return at ? [{ targetUri: at.uri, targetRange: (whole ?? at).range, targetSelectionRange: at.range }] : [];
  });
  if (!from)
    return links.map(({ targetUri, targetSelectionRange }) => ({ uri: targetUri, range: targetSelectionRange }));
  const originSelectionRange = analysis.rangeOf(from.occurrence.node.span);
  return links.map((link) => ({ originSelectionRange, ...link }));
}
