/**
 * A text that is read again after each edit, as an editor does. Only declarations next to what has changed are read; all
 * others stay the same objects, and their spans are moved in place, so that whatever holds on to a node or to its span finds
 * it where it now stands.
 */
import { joinPieces, type ParseResult } from "./parser.js";
import { readPieces, type Piece } from "./pieces.js";
import { maximumProblems } from "./problems.js";

export interface ReadText extends ParseResult {
  readonly text: string;
}

export interface Rereader {
  /** Reads what the text is now. The result, and all that was returned before, is good until the next call. */
  read(text: string): ReadText;
}

export function createRereader(): Rereader {
  let last: { readonly result: ReadText; readonly pieces: readonly Piece[]; readonly isWhole: boolean } | undefined;
  return {
    read(text) {
      if (last?.result.text === text) return last.result;
      const again = last?.isWhole ? rereadPieces(last.result.text, last.pieces, text) : undefined;
      const { pieces, isWhole } = again ? { pieces: again, isWhole: true } : readPieces(text);
      last = { result: { text, ...joinPieces(text, pieces) }, pieces, isWhole };
      return last.result;
    },
  };
}

/** Undefined where the whole text is to be read. */
function rereadPieces(before: string, pieces: readonly Piece[], text: string): readonly Piece[] | undefined {
  const { start, oldEnd } = changeOf(before, text);
  const delta = text.length - before.length;
  const touchedFirst = pieces.findIndex((piece) => piece.end >= start);
  let touchedLast = touchedFirst;
  while (touchedLast + 1 < pieces.length && pieces[touchedLast + 1]!.start <= oldEnd) touchedLast++;
  // What a piece says of its mistakes may name the first token of the next, and how it is cut depends on its neighbours.
  const low = Math.max(0, touchedFirst - 1);
  const high = Math.min(pieces.length - 1, touchedLast + 1);
  const reachesEnd = high === pieces.length - 1;
  const from = pieces[low]!.start;
  const to = pieces[high]!.end + delta;
  if (!reachesEnd && !endsItsLine(text, to)) return undefined;
  const { pieces: read, isWhole } = readPieces(text, from, to);
  if (!isWhole || (!reachesEnd && !endsAlike(read, pieces[high]!, delta))) return undefined;
  const old = new Set(pieces.slice(low, high + 1));
  const next = [
    ...pieces.slice(0, low),
    ...read.map((piece) => recognised(piece, text, old, before)),
    ...pieces.slice(high + 1).map((piece) => moved(piece, delta)),
  ];
  const told = next.reduce((sum, piece) => sum + piece.problems.length, 0);
  return told < maximumProblems ? next : undefined;
}

/** The shortest stretch of the text before that was replaced: what stands before and after it is the same. */
function changeOf(before: string, text: string): { readonly start: number; readonly oldEnd: number } {
  const shorter = Math.min(before.length, text.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === text.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === text.charCodeAt(text.length - 1 - same)
  )
    same++;
  return { start, oldEnd: before.length - same };
}

/** Nothing but a comment stands behind on the line: what the last token before it is does not depend on what follows. */
function endsItsLine(text: string, offset: number): boolean {
  return /[ \t]*(?:\/\/|\r|\n|$)/y.test(text.slice(offset, offset + 200));
}

/** Whether the last of the pieces read again is an old one, so that whatever follows is cut as it was. */
function endsAlike(read: readonly Piece[], old: Piece, delta: number): boolean {
  const last = read.at(-1)!;
  if (last.problems.some(({ kind, span }) => kind === "block-comment" && span.end === last.end)) return false;
  return last.first !== undefined && last.first === old.first! + delta && last.end === old.end + delta;
}

/** A piece that says what one of the old ones said has that one's declarations, moved to where they now are; none has them twice. */
function recognised(piece: Piece, text: string, old: Set<Piece>, before: string): Piece {
  const { first, end, problems, declarations } = piece;
  if (first === undefined || problems.length > 0) return piece;
  const written = text.slice(first, end);
  const same = [...old].find(
    (other) =>
      other.problems.length === 0 &&
      other.declarations.length === declarations.length &&
      other.declarations.every(({ doc }, i) => doc === declarations[i]!.doc) &&
      before.slice(other.first, other.end).trimEnd() === written.trimEnd(),
  );
  if (same === undefined) return piece;
  old.delete(same);
  // Comments are its own: those before it may be others.
  moved(same, first - same.first!);
  return { ...piece, declarations: same.declarations };
}

/** A piece whose spans are known, and which is moved in place. */
type MovedPiece = { -readonly [K in keyof Piece]: Piece[K] } & { spans?: readonly { start: number; end: number }[] };

/** The piece further along: it and its nodes stay what they are, their spans are changed. */
function moved(piece: MovedPiece, delta: number): Piece {
  if (delta === 0) return piece;
  for (const span of (piece.spans ??= [...collectSpans(piece)])) {
    span.start += delta;
    span.end += delta;
  }
  piece.start += delta;
  piece.end += delta;
  if (piece.first !== undefined) piece.first += delta;
  return piece;
}

/** Every span object of a piece, once: nodes may share one. */
function collectSpans({ declarations, comments, problems }: Piece): Set<{ start: number; end: number }> {
  const spans = new Set<{ start: number; end: number }>();
  const rest: object[] = [...declarations, ...comments, ...problems];
  for (let node = rest.pop(); node; node = rest.pop())
    for (const [key, child] of Object.entries(node) as [string, unknown][]) {
      if (typeof child !== "object" || child === null) continue;
      if (key === "span") spans.add(child as { start: number; end: number });
      else rest.push(child);
    }
  return spans;
}
