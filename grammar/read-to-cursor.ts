/** Reading a declaration up to the cursor, past what is wrong before it. */
import { createToken, Lexer, type TokenType } from "chevrotain";
import { token, word, type SourceToken } from "./lexer.js";
import { ExpectingParser } from "./parser/expecting-parser.js";
import type { Expectation } from "./parser/first-tokens.js";
import { cutBrokenSegment, cutIntoDeclarations } from "./segments.js";
import { declarationKeywords } from "./tokens.js";

/** Matches nothing: where a decision is made on it, nothing that may be left out is taken. */
const Nothing = createToken({ name: "Nothing", pattern: Lexer.NA });

/** Built on first use: the analysis of the grammar takes some milliseconds. */
let sharedParser: ExpectingParser | undefined;

export interface ReadToCursor {
  readonly found: readonly Expectation[];
  /** The tokens of the declaration before the cursor, without those that are wrong. */
  readonly before: readonly SourceToken[];
  /** How many were wrong. */
  readonly mistakes: number;
}

/**
 * Reads the declaration at the cursor with the cursor as nothing, as a name, and as the word that stands there: each sees
 * what the others do not get to.
 *
 * @param written type of that word, if there is one
 */
export function readToCursor(
  prefix: readonly SourceToken[],
  cursor: SourceToken,
  after: readonly SourceToken[],
  text: string,
  written: TokenType | undefined,
): ReadToCursor {
  const parser = (sharedParser ??= new ExpectingParser());
  const cursors = [Nothing, token.Identifier, ...(written === undefined ? [] : [written])].map((type) =>
    as(cursor, type),
  );
  // What is a mistake where nothing follows may be none where something does.
  const best = (reads: readonly ReadToCursor[]): ReadToCursor => {
    const mistakes = Math.min(...reads.map((read) => read.mistakes));
    const chosen = reads.filter((read) => read.mistakes === mistakes);
    return { found: chosen.flatMap(({ found }) => found), before: chosen[0]!.before, mistakes };
  };
  const readAll = (before: readonly SourceToken[]): ReadToCursor =>
    best(cursors.map((one) => reach(parser, before, one, after, 0)));
  const segment = cutIntoDeclarations(prefix).at(-1) ?? { start: 0, end: prefix.length };
  const whole = readAll(prefix.slice(segment.start));
  if (whole.mistakes === 0) return whole;
  const { start } = cutBrokenSegment(prefix, text, segment).at(-1) ?? segment;
  const last = start === segment.start ? whole : readAll(prefix.slice(start));
  if (last.mistakes === 0) return last;
  const line = fromLastLine(prefix.slice(start), cursor);
  const later = line && readAll(line);
  if (later?.mistakes === 0) return { ...later, mistakes: last.mistakes };
  const [first, ...others] = cursors;
  const mended = reach(parser, prefix.slice(start), first!, after, mostLeftOut);
  const more = others.map((one) => reach(parser, mended.before, one, after, 0));
  return best([mended, ...more.map((read) => ({ ...read, mistakes: read.mistakes + mended.mistakes }))]);
}

/** Without what stands in the block at the cursor before its line: something there is wrong. */
function fromLastLine(before: readonly SourceToken[], cursor: SourceToken): SourceToken[] | undefined {
  // Of each block that is open: where it opens, and where the last of its lines does.
  const blocks: { readonly open: number; line?: number }[] = [];
  [...before, cursor].forEach(({ tokenType, startsLine }, index) => {
    if (tokenType === token.RightBrace) blocks.pop();
    else if (startsLine === true && blocks.length > 0) blocks.at(-1)!.line = index;
    if (tokenType === token.LeftBrace) blocks.push({ open: index });
  });
  const { open, line } = blocks.at(-1) ?? {};
  return open === undefined || line === undefined ? undefined : [...before.slice(0, open + 1), ...before.slice(line)];
}

const as = (cursor: SourceToken, type: TokenType): SourceToken => ({
  ...cursor,
  tokenType: type,
  tokenTypeIdx: type.tokenTypeIdx!,
});

/** So many tokens are left out before the place is given up. */
const mostLeftOut = 12;

/** Reads up to the cursor; tokens in the way that the parser cannot recover from are left out, so many at most. */
function reach(
  parser: ExpectingParser,
  prefix: readonly SourceToken[],
  cursor: SourceToken,
  after: readonly SourceToken[],
  mayLeaveOut: number,
): ReadToCursor {
  let before = prefix;
  let mistakes = 0;
  for (let leftOut = 0; ;) {
    const start = before.findIndex((found) => openers.has(found.tokenType));
    if (start < 0) break;
    mistakes += start;
    before = before.slice(start);
    const result = parser.expectAt([...before, cursor, ...after], cursor);
    if (result.wrong !== undefined) mistakes++;
    if (result.found.length > 0) return { found: result.found, before, mistakes };
    // What stands after a declaration may begin another, which says too little yet to be told from it.
    const left = result.after === undefined ? -1 : before.indexOf(result.after);
    const wrong = before.findIndex((found) => found === result.wrong);
    if (left > 0) before = before.slice(left);
    else if (wrong >= 0 && leftOut++ < mayLeaveOut) before = before.filter((_, index) => index !== wrong);
    else return { found: [], before, mistakes: mistakes + 1 };
  }
  return { found: parser.declarationsStart(), before: [], mistakes };
}

const openers: ReadonlySet<TokenType> = new Set(declarationKeywords.map((keyword) => word[keyword]));
