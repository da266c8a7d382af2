import {
  Alternation,
  NonTerminal,
  Option,
  Repetition,
  RepetitionWithSeparator,
  Terminal,
  type IProduction,
  type Rule as Production,
  type TokenType,
} from "chevrotain";
import { token } from "../lexer.js";
import type { Keyword } from "../tokens.js";
import { partsWithin } from "../parser/first-tokens.js";
import { waysOf } from "./neighbours.js";
import { keywordOf, namePattern, symbolPattern } from "./patterns.js";

/** How many tokens tell that a word opens a declaration, where it may be a name too: `schedule fast of`. */
const telling = 3;

/** A word that can open a declaration, and what then stands on its line. */
export interface Opening {
  readonly word: Keyword;
  /** Tokens after the word, one way a list. */
  readonly ways: readonly (readonly TokenType[])[];
}

/** The rules of the parser that a declaration may be. */
export function declarationRules(declaration: Production): Production[] {
  const [choice] = declaration.definition;
  return waysOf(choice as Alternation).map(([rule]) => (rule as NonTerminal).referencedRule);
}

export function openingsOf(declaration: Production): Opening[] {
  const beginnings = beginningsWithin(declaration.definition, telling);
  const words = new Set(beginnings.map(([first]) => keywordOf.get(first!)!));
  return [...words].map((word) => ({
    word,
    ways: beginnings.filter(([first]) => keywordOf.get(first!) === word).map(([, ...rest]) => rest),
  }));
}

/** A text that begins so, on one line; it may end early, at the end of the line. */
export function patternOf(way: readonly TokenType[]): string {
  return way.map((type, place) => `[ \\t]*${place === 0 ? textOf(type) : `(?:${textOf(type)}|(?=$|\\/\\/))`}`).join("");
}

function textOf(type: TokenType): string {
  const text = keywordOf.get(type);
  if (text !== undefined) return `${text}\\b`;
  return type === token.Identifier ? `${namePattern}\\b` : symbolPattern(type.PATTERN as string);
}

function beginningsWithin(parts: readonly IProduction[], length: number): TokenType[][] {
  let found: TokenType[][] = [[]];
  for (const part of parts) {
    if (found.every((each) => each.length === length)) break;
    found = found.flatMap((each) =>
      each.length === length ? [each] : beginningsOfPart(part, length - each.length).map((next) => [...each, ...next]),
    );
  }
  return found;
}

function beginningsOfPart(part: IProduction, length: number): TokenType[][] {
  if (part instanceof Terminal) return [[part.terminalType]];
  if (part instanceof NonTerminal) return beginningsWithin(part.referencedRule.definition, length);
  if (part instanceof Alternation) return waysOf(part).flatMap((way) => beginningsWithin(way, length));
  const inside = beginningsWithin(partsWithin(part), length);
  const optional = part instanceof Option || part instanceof Repetition || part instanceof RepetitionWithSeparator;
  return optional ? [[], ...inside] : inside;
}
