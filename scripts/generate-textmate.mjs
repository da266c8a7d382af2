// Makes the TextMate grammars of the extension from the tables of grammar/ and from the parser's productions. Run after a
// build; a test compares.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * @param {import("../grammar/textmate/scopes.js").TextMateGrammar} grammar
 * @returns {string}
 */
export function grammarFile(grammar) {
  return `${JSON.stringify(grammar, null, 1)}\n`;
}

export const grammarFiles = {
  stretto: "vscode-extension/syntaxes/stretto.tmLanguage.json",
  markdown: "vscode-extension/syntaxes/markdown.tmLanguage.json",
};

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { markdownGrammar, strettoGrammar } = await import("../dist/grammar/textmate/grammar.js");
  writeFileSync(join(root, grammarFiles.stretto), grammarFile(strettoGrammar()));
  writeFileSync(join(root, grammarFiles.markdown), grammarFile(markdownGrammar));
}
