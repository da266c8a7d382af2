import type { TokenType } from "chevrotain";
import { token, word } from "../lexer.js";
import { keywords, literals, symbols, type Keyword } from "../tokens.js";

/** The word that a token type is of; undefined for all that is no word. */
export const keywordOf: ReadonlyMap<TokenType, Keyword> = new Map(
  Object.entries(word).map(([text, type]) => [type, text as Keyword]),
);

export const isReserved = (text: Keyword): boolean => "reserved" in keywords[text];

/** Words that can never be a name. */
export const reservedWords = (Object.keys(keywords) as Keyword[]).filter(isReserved);

export const oneOf = (texts: Iterable<string>): string => [...texts].map(escapePattern).sort(longestFirst).join("|");

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function longestFirst(a: string, b: string): number {
  return b.length - a.length || (a < b ? -1 : 1);
}

const symbolTexts: readonly string[] = Object.values(symbols).map(({ pattern }) => pattern as string);

/** A symbol, and no longer one that begins with it. */
export function symbolPattern(text: string): string {
  const longer = symbolTexts.filter((other) => other !== text && other.startsWith(text));
  const rests = longer.map((other) => other.slice(text.length));
  return escapePattern(text) + (rests.length === 0 ? "" : `(?!${oneOf(rests)})`);
}

/** How texts of these types begin, one pattern each: for what stands after a word, spaces skipped. */
export function beginningsOf(types: ReadonlySet<TokenType>): string[] {
  const words = [...types].flatMap((type) => keywordOf.get(type) ?? []);
  const isOperand = types.has(token.Identifier);
  const marks = symbolsAmong(types).map(symbolPattern);
  return [
    ...(isOperand ? [`(?!(?:${oneOf(reservedWords)})\\b)[A-Za-z_]`] : []),
    ...(types.has(token.Number) ? ["\\d"] : []),
    ...(types.has(token.String) ? ['"'] : []),
    ...(words.length > 0 ? [`(?:${oneOf(words)})\\b`] : []),
    // Where a name may stand after a word, a parenthesis that touches it makes a call of it.
    ...marks.map((mark) => (isOperand && mark === "\\(" ? `(?<!\\w)${mark}` : mark)),
  ];
}

/** The characters that texts of these types end with: for what stands before a word, spaces skipped. */
export function endingsOf(types: ReadonlySet<TokenType>): string {
  const wordlike = [...types].some(
    (type) => type === token.Identifier || type === token.Number || type === token.Unit || keywordOf.has(type),
  );
  const marks = new Set(symbolsAmong(types).map((text) => text.at(-1)!));
  if (types.has(token.Unit)) marks.add("%");
  if (types.has(token.String)) marks.add('"');
  return (wordlike ? "\\w" : "") + [...marks].map(escapePattern).sort().join("");
}

function symbolsAmong(types: ReadonlySet<TokenType>): string[] {
  return Object.entries(symbols).flatMap(([name, entry]) => {
    const type = token[name as keyof typeof symbols];
    const asOperator = "binary" in entry && types.has(token.BinaryOperator);
    return types.has(type) || asOperator ? [entry.pattern as string] : [];
  });
}

export const namePattern = literals.Identifier.pattern.source;
