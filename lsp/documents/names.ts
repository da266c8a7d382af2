/** The names of a document and what it imports, and those of a whole workspace. */
import type { Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import { parseStandard } from "../../compiler/bind/load.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { SourceFile } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";
import { ProgramNames } from "../names/program-names.js";
import type { Place } from "../names/program-names.js";
import type { TreeSource } from "../names/program-scopes.js";
import type { Server } from "../server.js";
import type { Analysis } from "./analysis.js";
import { demandCurrent } from "./begun.js";

const ofDocuments = new WeakMap<Analysis, ProgramNames>();

/** Of a document: what it names in itself and in the files it imports. */
export function namesOf(analysis: Analysis): ProgramNames {
  let names = ofDocuments.get(analysis);
  if (!names) {
    const files = analysis.bound?.files;
    names = new ProgramNames([analysis.path], {
      treeOf: (path) => (path === analysis.path ? analysis.tree : files?.get(path)?.tree),
    });
    ofDocuments.set(analysis, names);
  }
  return names;
}

/**
 * Of a document, of all files of the workspace in which one of these words stands, and of all that they import. Rejects where the
 * document changes meanwhile.
 */
export async function namesAcross(server: Server, analysis: Analysis, words: readonly string[]): Promise<ProgramNames> {
  const { workspace, platform } = server;
  const { path: own } = analysis;
  const paths = (await workspace.allFiles()).map((uri) => platform.pathOf(uri));
  demandCurrent(analysis, server);
  const mentioning = paths.filter((path) => {
    const text = workspace.placeOf(path)?.document.getText();
    return text !== undefined && words.some((word) => text.includes(word));
  });
  return new ProgramNames([own, ...mentioning], workspaceTrees(server));
}

const ofClosed = new WeakMap<TextDocument, SourceFile>();

/** Trees of open documents as their analyses have them, of other files as they are on disk. */
export function workspaceTrees({ workspace }: Server): TreeSource {
  return {
    treeOf(path) {
      const place = workspace.placeOf(path);
      if (!place) return undefined;
      if (workspace.documentOf(place.uri)) return workspace.analysisOf(place.uri)?.tree;
      const { document } = place;
      let tree = ofClosed.get(document);
      if (!tree) {
        const text = document.getText();
        tree = isStandardPath(path) ? parseStandard(path, text, createCollector()) : parse(text).tree;
        ofClosed.set(document, tree);
      }
      return tree;
    },
  };
}

/** A place in a document, with all that is needed to go on from there. */
export interface NamedPlace {
  readonly analysis: Analysis;
  readonly names: ProgramNames;
  readonly place: Place;
}

export function placeAt(server: Server, uri: string, position: Position): NamedPlace | undefined {
  const analysis = server.analysisOf(uri);
  if (!analysis) return undefined;
  const names = namesOf(analysis);
  const place = names.at(analysis.path, analysis.offsetAt(position));
  return place && { analysis, names, place };
}
