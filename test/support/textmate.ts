import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";
import { grammarFiles } from "../../scripts/generate-textmate.mjs";
import { readProjectFile } from "./project.js";

/** A piece of a text and the innermost scope that the grammar gives it; undefined: only that of the whole text. */
export interface ColouredPiece {
  readonly start: number;
  readonly end: number;
  readonly scope: string | undefined;
  /** All of them, outermost first. */
  readonly scopes: readonly string[];
}

const root = "source.stretto";
const files: Readonly<Record<string, string>> = {
  [root]: grammarFiles.stretto,
  "markdown.stretto.codeblock": grammarFiles.markdown,
};

/** Cuts texts into coloured pieces as VS Code does: with its engine, over the generated grammars. */
export async function textMateHighlighter(scopeName = root): Promise<(text: string) => ColouredPiece[]> {
  const wasm = createRequire(import.meta.url).resolve("vscode-oniguruma/release/onig.wasm");
  await oniguruma.loadWASM(readFileSync(wasm));
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (name) =>
      name in files ? textmate.parseRawGrammar(readProjectFile(files[name]!), files[name]) : null,
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`no grammar ${scopeName}`);
  return (text) => {
    const pieces: ColouredPiece[] = [];
    let state = textmate.INITIAL;
    let offset = 0;
    for (const line of text.split("\n")) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      for (const { startIndex, endIndex, scopes } of tokens) {
        const innermost = scopes.at(-1);
        const scope = innermost === scopeName ? undefined : innermost;
        const end = offset + Math.min(endIndex, line.length);
        pieces.push({ start: offset + startIndex, end, scope, scopes });
      }
      state = ruleStack;
      offset += line.length + 1;
    }
    return pieces;
  };
}

/** The piece that a place lies in. */
export function pieceAt(pieces: readonly ColouredPiece[], offset: number): ColouredPiece | undefined {
  return pieces.find(({ start, end }) => start <= offset && offset < end);
}
