import type { Span } from "./ast.js";

/**
 * A mistake of syntax, in parts that a catalogue of diagnostics can word. `expected` and `found` are ready to be shown:
 * a symbol or word in backquotes, or a description such as `a name`. At most `maximumProblems` are kept for a text.
 */
export type SyntaxProblem =
  | { readonly kind: "unknown-character"; readonly span: Span; readonly found: string }
  // Between a slash with a star and a star with a slash, as in other languages.
  | { readonly kind: "block-comment"; readonly span: Span }
  | { readonly kind: "unterminated-string"; readonly span: Span }
  | { readonly kind: "too-deep"; readonly span: Span; readonly limit: number }
  | { readonly kind: "expected"; readonly span: Span; readonly expected: readonly string[]; readonly found: string }
  | { readonly kind: "unexpected"; readonly span: Span; readonly expected: readonly string[]; readonly found: string };

export const maximumProblems = 100;
/** Levels of nesting; a declaration with more is refused. */
export const maximumDepth = 100;
/** Operators, members, calls and indices in one chain. */
export const maximumLinks = 1000;

/** One sentence, for tools that have no catalogue at hand. */
export function describeProblem(problem: SyntaxProblem): string {
  switch (problem.kind) {
    case "unknown-character":
      return `${problem.found} means nothing here`;
    case "block-comment":
      return "comments begin with `//` and end with the line";
    case "unterminated-string":
      return "this string is not closed on its line";
    case "too-deep":
      return `this is nested deeper than ${problem.limit} levels`;
    case "expected":
      return `expected ${listed(problem.expected)}, but found ${problem.found}`;
    case "unexpected":
      return problem.expected.length === 0
        ? `did not expect ${problem.found} here`
        : `did not expect ${problem.found} here: expected ${listed(problem.expected)}`;
  }
}

function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} or ${items[items.length - 1]}`;
}
