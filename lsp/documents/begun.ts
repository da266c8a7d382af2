/** Answers that are made in several turns: between them documents may change, and the spans of trees move with the text. */
import { LSPErrorCodes, ResponseError } from "vscode-languageserver";
import type { Server } from "../server.js";
import type { Analysis } from "./analysis.js";

const changed = (): ResponseError<void> =>
  new ResponseError(LSPErrorCodes.ContentModified, "The document has changed meanwhile.");

/** Throws where an analysis is not any more what its document means. */
export function demandCurrent(analysis: Analysis, server: Server): void {
  if (server.analysisOf(analysis.uri) !== analysis) throw changed();
}

/** Of the open documents as they are now: throws, when it is called, where one of these files has changed. */
export function demandUnchangedFrom({ workspace }: Server): (files: Iterable<string>) => void {
  const begun = workspace.documents();
  return (files) => {
    const now = workspace.documents();
    for (const file of files) if (begun.get(file) !== now.get(file)) throw changed();
  };
}
