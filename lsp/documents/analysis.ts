/** A document as the compiler's front understands it, and places in it as the protocol counts them. */
import { Range, type Location as ProtocolLocation, type Position } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { SourceFile, Span } from "../../grammar/ast.js";
import type { BoundProgram } from "../../compiler/bind/bound-program.js";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import type { LayerOutcome } from "../../compiler/check/layers.js";
import type { CheckedFile } from "../../compiler/program.js";
import type { Diagnostic, Location } from "../../compiler/diagnostics/types.js";

/**
 * Good until the document, or a file it imports, changes: nodes that an edit leaves alone stay the same objects, and their
 * spans move with the text.
 */
export interface Analysis {
  readonly uri: string;
  readonly path: string;
  readonly version: number;
  readonly text: string;
  readonly tree: SourceFile;
  /** What names mean; absent where the file cannot be read at all. */
  readonly bound: BoundProgram | undefined;
  /** Layers of this file that stand by themselves, by name, as far as they are known. */
  readonly layers: ReadonlyMap<string, LayerOutcome>;
  /** Absent where there is an error, or no mesh. */
  readonly program: CheckedProgram | undefined;
  /** Of this file and of those it imports. */
  readonly diagnostics: readonly Diagnostic[];
  offsetAt(position: Position): number;
  positionAt(offset: number): Position;
  rangeOf(span: Span): Range;
  /** Undefined for what has no place in a file, such as the command line. */
  locationOf(location: Location): ProtocolLocation | undefined;
}

const emptyFile: SourceFile = { kind: "SourceFile", declarations: [], comments: [], span: { start: 0, end: 0 } };

/** @param places of the documents that a location may be in, by path */
export function analysisOf(
  document: TextDocument,
  path: string,
  checked: CheckedFile,
  places: (path: string) => { readonly uri: string; readonly document: TextDocument } | undefined,
): Analysis {
  const rangeIn = (own: TextDocument, { start, end }: Span): Range =>
    Range.create(own.positionAt(start), own.positionAt(end));
  return {
    ...{ uri: document.uri, path, version: document.version, text: document.getText() },
    ...{ tree: checked.bound?.files.get(path)?.tree ?? emptyFile, bound: checked.bound, layers: checked.layers },
    ...{ program: checked.program, diagnostics: checked.diagnostics },
    offsetAt: (position) => document.offsetAt(position),
    positionAt: (offset) => document.positionAt(offset),
    rangeOf: (span) => rangeIn(document, span),
    locationOf({ file, span }) {
      const place = places(file);
      return place && { uri: place.uri, range: rangeIn(place.document, span) };
    },
  };
}
