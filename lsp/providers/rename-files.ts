/** Before files are moved: the imports that lead to them, and their own, are rewritten. */
import type { FileOperationRegistrationOptions } from "vscode-languageserver";
import { workspaceTrees } from "../documents/names.js";
import { movedPaths } from "../names/import-paths.js";
import type { TextEdit } from "../names/rename.js";
import type { Provider } from "../provider.js";
import { workspaceEdit } from "./rename.js";

/** Files of the language, those that tables come from, and folders of them. */
const filters: FileOperationRegistrationOptions = {
  filters: [
    { scheme: "file", pattern: { glob: "**/*.{stretto,csv}", matches: "file" } },
    { scheme: "file", pattern: { glob: "**", matches: "folder" } },
  ],
};

export const renameFilesProvider: Provider = {
  capabilities: (client) =>
    client.workspace?.fileOperations?.willRename ? { workspace: { fileOperations: { willRename: filters } } } : {},
  register(connection, server) {
    connection.workspace.onWillRenameFiles(async ({ files }) => {
      const moves = files.map(({ oldUri, newUri }) => ({
        from: server.platform.pathOf(oldUri),
        to: server.platform.pathOf(newUri),
      }));
      const moved = (path: string): string => {
        const move = moves.find(({ from }) => path === from || path.startsWith(`${from}/`));
        return move ? move.to + path.slice(move.from.length) : path;
      };
      const trees = workspaceTrees(server);
      const edits = new Map<string, readonly TextEdit[]>();
      for (const uri of await server.workspace.allFiles()) {
        const path = server.platform.pathOf(uri);
        const tree = trees.treeOf(path);
        const list = tree ? movedPaths(tree, path, moved) : [];
        if (list.length > 0) edits.set(path, list);
      }
      return edits.size > 0 ? workspaceEdit(edits, server) : null;
    });
  },
};
