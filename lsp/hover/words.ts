/** What is said of the words of the language itself: keywords, units, dtypes, functions. */
import { wordForms } from "../../compiler/check/word-arguments.js";
import { bytesOf } from "../../grammar/dtypes.js";
import { tokenize } from "../../grammar/lexer.js";
import type { Span } from "../../grammar/ast.js";
import { keywords, type KeywordEntry } from "../../grammar/tokens.js";
import { unitNamed } from "../../grammar/units.js";
import { builtIn } from "../completion/functions.js";
import { describeBuiltIn } from "../names/describe.js";
import type { BuiltIn } from "../names/symbols.js";
import type { HoverText } from "./text.js";

const keywordNamed = (name: string): KeywordEntry | undefined =>
  Object.hasOwn(keywords, name) ? keywords[name as keyof typeof keywords] : undefined;

const formOf = (name: string): string | undefined =>
  Object.hasOwn(wordForms, name) ? wordForms[name as keyof typeof wordForms] : undefined;

export function builtInText(name: string, kind: BuiltIn): HoverText {
  const what = describeBuiltIn(kind);
  if (kind === "unit") return { code: name, facts: [what], doc: unitNamed(name)?.doc ?? "" };
  if (kind === "dtype") {
    const bytes = bytesOf(name);
    return { code: name, facts: [`${what} of ${bytes} ${bytes === 1 ? "byte" : "bytes"} an element`] };
  }
  const form = formOf(name);
  if (kind === "word" && form !== undefined) return { code: name, facts: [what], doc: `Takes ${form}.` };
  const known = builtIn(name);
  if (known) {
    const parameters = known.parameters.join(", ") + (known.repeats ? ", .." : "");
    return { code: `${name}(${parameters})`, facts: [what], doc: known.doc };
  }
  const doc = keywordNamed(name)?.doc;
  return { code: name, facts: [what], ...(doc !== undefined && { doc }) };
}

/** The keyword, or the unit, that an offset is in or right after; undefined in names, comments and strings. */
export function keywordAt(text: string, offset: number): { readonly text: HoverText; readonly span: Span } | undefined {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  // Tokens end with their line, but for what is in no comment or string that began before.
  const { tokens } = tokenize(text, start, end < 0 ? text.length : end);
  const token = tokens.find(({ startOffset, image }) => startOffset <= offset && offset <= startOffset + image.length);
  if (token === undefined) return undefined;
  const { image, startOffset } = token;
  const span = { start: startOffset, end: startOffset + image.length };
  const keyword = keywordNamed(image);
  if (token.tokenType.name === "Unit") return { text: builtInText(image, "unit"), span };
  return keyword && { text: { code: image, facts: [], doc: keyword.doc }, span };
}
