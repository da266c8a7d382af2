import type { LanguageClientOptions } from "vscode-languageclient";

export const languageId = "stretto";
/** Of the standard library's texts, which are in the server: `stretto:/std/ops.stretto`. */
export const standardScheme = "stretto";

/**
 * Where documents are that are served: on disk, not saved yet, in repositories and folders that are elsewhere, in the
 * server. What shows an older version of a file is not: its names would be found twice.
 */
const servedSchemes = ["file", "untitled", "vscode-vfs", "vscode-remote", "vscode-test-web", standardScheme];

export function clientOptions(): LanguageClientOptions {
  return {
    documentSelector: servedSchemes.map((scheme) => ({ language: languageId, scheme })),
    // Which files are watched the server says itself.
    synchronize: { configurationSection: "stretto" },
    outputChannelName: "Stretto",
  };
}
