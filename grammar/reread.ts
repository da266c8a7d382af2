/**
 * A text that is read again after each edit, as an editor does. Only declarations next to what has changed are read; all
 * others stay the same objects, and their spans are moved in place, so that whatever holds on to a node or to its span finds
 * it where it now stands.
 */
import { tokenize } from "./lexer.js";
import { joinPieces, type ParseResult } from "./parser.js";
import { openAtEnd, readPieces, type KnownDeclarations, type Piece } from "./pieces.js";
import { maximumProblems } from "./problems.js";

export interface ReadText extends ParseResult {
  readonly text: string;
}

export interface Rereader {
  /** Reads what the text is now. The result, and all that was returned before, is good until the next call. */
  read(text: string): ReadText;
}

export function createRereader(): Rereader {
  let last: { readonly result: ReadText; readonly pieces: readonly Piece[] } | undefined;
  return {
    read(text) {
      if (last?.result.text === text) return last.result;
      const pieces = last ? rereadPieces(last.result.text, last.pieces, text) : readPieces(text).pieces;
      last = { result: { text, ...joinPieces(text, pieces) }, pieces };
      return last.result;
    },
  };
}

function rereadPieces(before: string, pieces: readonly Piece[], text: string): readonly Piece[] {
  return rereadNearby(before, pieces, text) ?? readPieces(text, 0, text.length, createKnown(before, pieces)).pieces;
}

/** Undefined where what is further off may be cut otherwise than it was. */
function rereadNearby(before: string, pieces: readonly Piece[], text: string): readonly Piece[] | undefined {
  if (toldBy(pieces) >= maximumProblems) return undefined;
  const { start, oldEnd } = changeOf(before, text);
  const delta = text.length - before.length;
  const touchedFirst = pieces.findIndex((piece) => piece.end >= start);
  let touchedLast = touchedFirst;
  while (touchedLast + 1 < pieces.length && pieces[touchedLast + 1]!.start <= oldEnd) touchedLast++;
  // What a piece says of its mistakes may name the first token of the next, and how it is cut depends on its neighbours.
  let low = Math.max(0, touchedFirst - 1);
  // From where no bracket is open.
  while (low > 0 && pieces[low]!.isGuessed) low--;
  const high = Math.min(pieces.length - 1, touchedLast + 1);
  const old = pieces.slice(low, high + 1);
  const reachesEnd = high === pieces.length - 1;
  const to = old.at(-1)!.end + delta;
  if (!reachesEnd && !endsItsLine(text, to)) return undefined;
  const expected = { first: (old.at(-1)!.first ?? 0) + delta, end: to };
  const from = old[0]!.start;
  const open = old.some(({ isGuessed }) => isGuessed) ? openAtEnd(tokenize(before, from, old.at(-1)!.end).tokens) : 0;
  const known = createKnown(before, old);
  const { pieces: read, isWhole, open: openNow } = readPieces(text, from, to, known);
  const [earlier, later] = [pieces.slice(0, low), pieces.slice(high + 1)];
  const isSound =
    isWhole &&
    (reachesEnd || (open === openNow && endsAlike(read, expected))) &&
    toldBy([...earlier, ...read, ...later]) < maximumProblems;
  if (isSound) return [...earlier, ...read, ...later.map((piece) => moved(piece, delta))];
  known.giveBack();
  return undefined;
}

const toldBy = (pieces: readonly Piece[]): number => pieces.reduce((sum, { problems }) => sum + problems.length, 0);

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
function endsAlike(read: readonly Piece[], old: { readonly first: number; readonly end: number }): boolean {
  const last = read.at(-1)!;
  if (last.problems.some(({ kind, span }) => kind === "block-comment" && span.end === last.end)) return false;
  return last.first === old.first && last.end === old.end;
}

/** Declarations of a text that was read, by what is written there. They are moved to where they are found again. */
function createKnown(text: string, pieces: readonly Piece[]): KnownDeclarations & { giveBack(): void } {
  const taken: { readonly piece: MovedPiece; readonly by: number }[] = [];
  let byText: Map<string, MovedPiece[]> | undefined;
  const index = (): Map<string, MovedPiece[]> => {
    const found = new Map<string, MovedPiece[]>();
    for (const piece of pieces) {
      if (piece.first === undefined || piece.problems.length > 0) continue;
      const written = text.slice(piece.first, piece.last);
      const alike = found.get(written);
      if (alike === undefined) found.set(written, [piece]);
      else alike.push(piece);
    }
    return found;
  };
  return {
    take(written, doc, first) {
      const alike = (byText ??= index()).get(written);
      const place = alike?.findIndex((piece) => piece.doc === doc) ?? -1;
      if (place < 0) return undefined;
      const [piece] = alike!.splice(place, 1);
      const by = first - piece!.first!;
      taken.push({ piece: piece!, by });
      return moved(piece!, by).declarations;
    },
    /** Puts all that was taken back to where it stood. */
    giveBack() {
      for (const { piece, by } of taken) moved(piece, -by);
    },
  };
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
  if (piece.last !== undefined) piece.last += delta;
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
