import { createToken, Lexer, type TokenType } from "chevrotain";
import type { Span } from "./ast.js";
import { matchBrackets, token, tokenize, word, type SourceToken } from "./lexer.js";
import { ExpectingParser } from "./parser/expecting-parser.js";
import type { Expectation } from "./parser/first-tokens.js";
import type { NameRole } from "./roles.js";
import { cutBrokenSegment, cutIntoDeclarations } from "./segments.js";
import { declarationKeywords, type Keyword } from "./tokens.js";
import { unitNamed, units } from "./units.js";

/** What may stand at a place of a text. */
export interface ExpectedTokens {
  /** What a token put there would replace: the word at the place, or nothing. */
  readonly span: Span;
  /** Words that say something there; where a name may stand, any word may, as a name. */
  readonly keywords: ReadonlyMap<Keyword, Places>;
  /** Names, by what they would stand for. */
  readonly names: ReadonlyMap<NameRole, Places>;
  /** The other types of tokens: symbols, numbers, strings, units. */
  readonly others: ReadonlySet<TokenType>;
  /** The tokens of the declaration before the place, without those that are wrong. */
  readonly before: readonly SourceToken[];
  /** The texts of those after it, of further declarations too. */
  readonly after: readonly string[];
}

/** Each place of the grammar where it would stand: the rules it is in, the outermost first. */
export type Places = readonly (readonly string[])[];

/** A part of a text that begins where a declaration does; absent: all of it. */
export type Part = Span;

/**
 * Finds what may stand at `offset`. Only the declaration there is read: a mistake in another does not matter, one in its
 * own before the place is passed over. Undefined where no token can begin: in a comment, a string or a number.
 */
export function expectedAt(
  text: string,
  offset: number,
  part: Part = { start: 0, end: text.length },
): ExpectedTokens | undefined {
  const span = wordAt(text, offset);
  const written = text.slice(span.start, span.end);
  if (/^\d/.test(written)) return undefined;
  // A word stands in for what may be written, so that all else is as it will be: lines, brackets, what comes after.
  const shown = text.slice(0, span.start) + placeholder + text.slice(span.end);
  const { tokens } = tokenize(shown, part.start, part.end + placeholder.length - written.length);
  const index = tokens.findIndex((found) => found.startOffset >= span.start);
  const cursor = tokens[index];
  if (cursor?.startOffset !== span.start || !cursor.image.startsWith(placeholder)) return undefined;
  matchBrackets(tokens);
  const { found, before } = read(
    tokens.slice(0, index),
    cursor,
    tokens.slice(index + 1),
    shown,
    typeOf(written, tokens[index - 1]),
  );
  return { span, ...sorted(found), before, after: tokens.slice(index + 1).map(({ image }) => image) };
}

/** Not a word of the language, and none after a number makes a unit of it. */
const placeholder = "q_";

const wordCharacter = /\w/;

/** The word at an offset; after a number a unit is one, `GB/s` too. */
function wordAt(text: string, offset: number): Span {
  let start = offset;
  let end = offset;
  while (start > 0 && wordCharacter.test(text[start - 1]!)) start--;
  // A number runs into what follows it: `80GB`.
  while (start < offset && /\d/.test(text[start]!)) start++;
  while (end < text.length && wordCharacter.test(text[end]!)) end++;
  const left = /\d[ \t]*([A-Za-z]+\/)$/.exec(text.slice(Math.max(0, start - longestUnit), start))?.[1] ?? "";
  if (beginsUnit(left)) start -= left.length;
  const right = /^\/[A-Za-z]+\b/.exec(text.slice(end, end + longestUnit))?.[0] ?? "";
  if (unitNamed(text.slice(start, end) + right) !== undefined && followsNumber(text, start)) end += right.length;
  return { start, end };
}

const longestUnit = 24;
const beginsUnit = (written: string): boolean => written !== "" && units.some(({ name }) => name.startsWith(written));
const followsNumber = (text: string, at: number): boolean =>
  /\d[ \t]*$/.test(text.slice(Math.max(0, at - longestUnit), at));

function typeOf(written: string, previous: SourceToken | undefined): TokenType | undefined {
  if (written === "") return undefined;
  if (previous?.tokenType === token.Number && unitNamed(written) !== undefined) return token.Unit;
  return Object.hasOwn(word, written) ? word[written as Keyword] : token.Identifier;
}

/** Matches nothing: where a decision is made on it, nothing that may be left out is taken. */
const Nothing = createToken({ name: "Nothing", pattern: Lexer.NA });

/** Built on first use: the analysis of the grammar takes some milliseconds. */
let sharedParser: ExpectingParser | undefined;

interface Read {
  readonly found: readonly Expectation[];
  readonly before: readonly SourceToken[];
  /** How many tokens were wrong on the way. */
  readonly mistakes: number;
}

/**
 * Reads the declaration at the cursor with the cursor as nothing, as a name, and as the word that stands there: each sees
 * what the others do not get to.
 */
function read(
  prefix: readonly SourceToken[],
  cursor: SourceToken,
  after: readonly SourceToken[],
  text: string,
  written: TokenType | undefined,
): Omit<Read, "mistakes"> {
  const parser = (sharedParser ??= new ExpectingParser());
  const segment = cutIntoDeclarations(prefix).at(-1) ?? { start: 0, end: prefix.length };
  let before = prefix.slice(segment.start);
  const isClean = (tried: readonly SourceToken[]): boolean =>
    reach(parser, tried, as(cursor, Nothing), after).mistakes === 0;
  if (!isClean(before)) {
    before = prefix.slice(cutBrokenSegment(prefix, text, segment).at(-1)!.start);
    const later = fromLastLine(before, cursor);
    if (later !== undefined && isClean(later)) before = later;
  }
  const types = [Nothing, token.Identifier, ...(written === undefined ? [] : [written])];
  const reads = types.map((type) => reach(parser, before, as(cursor, type), after));
  // What is a mistake where nothing follows may be none where something does.
  const fewest = Math.min(...reads.map(({ mistakes }) => mistakes));
  const best = reads.filter(({ mistakes }) => mistakes === fewest);
  return { found: best.flatMap(({ found }) => found), before: best[0]!.before };
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

/** Reads up to the cursor; a token in the way that the parser cannot recover from is left out. */
function reach(
  parser: ExpectingParser,
  prefix: readonly SourceToken[],
  cursor: SourceToken,
  after: readonly SourceToken[],
): Read {
  let before = prefix;
  let mistakes = 0;
  while (mistakes <= mostLeftOut) {
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
    else if (wrong >= 0) before = before.filter((_, index) => index !== wrong);
    else return { found: [], before, mistakes: mistakes + 1 };
  }
  return { found: parser.declarationsStart(), before: [], mistakes };
}

const openers: ReadonlySet<TokenType> = new Set(declarationKeywords.map((keyword) => word[keyword]));

const keywordOf: ReadonlyMap<TokenType, Keyword> = new Map(
  (Object.entries(word) as [Keyword, TokenType][]).map(([text, type]) => [type, text]),
);

function sorted(found: readonly Expectation[]): Pick<ExpectedTokens, "keywords" | "names" | "others"> {
  const keywords = new Map<Keyword, (readonly string[])[]>();
  const names = new Map<NameRole, (readonly string[])[]>();
  const others = new Set<TokenType>();
  for (const { type, role, rules } of found) {
    const keyword = keywordOf.get(type);
    if (keyword !== undefined) add(keywords, keyword, rules);
    else if (type === token.Identifier) add(names, role ?? "free", rules);
    else others.add(type);
  }
  return { keywords, names, others };
}

function add<K>(places: Map<K, (readonly string[])[]>, key: K, rules: readonly string[]): void {
  const known = places.get(key);
  if (known === undefined) places.set(key, [rules]);
  else if (!known.some((other) => other.join() === rules.join())) known.push(rules);
}
