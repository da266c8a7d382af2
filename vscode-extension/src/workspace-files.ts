import { RelativePattern, Uri, workspace } from "vscode";
import type { ListParameters } from "../../lsp/protocol.js";

/** Files larger than this are no source, as the compiler has it. */
const largestBytes = 4 * 1024 * 1024;

/**
 * The text of a file that the server, which sees no disk in a browser, asks for; null where there is none.
 *
 * @param uri only of a folder of the workspace: a program reads nothing outside of what was opened
 */
export async function readWorkspaceFile(uri: string): Promise<string | null> {
  const file = Uri.parse(uri);
  if (workspace.getWorkspaceFolder(file) === undefined) return null;
  try {
    const bytes = await workspace.fs.readFile(file);
    return bytes.length > largestBytes ? null : new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Uris of all files below a folder whose names end so. */
export async function listWorkspaceFiles({ uri: folder, ending, limit }: ListParameters): Promise<readonly string[]> {
  const pattern = new RelativePattern(Uri.parse(folder), `**/*${ending}`);
  const found = await workspace.findFiles(pattern, "**/node_modules/**", limit);
  return found.map((file) => file.toString());
}
