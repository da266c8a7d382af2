/** The TextMate grammar: what an editor colours by before, or without, a language server. */
import { dtypeNames } from "../dtypes.js";
import { token } from "../lexer.js";
import { StrettoParser } from "../parser/stretto-parser.js";
import { literals, symbols, type Keyword, type TokenEntry } from "../tokens.js";
import { units } from "../units.js";
import { declarationRules, openingsOf, patternOf, type Opening } from "./openings.js";
import { escapePattern, namePattern, oneOf, symbolPattern } from "./patterns.js";
import type { Rule, Scope, TextMateGrammar } from "./scopes.js";
import { reservedRules, scopeOfWord, wordRules } from "./words.js";

const scopeName = "source.stretto";

/** After it stands a list, whose first name is no more than the others. */
const opensList: ReadonlySet<Keyword> = new Set(["param"]);

export function strettoGrammar(): TextMateGrammar {
  const productions = new StrettoParser().getGAstProductions();
  const declarations = declarationRules(productions["declaration"]!);
  const openings = declarations.flatMap(openingsOf);
  const next = `^(?=[ \\t]*(?:${openings.map(openingPattern).join("|")}))`;
  const repository = Object.fromEntries(
    declarations.map((declaration) => [declaration.name, { patterns: wordRules(declaration) }]),
  );
  const regions = declarations.flatMap((declaration) =>
    openingsOf(declaration).map((opening) => region(opening, declaration.name, next)),
  );
  return {
    name: "Stretto",
    scopeName,
    patterns: [{ include: "#text" }, ...regions, { include: "#rest" }],
    repository: { ...repository, text: { patterns: textRules }, rest: { patterns: [...reservedRules, ...restRules] } },
  };
}

function openingPattern({ word, ways }: Opening): string {
  const rests = new Set(ways.map(patternOf));
  return `${word}\\b(?=${[...rests].join("|")})`;
}

/** A declaration, up to where the next one begins: whatever is missing in it, the next has its colours. */
function region(opening: Opening, words: string, next: string): Rule {
  return {
    begin: `^[ \\t]*(?:(${opening.word})\\b(?=${[...new Set(opening.ways.map(patternOf))].join("|")}))`,
    beginCaptures: { 1: { name: scopeOfWord(opening.word) } },
    end: next,
    patterns: [...declaredName(opening), { include: "#text" }, { include: `#${words}` }, { include: "#rest" }],
  };
}

/** The name right after the opening word, even where it is a word too. */
function declaredName({ word, ways }: Opening): Rule[] {
  if (opensList.has(word)) return [];
  const named = ways.filter(([first]) => first === token.Identifier);
  if (named.length === 0) return [];
  const after = [...new Set(named.map(([, ...rest]) => patternOf(rest)))].join("|");
  return [
    {
      match: `\\G[ \\t]+(${namePattern})(?=${after})`,
      captures: { 1: { name: "entity.name.type.declared.stretto" } },
    },
  ];
}

const textRules: readonly Rule[] = [
  { name: "comment.line.documentation.stretto", match: "\\/\\/\\/.*$" },
  { name: "comment.line.double-slash.stretto", match: "\\/\\/.*$" },
  {
    name: "string.quoted.double.stretto",
    begin: '"',
    end: '"|$',
    patterns: [{ name: "constant.character.escape.stretto", match: "\\\\." }],
  },
  {
    match: `(${literals.Number.pattern.source})(?:[ \\t]*(${unitPattern()}))?`,
    captures: { 1: { name: "constant.numeric.stretto" }, 2: { name: "keyword.other.unit.stretto" } },
  },
];

/** As the lexer has it: letters after a number are a unit, and `%` where no operand follows. */
function unitPattern(): string {
  const lettered = units.map(({ name }) => name).filter((name) => name !== "%");
  return `(?:${oneOf(lettered)})(?!\\w)|%(?![ \\t]*(?!of\\b)[\\w(])`;
}

const name: Scope = "variable.other.name.stretto";
const restRules: readonly Rule[] = [
  { match: `(?<!\\.)\\.[ \\t]*(${namePattern})`, captures: { 1: { name: "variable.other.member.stretto" } } },
  { name: "storage.type.dtype.stretto", match: `\\b(?:${oneOf(dtypeNames)})\\b(?![ \\t]*[=:(])` },
  { name: "entity.name.function.call.stretto", match: `\\b${namePattern}(?=\\()` },
  { name, match: `\\b${namePattern}` },
  ...symbolRules(),
];

function symbolRules(): Rule[] {
  const all: readonly TokenEntry[] = Object.values(symbols);
  const texts = (category: TokenEntry["category"]): string =>
    all
      .filter((symbol) => symbol.category === category)
      .map(({ pattern }) => symbolPattern(pattern as string))
      .join("|");
  return [
    { name: "keyword.operator.stretto", match: texts("operator") },
    { name: "punctuation.separator.stretto", match: texts("punctuation") },
  ];
}

/** Colours fences of the language in Markdown. */
export const markdownGrammar: TextMateGrammar = {
  name: "Stretto in Markdown",
  scopeName: "markdown.stretto.codeblock",
  injectionSelector: "L:text.html.markdown",
  patterns: [
    {
      name: "markup.fenced_code.block.markdown",
      begin: `(^|\\G)(\\s*)(${escapePattern("`")}{3,}|~{3,})\\s*(?i:(stretto)(?:\\s+([^\`]*))?$)`,
      end: "(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$",
      beginCaptures: {
        3: { name: "punctuation.definition.markdown" },
        4: { name: "fenced_code.block.language.markdown" },
        5: { name: "fenced_code.block.language.attributes.markdown" },
      },
      endCaptures: { 3: { name: "punctuation.definition.markdown" } },
      patterns: [
        {
          begin: "(^|\\G)(\\s*)(.*)",
          while: "(^|\\G)(?!\\s*([`~]{3,})\\s*$)",
          contentName: "meta.embedded.block.stretto",
          patterns: [{ include: scopeName }],
        },
      ],
    },
  ],
};
