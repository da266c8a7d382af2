import type { Rule as Production, TokenType } from "chevrotain";
import { token, word } from "../lexer.js";
import { keywords, type Keyword, type TokenCategory } from "../tokens.js";
import { neighboursIn, type Neighbours } from "./neighbours.js";
import { beginningsOf, endingsOf, isReserved, keywordOf, oneOf, reservedWords } from "./patterns.js";
import type { Rule, Scope } from "./scopes.js";

const scopeOfCategory: Readonly<Record<TokenCategory, Scope>> = {
  declaration: "keyword.declaration.stretto",
  clause: "keyword.other.clause.stretto",
  property: "keyword.other.property.stretto",
  verb: "keyword.control.verb.stretto",
  claim: "keyword.other.claim.stretto",
  operator: "keyword.operator.word.stretto",
  punctuation: "punctuation.separator.stretto",
  literal: "constant.numeric.stretto",
  name: "variable.other.name.stretto",
};

export const scopeOfWord = (text: Keyword): Scope => scopeOfCategory[keywords[text].category];

/** Reserved words, which are words wherever they stand. */
export const reservedRules: readonly Rule[] = rulesByScope(reservedWords, (words) => `\\b(?:${words})\\b`);

/**
 * Rules for the words of one kind of declaration. All but reserved ones may be names, so a word is coloured where its
 * neighbours on the line are such as the parser lets it have. A name right after a word is taken with it: of
 * `tile by by (2, 2)` the first `by` is one.
 */
export function wordRules(declaration: Production): Rule[] {
  const neighbours = neighboursIn(declaration);
  const texts = [...neighbours.tokens].flatMap((type) => keywordOf.get(type) ?? []);
  const contextual = texts.filter((text) => !isReserved(text));
  const groups = new Map<string, { readonly rule: WordRule; readonly words: Keyword[] }>();
  for (const text of texts) {
    const rule = ruleOf(text, contextual, neighbours);
    const key = JSON.stringify(rule);
    const group = groups.get(key) ?? { rule, words: [] };
    groups.set(key, group);
    group.words.push(text);
  }
  return [...groups.values()].map(({ rule, words }) => ({
    match: `${rule.before}[ \\t]*\\b(${oneOf(words)})\\b(?:${rule.after})`,
    captures: { 1: { name: rule.scope }, 2: { name: "variable.other.name.stretto" } },
  }));
}

interface WordRule {
  readonly scope: Scope;
  readonly before: string;
  readonly after: string;
}

function ruleOf(text: Keyword, contextual: readonly Keyword[], neighbours: Neighbours): WordRule {
  const type = word[text];
  const after = neighbours.after(type);
  const ends = neighbours.mayEnd(type) ? ["$", "\\/\\/"] : [];
  const beginning = `(?=${[...beginningsOf(after), ...ends].map((text) => `[ \\t]*${text}`).join("|")})`;
  const names = contextual.filter((name) => after.has(token.Identifier) && !after.has(word[name]));
  const taken = names.length === 0 ? "" : `[ \\t]+(${oneOf(names)})\\b(?!\\()|`;
  if (isReserved(text)) return { scope: scopeOfWord(text), before: "", after: taken };
  return { scope: scopeOfWord(text), before: startOf(neighbours.before(type)), after: taken + beginning };
}

/** The beginning of a line may have anything before it. */
function startOf(before: ReadonlySet<TokenType>): string {
  const endings = endingsOf(before);
  return endings === "" ? "^" : `(?:^|(?<=[${endings}]))`;
}

function rulesByScope(words: readonly Keyword[], pattern: (words: string) => string): Rule[] {
  const scopes = [...new Set(words.map(scopeOfWord))];
  return scopes.map((name) => ({ name, match: pattern(oneOf(words.filter((each) => scopeOfWord(each) === name))) }));
}
