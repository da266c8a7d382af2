import type { TokenType } from "chevrotain";
import { token, word, type SourceToken } from "./lexer.js";
import { declarationKeywords } from "./tokens.js";

/** A half-open range of tokens. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

const openers: ReadonlySet<TokenType> = new Set(declarationKeywords.map((keyword) => word[keyword]));
const opening: ReadonlySet<TokenType> = new Set([token.LeftParenthesis, token.LeftBracket, token.LeftBrace]);
const closing: ReadonlySet<TokenType> = new Set([token.RightParenthesis, token.RightBracket, token.RightBrace]);

/** After these a declaration cannot end, so what follows begins none. */
const unfinished: ReadonlySet<TokenType> = new Set([
  ...[token.Comma, token.Equal, token.Colon, token.Dot, token.Dots, token.UpTo, token.Arrow, token.BothWays],
  ...[token.Plus, token.Minus, token.Star, token.Slash, token.Percent, token.Less, token.LessOrEqual],
  ...[token.GreaterOrEqual, token.EqualEqual, token.NotEqual, word.and, word.or, word.not],
]);

/** What stands two tokens after each opening word in a legal declaration. */
const shapes: ReadonlyMap<TokenType, readonly TokenType[]> = new Map([
  [word.param, [token.Equal]],
  [word.profile, [token.LeftBrace]],
  [word.machine, [token.LeftBrace]],
  [word.table, [token.Colon]],
  [word.monoid, [token.LeftParenthesis]],
  [word.op, [token.LeftParenthesis, token.Less]],
  [word.record, [token.LeftBrace]],
  [word.layer, [token.LeftParenthesis, token.Less, token.Equal]],
  [word.collective, [token.LeftParenthesis, token.Less]],
  [word.schedule, [word.of]],
  [word.check, [token.LeftBrace, token.Dot]],
  [word.assume, [token.Equal, token.Dot]],
]);

/**
 * Cuts tokens into declarations by their shape, at bracket depth 0. A legal text is cut exactly so, even where the
 * opening words are used as names. The first segment holds what stands before the first declaration, if anything.
 */
export function cutIntoDeclarations(tokens: readonly SourceToken[]): Segment[] {
  const starts: number[] = [];
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const type = tokens[index]!.tokenType;
    if (opening.has(type)) depth++;
    else if (closing.has(type)) depth = Math.max(0, depth - 1);
    else if (depth === 0 && openers.has(type) && beginsDeclaration(tokens, index)) starts.push(index);
  }
  return segmentsAt(starts, 0, tokens.length);
}

/**
 * Cuts a broken segment again, with less care for how the words are used: at any opening word that begins a line
 * without indentation, or a line outside of brackets, and has a name after it.
 */
export function cutBrokenSegment(tokens: readonly SourceToken[], text: string, segment: Segment): Segment[] {
  const starts: number[] = [];
  let depth = 0;
  for (let index = segment.start; index < segment.end; index++) {
    const current = tokens[index]!;
    if (opening.has(current.tokenType)) depth++;
    else if (closing.has(current.tokenType)) depth = Math.max(0, depth - 1);
    else if (index > segment.start && openers.has(current.tokenType) && current.startsLine === true) {
      const unindented = text.charCodeAt(current.startOffset - 1) < 32;
      if ((unindented || depth === 0) && namedAfter(tokens, index)) {
        starts.push(index);
        depth = 0;
      }
    }
  }
  return segmentsAt(starts, segment.start, segment.end);
}

/**
 * How many brackets are open at the end of a segment that begins with none. More than none: there is no end to it, and no legal
 * declaration is like that.
 */
export function openBrackets(tokens: readonly SourceToken[], { start, end }: Segment): number {
  let depth = 0;
  for (let index = start; index < end; index++) {
    const { tokenType } = tokens[index]!;
    if (opening.has(tokenType)) depth++;
    else if (closing.has(tokenType)) depth = Math.max(0, depth - 1);
  }
  return depth;
}

function segmentsAt(starts: readonly number[], start: number, end: number): Segment[] {
  const bounds = starts[0] === start ? [...starts, end] : [start, ...starts, end];
  const segments: Segment[] = [];
  for (let index = 0; index + 1 < bounds.length; index++) {
    const segment = { start: bounds[index]!, end: bounds[index + 1]! };
    if (segment.end > segment.start) segments.push(segment);
  }
  return segments;
}

function beginsDeclaration(tokens: readonly SourceToken[], index: number): boolean {
  const previous = tokens[index - 1]?.tokenType;
  if (previous !== undefined && unfinished.has(previous)) return false;
  // `T[a] pending op over (..)`: a monoid of that name.
  if (previous === word.pending && tokens[index - 2]?.tokenType === token.RightBracket) return false;
  const type = tokens[index]!.tokenType;
  const next = tokens[index + 1];
  if (type === word.ordered) return next?.tokenType === word.monoid && isName(tokens[index + 2]);
  if (type === word.opaque) return next?.tokenType === word.op && isName(tokens[index + 2]);
  if (previous === word.ordered && type === word.monoid && index > 0 && beginsDeclaration(tokens, index - 1))
    return false;
  if (previous === word.opaque && type === word.op && index > 0 && beginsDeclaration(tokens, index - 1)) return false;
  if (type === word.import) return next?.tokenType === token.LeftBrace;
  if (!isName(next)) return false;
  if (type === word.mesh) return next!.tokenType === word.on || tokens[index + 2]?.tokenType === word.on;
  const third = tokens[index + 2]?.tokenType;
  // An axis without a size ends after its name.
  if (type === word.axis) return third === token.Equal || third === undefined || openers.has(third);
  return third !== undefined && shapes.get(type)!.includes(third);
}

function namedAfter(tokens: readonly SourceToken[], index: number): boolean {
  const next = tokens[index + 1];
  return isName(next) || (tokens[index]!.tokenType === word.import && next?.tokenType === token.LeftBrace);
}

function isName(found: SourceToken | undefined): boolean {
  if (found === undefined) return false;
  const type = found.tokenType;
  return type === token.Identifier || (type.CATEGORIES?.includes(token.Identifier) ?? false);
}
