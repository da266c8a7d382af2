import { CompletionItemKind } from "vscode-languageserver";
import { keywords } from "../../grammar/tokens.js";
import { Rank, type Offer } from "./offer.js";
import type { Scene } from "./scene.js";
import { declarationSnippets } from "./snippets.js";

/** Words between two operands. */
const continuing: ReadonlySet<string> = new Set(["and", "or"]);

/** Words of the grammar that may stand at the cursor, and whole declarations where one may begin. */
export function keywordOffers({ analysis: { text }, expected }: Scene): Offer[] {
  const words = [...expected.keywords.keys()];
  // A declaration that is there already is not written into.
  const isAlone = /^[ \t]*(?:\r?\n|$)/.test(text.slice(expected.span.end, expected.span.end + 200));
  const beginsLine = /(^|\n)[ \t]*$/.test(text.slice(Math.max(0, expected.span.start - 200), expected.span.start));
  return [
    ...words.map((label): Offer => {
      const documentation = () => keywords[label].doc;
      const rank = beginsLine && continuing.has(label) ? Rank.continuing : Rank.keyword;
      return { label, kind: CompletionItemKind.Keyword, rank, documentation };
    }),
    ...declarationSnippets.filter(({ keyword }) => isAlone && expected.keywords.has(keyword)).map(({ offer }) => offer),
  ];
}
