import type { LanguageClientOptions } from "vscode-languageclient";
import { workspace } from "vscode";

export const languageId = "stretto";
/** Of the standard library's texts, which are in the server: `stretto:/std/ops.stretto`. */
export const standardScheme = "stretto";

export function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: [{ language: languageId }],
    synchronize: {
      configurationSection: "stretto",
      // A table is read from a file, and a layer may be imported from one.
      fileEvents: workspace.createFileSystemWatcher("**/*.{stretto,csv}"),
    },
    outputChannelName: "Stretto",
  };
}
