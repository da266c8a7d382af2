import { createToken, Lexer, type TokenType } from "chevrotain";
import type { Span } from "./ast.js";
import { token, tokenize, word, type SourceToken } from "./lexer.js";
import { ExpectingParser } from "./parser/expecting-parser.js";
import type { Expectation } from "./parser/first-tokens.js";
import type { NameRole } from "./roles.js";
import { cutBrokenSegment, cutIntoDeclarations } from "./segments.js";
import { declarationKeywords, type Keyword } from "./tokens.js";

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
  /** Those after it. */
  readonly after: readonly SourceToken[];
}

/** Each place of the grammar where it would stand: the rules it is in, the outermost first. */
export type Places = readonly (readonly string[])[];

/** A part of a text that begins where a declaration does; absent: all of it. */
export type Part = Span;

/**
 * Finds what may stand at `offset`. Only the declaration there is read: a mistake in another does not matter, one in its
 * own before the place is passed over. Undefined where no token can begin: in a comment, a string or a number.
 */
export function expectedAt(text: string, offset: number, part: Part = { start: 0, end: text.length }): ExpectedTokens | undefined {
  const span = wordAt(text, offset);
  const written = text.slice(span.start, span.end);
  // A word stands in for what may be written, so that all else is as it will be: lines, brackets, what comes after.
  const shown = `${text.slice(part.start, span.start)}${placeholder}${text.slice(span.end, part.end)}`;
  const { tokens } = tokenize(shown);
  const at = span.start - part.start;
  const index = tokens.findIndex((found) => found.startOffset >= at);
  const cursor = tokens[index];
  if (cursor?.startOffset !== at || !cursor.image.startsWith(placeholder)) return undefined;
  const shift = part.start;
  const added = placeholder.length - written.length;
  const prefix = tokens.slice(0, index);
  const after = tokens.slice(index + 1);
  const { found, before } = read(prefix, cursor, after, shown, typeOf(written));
  return {
    span,
    ...sorted(found),
    before: before.map((one) => moved(one, shift)),
    after: after.map((one) => moved(one, shift - added)),
  };
}

/** Not a word of the language, and none after a number makes a unit of it. */
const placeholder = "q_";

const wordCharacter = /\w/;

function wordAt(text: string, offset: number): Span {
  let start = offset;
  let end = offset;
  while (start > 0 && wordCharacter.test(text[start - 1]!)) start--;
  // A number runs into what follows it: `80GB`.
  while (start < offset && /\d/.test(text[start]!)) start++;
  while (end < text.length && wordCharacter.test(text[end]!)) end++;
  return { start, end };
}

const typeOf = (written: string): TokenType | undefined => {
  if (written === "") return undefined;
  return Object.hasOwn(word, written) ? word[written as Keyword] : token.Identifier;
};

const moved = (found: SourceToken, by: number): SourceToken =>
  by === 0 ? found : { ...found, startOffset: found.startOffset + by };

/** Matches nothing: where a decision is made on it, nothing that may be left out is taken. */
const Nothing = createToken({ name: "Nothing", pattern: Lexer.NA });

/** Built on first use: the analysis of the grammar takes some milliseconds. */
let sharedParser: ExpectingParser | undefined;

interface Read {
  readonly found: readonly Expectation[];
  readonly before: readonly SourceToken[];
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
): Read {
  const parser = (sharedParser ??= new ExpectingParser());
  const segment = cutIntoDeclarations(prefix).at(-1) ?? { start: 0, end: prefix.length };
  let before = prefix.slice(segment.start);
  const isClean = (tried: readonly SourceToken[]): boolean => reach(parser, tried, as(cursor, Nothing), after).clean;
  if (!isClean(before)) {
    before = prefix.slice(cutBrokenSegment(prefix, text, segment).at(-1)!.start);
    const later = fromLastLine(before);
    if (later !== undefined && isClean(later)) before = later;
  }
  const types = [Nothing, token.Identifier, ...(written === undefined ? [] : [written])];
  const reads = types.map((type) => reach(parser, before, as(cursor, type), after));
  return { found: reads.flatMap(({ found }) => found), before: reads[0]!.before };
}

/** Without what stands in the block at the cursor before its last line: something there is wrong. */
function fromLastLine(before: readonly SourceToken[]): SourceToken[] | undefined {
  const open: number[] = [];
  const starts: number[][] = [[]];
  before.forEach(({ tokenType, startsLine }, index) => {
    if (tokenType === token.LeftBrace) {
      open.push(index);
      starts.push([]);
    } else if (tokenType === token.RightBrace) {
      open.pop();
      if (starts.length > 1) starts.pop();
    } else if (startsLine === true) starts.at(-1)!.push(index);
  });
  const block = open.at(-1);
  const line = starts.at(-1)!.at(-1);
  return block === undefined || line === undefined ? undefined : [...before.slice(0, block + 1), ...before.slice(line)];
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
): Read & { readonly clean: boolean } {
  let before = prefix;
  let clean = true;
  for (let leftOut = 0; leftOut <= mostLeftOut; leftOut++) {
    const start = before.findIndex((found) => openers.has(found.tokenType));
    if (start < 0) break;
    if (start > 0) clean = false;
    before = before.slice(start);
    const result = parser.expectAt([...before, cursor, ...after], cursor);
    if (result.wrong !== undefined) clean = false;
    if (result.found.length > 0) return { found: result.found, before, clean };
    // What stands after a declaration may begin another, which says too little yet to be told from it.
    const left = result.after === undefined ? -1 : before.indexOf(result.after);
    if (left > 0) before = before.slice(left);
    else {
      const wrong = before.findIndex((found) => found === result.wrong);
      if (wrong < 0) return { found: [], before, clean: false };
      before = before.filter((_, index) => index !== wrong);
    }
    clean = false;
  }
  return { found: parser.declarationsStart(), before: [], clean };
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
