import { Uri, workspace, type WorkspaceFolder } from "vscode";
import { setting } from "./settings.js";

/**
 * How `stretto` is started: the setting, else the workspace's own, else what the PATH has.
 *
 * @returns a program and what stands before the arguments
 */
export async function commandLine(folder: WorkspaceFolder | undefined): Promise<readonly [string, ...string[]]> {
  const set = setting("command");
  if (/\.[cm]?js$/.test(set)) return ["node", set];
  if (set !== "") return [set];
  if (folder !== undefined) {
    const main = Uri.joinPath(folder.uri, "node_modules/stretto/dist/cli/main.js");
    if (await isThere(main)) return ["node", main.fsPath];
  }
  return ["stretto"];
}

async function isThere(uri: Uri): Promise<boolean> {
  try {
    await workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
