import { commands, window, workspace, type Disposable } from "vscode";
import { languageId } from "../client-options.js";

/** An empty file of the language: the walkthrough's first step. */
export function registerNewFile(): Disposable {
  return commands.registerCommand("stretto.newFile", async () => {
    await window.showTextDocument(await workspace.openTextDocument({ language: languageId, content: "" }));
  });
}
