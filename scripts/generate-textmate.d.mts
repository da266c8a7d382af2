import type { TextMateGrammar } from "../grammar/textmate/scopes.js";

export function grammarFile(grammar: TextMateGrammar): string;
/** Paths from the root. */
export const grammarFiles: { readonly stretto: string; readonly markdown: string };
