/** What the files of the workspace declare, by the letters of its name. */
import type { SymbolInformation } from "vscode-languageserver";
import { workspaceTrees } from "../documents/names.js";
import { outlineOf } from "../names/outline.js";
import type { OutlineEntry } from "../names/outline.js";
import type { Provider } from "../provider.js";
import { symbolKindOf } from "./symbol-kinds.js";

/** More are not sent: nobody reads them, and another letter leaves fewer. */
const mostSymbols = 500;

export const workspaceSymbolProvider: Provider = {
  capabilities: () => ({ workspaceSymbolProvider: true }),
  register(connection, server) {
    connection.onWorkspaceSymbol(async ({ query }) => {
      const trees = workspaceTrees(server);
      const found: { readonly symbol: SymbolInformation; readonly rank: number }[] = [];
      for (const uri of await server.workspace.allFiles()) {
        const path = server.platform.pathOf(uri);
        const place = server.workspace.placeOf(path);
        const tree = place && trees.treeOf(path);
        if (!tree) continue;
        const { document } = place;
        const add = (entry: OutlineEntry, containerName?: string): void => {
          const rank = entry.kind === "check" ? undefined : rankOf(query, entry.name);
          const { start, end } = entry.nameSpan;
          const range = { start: document.positionAt(start), end: document.positionAt(end) };
          const symbol = { name: entry.name, kind: symbolKindOf(entry), location: { uri, range } };
          if (rank !== undefined)
            found.push({ symbol: { ...symbol, ...(containerName !== undefined && { containerName }) }, rank });
          for (const child of entry.children) add(child, entry.name);
        };
        for (const entry of outlineOf(tree, document.getText())) add(entry);
      }
      return found
        .sort((a, b) => a.rank - b.rank || compare(a.symbol.name, b.symbol.name))
        .slice(0, mostSymbols)
        .map(({ symbol }) => symbol);
    });
  },
};

/** 0 for the name itself, 1 for its beginning, 2 for a part, 3 for its letters in order; undefined where they are not in it. */
function rankOf(query: string, name: string): number | undefined {
  const [wanted, text] = [query.toLowerCase(), name.toLowerCase()];
  if (text === wanted) return 0;
  if (text.startsWith(wanted)) return 1;
  if (text.includes(wanted)) return 2;
  let at = 0;
  for (const letter of wanted) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return undefined;
  }
  return 3;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
