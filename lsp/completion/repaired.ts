import type { Declaration } from "../../grammar/ast.js";
import { placeholder, type ExpectedTokens } from "../../grammar/expected.js";
import { readPieces } from "../../grammar/pieces.js";

const closing: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const closers: ReadonlySet<string> = new Set(Object.values(closing));

/**
 * The declaration at the cursor as far as it is written before it: what is wrong left out, brackets closed, a name in the
 * place of what is to come. Its spans are those of the text.
 */
export function repairedDeclaration(text: string, { before, span }: ExpectedTokens): Declaration | undefined {
  const [first] = before;
  if (first === undefined) return undefined;
  const open: string[] = [];
  let written = " ".repeat(first.startOffset);
  for (const { image, startOffset } of before) {
    if (closing[image] !== undefined) open.push(closing[image]);
    else if (closers.has(image)) open.pop();
    written += blank(text.slice(written.length, startOffset)) + image;
  }
  written += blank(text.slice(written.length, span.start)) || " ";
  const whole = `${written}${placeholder}${open.toReversed().join("")}`;
  return readPieces(whole, first.startOffset).pieces.at(-1)?.declarations.at(-1);
}

/** Only the line breaks of a text, which count, and nothing else of it: what was left out, and comments. */
function blank(text: string): string {
  return text.replace(/[^\n\r]/g, " ");
}
