import type { SourceFile } from "./ast.js";
import { readPieces, type Piece } from "./pieces.js";
import type { SyntaxProblem } from "./problems.js";

export type { SyntaxProblem } from "./problems.js";

export interface ParseResult {
  readonly tree: SourceFile;
  /** In the order of the text; at most `maximumProblems`. */
  readonly errors: readonly SyntaxProblem[];
}

/**
 * Reads a text. Never throws: what cannot be read is left out of the tree, or is a `MissingExpr` in it, and is told of
 * in `errors`. Each declaration is read by itself, so a mistake in one hides none in another.
 */
export function parse(text: string): ParseResult {
  return joinPieces(text, readPieces(text).pieces);
}

/** The tree of a text and what is wrong with it, from its pieces. */
export function joinPieces(text: string, pieces: readonly Piece[]): ParseResult {
  const declarations = pieces.flatMap((piece) => piece.declarations);
  const comments = pieces.flatMap((piece) => piece.comments);
  const errors = pieces.flatMap((piece) => piece.problems).sort((a, b) => a.span.start - b.span.start);
  return { tree: { kind: "SourceFile", declarations, comments, span: { start: 0, end: text.length } }, errors };
}
