import { RelativePattern, Uri, workspace } from "vscode";

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

/** Uris of all .stretto files below a folder. */
export async function listWorkspaceFiles(folder: string, limit: number): Promise<readonly string[]> {
  const pattern = new RelativePattern(Uri.parse(folder), "**/*.stretto");
  const found = await workspace.findFiles(pattern, "**/node_modules/**", limit);
  return found.map((uri) => uri.toString());
}
