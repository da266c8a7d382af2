/** Edits in the one style there is, with as little changed as can be. */
import type { Span } from "../../grammar/ast.js";
import { replaceAll, type Replacement } from "../../grammar/format-range.js";
import { formatPart } from "../../grammar/prettier-plugin.js";
import { withLineBreaksOf } from "../facts/line-breaks.js";
import { minimalEdits } from "../documents/minimal-edits.js";

/**
 * What turns a text into what it is after the replacements, formatted where they are.
 *
 * @param replacements apart from each other
 */
export async function finishEdits(text: string, replacements: readonly Replacement[]): Promise<readonly Replacement[]> {
  const ordered = adapted(replacements, text).toSorted((a, b) => a.span.start - b.span.start);
  let edited = replaceAll(text, ordered);
  // From the last to the first, so that the places of those that are left do not move.
  for (const span of placesAfter(ordered).reverse())
    edited = replaceAll(edited, adapted(await formatPart(edited, span), text));
  return minimalEdits(text, edited);
}

/** Whoever writes a replacement, the formatter too, ends lines without regard to the text. */
function adapted(replacements: readonly Replacement[], text: string): Replacement[] {
  return replacements.map(({ span, newText }) => ({ span, newText: withLineBreaksOf(text, newText) }));
}

/** Where the replacements are once they are made. */
function placesAfter(ordered: readonly Replacement[]): Span[] {
  let moved = 0;
  return ordered.map(({ span, newText }) => {
    const start = span.start + moved;
    moved += newText.length - (span.end - span.start);
    return { start, end: start + newText.length };
  });
}
