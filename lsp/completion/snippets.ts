import { CompletionItemKind } from "vscode-languageserver";
import type { Keyword } from "../../grammar/tokens.js";
import { Rank, type Offer } from "./offer.js";

interface DeclarationSnippet {
  readonly keyword: Keyword;
  readonly offer: Offer;
}

/** Whole declarations, with places to fill in. */
export const declarationSnippets: readonly DeclarationSnippet[] = [
  whole(
    "layer",
    "with its body",
    "layer ${1:name}(${2:x}: ${3:bf16}[${4:tokens}/${5:tp}, ${6:hidden}]) -> ${7:out}: ${3:bf16}[${4:tokens}/${5:tp}, ${6:hidden}] {\n  return ${0:x}\n}",
  ),
  whole(
    "schedule",
    "with its verbs",
    "schedule ${1:name} of ${2:layer} {\n  overlap ${3:a} -> ${4:b} by ${5:shard}$0\n}",
  ),
  whole(
    "check",
    "with its claims",
    "check ${1:name} {\n  same result as ${2:layer} within ${3:1e-2}\n  no deadlock, no race$0\n}",
  ),
  whole("mesh", "on a machine", "mesh on ${1:h800_node} { ${2:tp}: ${3:8} }$0"),
  whole("table", "drawn", "table ${1:gate}: ${2:tokens} -> ${3:experts}, top(${4:2}) = ${5:uniform()} seed ${6:7}$0"),
  whole(
    "collective",
    "in rounds",
    "collective ${1:ring}(x: [c/n] -> [c]) over n {\n  for s in 0 ..< n - 1 {\n    send x[rank - s] to rank + 1$0\n  }\n}",
  ),
  whole("op", "in index notation", "op ${1:name}(${2:x}: T[.., ${3:n}]) -> T[.., ${3:n}] = ${0:2 * x[.., n]}"),
  whole(
    "monoid",
    "with its parts",
    "monoid ${1:name}(x: f32) {\n  identity = ${2:0}\n  combine(a, b) = ${3:a + b}\n  finish(a) = ${4:a}$0\n}",
  ),
];

function whole(keyword: Keyword, detail: string, snippet: string): DeclarationSnippet {
  const documentation = () => `\`\`\`stretto\n${plainText(snippet)}\n\`\`\``;
  const offer = { label: keyword, kind: CompletionItemKind.Snippet, rank: Rank.known, detail, snippet, documentation };
  return { keyword, offer };
}

/** A snippet as it stands before anything is filled in. */
export function plainText(snippet: string): string {
  return snippet.replace(/\$\{\d+:((?:[^{}$])*)\}/g, "$1").replace(/\$\d+/g, "");
}
