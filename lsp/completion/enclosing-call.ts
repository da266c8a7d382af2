import type { SourceToken } from "../../grammar/lexer.js";

/** The call whose arguments the cursor is in. */
export interface EnclosingCall {
  /** `all_gather`, `place.to`. */
  readonly callee: string;
  /** What stands before the cursor's argument, an argument each; of the one at the cursor, what is written before it. */
  readonly arguments: readonly (readonly SourceToken[])[];
  /** Which argument the cursor is in. */
  readonly active: number;
}

const openers: ReadonlySet<string> = new Set(["(", "[", "{"]);
const closers: ReadonlySet<string> = new Set([")", "]", "}"]);

/** Of tokens up to the cursor, the innermost call that is still open; undefined where another bracket is. */
export function enclosingCall(before: readonly SourceToken[]): EnclosingCall | undefined {
  let depth = 0;
  const separators: number[] = [];
  for (let index = before.length - 1; index >= 0; index--) {
    const { image } = before[index]!;
    if (closers.has(image)) depth++;
    else if (openers.has(image) && depth > 0) depth--;
    else if (openers.has(image)) return image === "(" ? callAt(before, index, separators) : undefined;
    else if (image === "," && depth === 0) separators.unshift(index);
  }
  return undefined;
}

function callAt(
  before: readonly SourceToken[],
  open: number,
  separators: readonly number[],
): EnclosingCall | undefined {
  const callee = calleeBefore(before, open);
  if (callee === undefined) return undefined;
  const starts = [open, ...separators];
  const ends = [...separators, before.length];
  return { callee, arguments: starts.map((start, k) => before.slice(start + 1, ends[k])), active: separators.length };
}

const isName = (found: SourceToken | undefined): boolean => found !== undefined && /^[A-Za-z_]/.test(found.image);

/** The name right before a parenthesis, with the names it is a member of, and past its type arguments. */
function calleeBefore(before: readonly SourceToken[], open: number): string | undefined {
  let at = open - 1;
  if (before[at]?.image === ">") {
    while (at >= 0 && before[at]!.image !== "<") at--;
    at--;
  }
  if (!isName(before[at])) return undefined;
  let callee = before[at]!.image;
  while (before[at - 1]?.image === "." && isName(before[at - 2])) {
    at -= 2;
    callee = `${before[at]!.image}.${callee}`;
  }
  return callee;
}
