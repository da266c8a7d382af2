import { CompletionItemKind } from "vscode-languageserver";
import { keywords } from "../../grammar/tokens.js";
import { Rank, type Offer } from "./offer.js";
import type { Scene } from "./scene.js";
import { declarationSnippets } from "./snippets.js";

/** Words of the grammar that may stand at the cursor, and whole declarations where one may begin. */
export function keywordOffers({ analysis: { text }, expected }: Scene): Offer[] {
  const words = [...expected.keywords.keys()];
  // A declaration that is there already is not written into.
  const isAlone = /^[ \t]*(?:\r?\n|$)/.test(text.slice(expected.span.end, expected.span.end + 200));
  return [
    ...words.map((label): Offer => {
      const documentation = () => keywords[label].doc;
      return { label, kind: CompletionItemKind.Keyword, rank: Rank.keyword, documentation };
    }),
    ...declarationSnippets.filter(({ keyword }) => isAlone && expected.keywords.has(keyword)).map(({ offer }) => offer),
  ];
}
