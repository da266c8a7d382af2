/** A thing by another name in all files of the workspace, and why not, where not. */
import { ErrorCodes, ResponseError, type TextDocumentEdit, type WorkspaceEdit } from "vscode-languageserver";
import { newMistake } from "../documents/after-edits.js";
import { namesAcross, placeAt } from "../documents/names.js";
import { describeBuiltIn } from "../names/describe.js";
import { refuseSymbol, renameSymbols } from "../names/rename.js";
import type { TextEdit } from "../names/rename.js";
import type { Occurrence } from "../names/symbols.js";
import type { Provider } from "../provider.js";
import type { Server } from "../server.js";

export const renameProvider: Provider = {
  capabilities: (client) => ({
    renameProvider: client.textDocument?.rename?.prepareSupport ? { prepareProvider: true } : true,
  }),
  register(connection, server) {
    connection.onPrepareRename(({ textDocument: { uri }, position }) => {
      const found = placeAt(server, uri, position);
      if (!found) return refused("There is no name here.");
      const { occurrence } = found.place;
      const reason = refuseOccurrence(occurrence);
      if (reason !== undefined) return refused(reason);
      return { range: found.analysis.rangeOf(occurrence.node.span), placeholder: occurrence.node.text };
    });
    connection.onRenameRequest(async ({ textDocument: { uri }, position, newName }) => {
      const found = placeAt(server, uri, position);
      if (!found) return refused("There is no name here.");
      const { symbols, node } = found.place.occurrence;
      const reason = refuseOccurrence(found.place.occurrence);
      if (reason !== undefined) return refused(reason);
      const all = await namesAcross(server, found.analysis, [node.text, newName]);
      const textOf = (file: string) => server.workspace.placeOf(file)?.document.getText();
      const renaming = renameSymbols(symbols, newName, all, textOf);
      if ("refused" in renaming) return refused(renaming.refused);
      const mistake = newMistake(renaming.edits, server);
      return mistake ? refused(`With this name: ${mistake.message}`) : workspaceEdit(renaming.edits, server);
    });
  },
};

/** Why what a name refers to has no other name; undefined where it may have. */
function refuseOccurrence({ node, symbols, builtIn, unresolved }: Occurrence): string | undefined {
  if (builtIn) return `\`${node.text}\` is ${describeBuiltIn(builtIn)}: it has no other name.`;
  if (unresolved === "not built yet") return `What \`${node.text}\` stands for is not built yet.`;
  if (symbols.length === 0) return `Nothing declares \`${node.text}\`.`;
  return symbols.map(refuseSymbol).find((reason) => reason !== undefined);
}

function refused(reason: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidRequest, reason);
}

/** Edits of files, with the versions of the open ones where a client takes those. */
export function workspaceEdit(
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  { workspace, client }: Server,
): WorkspaceEdit {
  const changed = [...edits].flatMap(([file, list]) => {
    const place = workspace.placeOf(file);
    if (!place) return [];
    const { uri, document } = place;
    const at = (offset: number) => document.positionAt(offset);
    const changes = list.map(({ span, newText }) => ({ range: { start: at(span.start), end: at(span.end) }, newText }));
    return [{ uri, version: workspace.documentOf(uri)?.version ?? null, edits: changes }];
  });
  if (client.workspace?.workspaceEdit?.documentChanges !== true)
    return { changes: Object.fromEntries(changed.map(({ uri, edits: changes }) => [uri, changes])) };
  return {
    documentChanges: changed.map(({ uri, version, edits: changes }): TextDocumentEdit => ({
      textDocument: { uri, version },
      edits: changes,
    })),
  };
}
