import type { TokenType } from "chevrotain";
import type { Span } from "./ast.js";
import { matchBrackets, token, tokenize, word, type SourceToken } from "./lexer.js";
import type { Expectation } from "./parser/first-tokens.js";
import type { NameRole } from "./roles.js";
import { readToCursor } from "./read-to-cursor.js";
import { literals, type Keyword } from "./tokens.js";
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
  /** Whether nothing was wrong with them. */
  readonly isWhole: boolean;
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
  if (text.startsWith("//", offset - 1) || isInNumber(text, offset)) return undefined;
  const span = wordAt(text, offset);
  const read = readWith(placeholder, text, span, part);
  if (read === undefined) return undefined;
  const { before, after, mistakes, startsLine } = read;
  // A unit stands on the line of its number.
  const found = startsLine ? read.found.filter(({ type }) => type !== token.Unit) : read.found;
  const ofShare = isAfterPercent(text, span.start) ? readWith("of", text, span, part)?.found : undefined;
  const more = ofShare?.filter(({ type }) => type === word.of) ?? [];
  return { span, before, after, isWhole: mistakes === 0, ...sorted([...found, ...more]) };
}

/**
 * Stands in for what may be written, so that all else is as it will be: lines, brackets, what comes after. A name that is
 * no word of the language.
 */
export const placeholder = "q_";

/** Before a name a percent sign is the remainder; only `of` makes a unit of it. */
function isAfterPercent(text: string, at: number): boolean {
  return /\d[ \t]*%[ \t]*$/.test(text.slice(Math.max(0, at - longestUnit), at));
}

function readWith(standIn: string, text: string, { start, end }: Span, part: Part) {
  const written = text.slice(start, end);
  const shown = text.slice(0, start) + standIn + text.slice(end);
  const { tokens } = tokenize(shown, part.start, part.end + standIn.length - written.length);
  const index = tokens.findIndex((found) => found.startOffset >= start);
  const cursor = tokens[index];
  if (cursor?.startOffset !== start || !cursor.image.startsWith(standIn)) return undefined;
  matchBrackets(tokens);
  const read = readToCursor(
    tokens.slice(0, index),
    cursor,
    tokens.slice(index + 1),
    shown,
    typeOf(written, tokens[index - 1]),
  );
  return { ...read, startsLine: cursor.startsLine === true, after: tokens.slice(index + 1).map(({ image }) => image) };
}

/** At a number, but not behind it. */
function isInNumber(text: string, offset: number): boolean {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const line = text.slice(lineStart, offset + longestNumber).split("\n", 1)[0]!;
  const at = offset - lineStart;
  return [...line.matchAll(numbers)].some(({ index, 0: { length } }) => index <= at && at < index + length);
}
const longestNumber = 32;
const numbers = new RegExp(`(?<![A-Za-z0-9_])${literals.Number.pattern.source}`, "g");

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
