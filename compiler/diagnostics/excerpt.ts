import type { Span } from "../../grammar/ast.js";
import type { LineMap } from "./line-map.js";

/** Columns of source that an excerpt shows. */
const excerptWidth = 100;
/** Columns kept before what is underlined, when the line is longer than an excerpt. */
const leadWidth = 30;

/** One line of source and the line of `~` below it. */
export interface Excerpt {
  readonly lineNumber: number;
  readonly source: string;
  readonly underline: string;
}

/** The first line of a span. What control characters would do to a terminal is not done: they are shown as `·`. */
export function excerptOf(text: string, lines: LineMap, span: Span): Excerpt {
  const start = Math.min(span.start, text.length);
  const lineNumber = lines.positionAt(start).line;
  const line = lines.lineSpan(lineNumber);
  const from = Math.max(line.start, Math.min(start, line.end));
  const to = Math.max(from, Math.min(span.end, line.end));

  const cut = line.end - line.start > excerptWidth;
  const first = cut ? Math.max(line.start, from - leadWidth) : line.start;
  const last = cut ? Math.min(line.end, first + excerptWidth) : line.end;
  const before = printable(text.slice(first, from));
  const marked = printable(text.slice(from, Math.min(to, last)));
  const after = printable(text.slice(Math.min(to, last), last));
  const lead = first > line.start ? "…" : "";
  return {
    lineNumber,
    source: lead + before + marked + after + (last < line.end ? "…" : ""),
    underline: " ".repeat(displayWidth(lead + before)) + "~".repeat(Math.max(1, displayWidth(marked))),
  };
}

/** Text that is safe on a terminal: a tab is two blanks, other control characters and changes of direction are `·`. */
export function printable(text: string): string {
  return text.replaceAll("\t", "  ").replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "·");
}

/** Columns a terminal takes for a text: combining marks none, wide characters two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\u200d/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
