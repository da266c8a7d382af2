/** What can be folded: declarations and blocks over several lines, runs of comments, and the imports together. */
import { FoldingRangeKind, type FoldingRange } from "vscode-languageserver";
import type { Comment, SourceFile, Span } from "../../grammar/ast.js";
import { childNodesOf, type TreeNode } from "../../grammar/children.js";
import type { Analysis } from "../documents/analysis.js";
import type { Provider } from "../provider.js";

/** Beside declarations, what holds lines of its own. */
const blocks: ReadonlySet<string> = new Set(["WhenStatement", "ForExpr", "RoundLoop", "RoundBlock", "BlockExpr"]);
const machineBlocks: ReadonlySet<string> = new Set(["RankDecl", "LinkDecl", "LevelDecl"]);

export const foldingRangeProvider: Provider = {
  capabilities: () => ({ foldingRangeProvider: true }),
  register(connection, server) {
    connection.onFoldingRanges(({ textDocument: { uri } }) => {
      const analysis = server.analysisOf(uri);
      return analysis ? foldingRangesOf(analysis) : null;
    });
  },
};

function foldingRangesOf(analysis: Analysis): FoldingRange[] {
  const { tree } = analysis;
  const ranges = [
    ...blocksOf(tree).map((span) => rangeOf(span, analysis)),
    ...importsOf(tree).map((span) => rangeOf(span, analysis, FoldingRangeKind.Imports)),
    ...commentsOf(tree.comments, analysis).map((span) => rangeOf(span, analysis, FoldingRangeKind.Comment)),
  ].filter((range) => range !== undefined);
  // One a line, the widest: editors show one mark there.
  const widest = new Map<number, FoldingRange>();
  for (const range of ranges) {
    const other = widest.get(range.startLine);
    if (other === undefined || other.endLine < range.endLine) widest.set(range.startLine, range);
  }
  return [...widest.values()].sort((a, b) => a.startLine - b.startLine);
}

function blocksOf(tree: SourceFile): Span[] {
  const found: Span[] = [];
  const rest: TreeNode[] = tree.declarations.filter(({ kind }) => kind !== "ImportDecl");
  for (const declaration of rest) found.push(declaration.span);
  for (let node = rest.pop(); node; node = rest.pop())
    for (const child of childNodesOf(node)) {
      if (blocks.has(child.kind) || machineBlocks.has(child.kind)) found.push(child.span);
      rest.push(child);
    }
  return found;
}

/** Imports that nothing else stands between. */
function importsOf({ declarations }: SourceFile): Span[] {
  const runs: Span[] = [];
  let isOpen = false;
  for (const { kind, span } of declarations) {
    const isImport = kind === "ImportDecl";
    if (isImport && isOpen) runs.push({ start: runs.pop()!.start, end: span.end });
    else if (isImport) runs.push(span);
    isOpen = isImport;
  }
  return runs;
}

/** Comments on lines right below each other. */
function commentsOf(comments: readonly Comment[], analysis: Analysis): Span[] {
  const runs: Span[] = [];
  let nextLine = -1;
  for (const { span, ownLine } of comments) {
    if (!ownLine) continue;
    const { line } = analysis.positionAt(span.start);
    if (line === nextLine) runs.push({ start: runs.pop()!.start, end: span.end });
    else runs.push(span);
    nextLine = line + 1;
  }
  return runs;
}

/** Undefined of a single line. A closing bracket on a line of its own stays in sight. */
function rangeOf(span: Span, analysis: Analysis, kind?: FoldingRangeKind): FoldingRange | undefined {
  const { start, end } = analysis.rangeOf(span);
  const lastLine = analysis.text.slice(analysis.offsetAt({ line: end.line, character: 0 }), span.end);
  const endLine = kind === undefined && /^\s*[)}\]]+$/.test(lastLine) ? end.line - 1 : end.line;
  return endLine > start.line ? { startLine: start.line, endLine, ...(kind && { kind }) } : undefined;
}
