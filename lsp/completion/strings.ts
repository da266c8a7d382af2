import type { Span } from "../../grammar/ast.js";

/** A string at the cursor: what it names, and where its text stands. */
export interface OpenString {
  readonly names: "import" | "table";
  /** Between the quotes, as far as there are two. */
  readonly span: Span;
}

/** Longer imports are not looked through. */
const farthest = 4000;

/** Undefined where the cursor is in no string that names a file. */
export function stringAt(text: string, offset: number): OpenString | undefined {
  const before = text.slice(Math.max(0, offset - farthest), offset);
  const opened = /(\bimport\s*\{[^{}]*\}|=)\s*from\s*"([^"\n]*)$/.exec(before);
  if (opened === null) return undefined;
  const rest = /^[^"\n]*(?=")/.exec(text.slice(offset, offset + farthest));
  const span = { start: offset - opened[2]!.length, end: offset + (rest?.[0].length ?? 0) };
  return { names: opened[1] === "=" ? "table" : "import", span };
}
