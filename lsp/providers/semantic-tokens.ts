/** Colours of names by what they refer to: whole, of a range, and as the difference to what was sent before. */
import { SemanticTokensBuilder, type SemanticTokens } from "vscode-languageserver";
import type { Analysis } from "../documents/analysis.js";
import { namesOf } from "../documents/names.js";
import { colouredTokens, tokenModifiers, tokenTypes } from "../names/coloured-tokens.js";
import type { ColouredToken } from "../names/coloured-tokens.js";
import type { Provider } from "../provider.js";

export const semanticTokensProvider: Provider = {
  capabilities: () => ({
    semanticTokensProvider: {
      legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
      full: { delta: true },
      range: true,
    },
  }),
  register(connection, server) {
    /** What was sent of each document last, to tell differences to. */
    const builders = new Map<string, SemanticTokensBuilder>();
    const builderOf = (uri: string): SemanticTokensBuilder => {
      const builder = builders.get(uri) ?? new SemanticTokensBuilder();
      builders.set(uri, builder);
      return builder;
    };
    const none: SemanticTokens = { data: [] };
    server.onChange(() => {
      const open = new Set(server.workspace.uris());
      for (const uri of builders.keys()) if (!open.has(uri)) builders.delete(uri);
    });
    connection.languages.semanticTokens.on(({ textDocument: { uri } }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return none;
      builders.delete(uri);
      const builder = builderOf(uri);
      push(tokensOf(analysis), analysis, builder);
      return builder.build();
    });
    connection.languages.semanticTokens.onDelta(({ textDocument: { uri }, previousResultId }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return none;
      const builder = builderOf(uri);
      builder.previousResult(previousResultId);
      push(tokensOf(analysis), analysis, builder);
      return builder.buildEdits();
    });
    connection.languages.semanticTokens.onRange(({ textDocument: { uri }, range }) => {
      const analysis = server.analysisOf(uri);
      if (!analysis) return none;
      const [start, end] = [analysis.offsetAt(range.start), analysis.offsetAt(range.end)];
      const builder = new SemanticTokensBuilder();
      const within = tokensOf(analysis).filter((one) => one.start < end && start < one.end);
      push(within, analysis, builder);
      return builder.build();
    });
  },
};

function tokensOf(analysis: Analysis): ColouredToken[] {
  return colouredTokens(analysis.text, analysis.path, namesOf(analysis));
}

function push(tokens: readonly ColouredToken[], analysis: Analysis, builder: SemanticTokensBuilder): void {
  for (const { start, end, type, modifiers } of tokens) {
    const { line, character } = analysis.positionAt(start);
    const bits = modifiers.reduce((all, one) => all | (1 << tokenModifiers.indexOf(one)), 0);
    builder.push(line, character, end - start, tokenTypes.indexOf(type), bits);
  }
}
