/** What a selection grows to: from a name outwards, an expression, an argument, a statement, a block, a declaration, the file. */
import type { SelectionRange } from "vscode-languageserver";
import type { Span } from "../../grammar/ast.js";
import { childNodesOf, type TreeNode } from "../../grammar/children.js";
import type { Analysis } from "../documents/analysis.js";
import type { Provider } from "../provider.js";

export const selectionRangeProvider: Provider = {
  capabilities: () => ({ selectionRangeProvider: true }),
  register(connection, server) {
    connection.onSelectionRanges(({ textDocument: { uri }, positions }) => {
      const analysis = server.analysisOf(uri);
      return analysis ? positions.map((position) => selectionAt(analysis.offsetAt(position), analysis)) : null;
    });
  },
};

function selectionAt(offset: number, analysis: Analysis): SelectionRange {
  const spans = spansAround(offset, analysis);
  return spans.reduce<SelectionRange | undefined>(
    (parent, span) => ({ range: analysis.rangeOf(span), ...(parent && { parent }) }),
    undefined,
  )!;
}

/** Each inside of the one before and smaller; the whole text first. */
function spansAround(offset: number, { text, tree }: Analysis): Span[] {
  const spans: Span[] = [{ start: 0, end: text.length }];
  const add = (span: Span): void => {
    const last = spans.at(-1)!;
    const isInside = last.start <= span.start && span.end <= last.end;
    if (isInside && span.end - span.start < last.end - last.start) spans.push(span);
  };
  const comment = tree.comments.find(({ span }) => span.start < offset && offset <= span.end);
  let inside: readonly TreeNode[] = tree.declarations;
  for (let node = at(inside, offset); node; node = at(inside, offset)) {
    add(node.span);
    inside = childNodesOf(node);
    const block = bracketsAround(offset, node, inside, text);
    for (const span of block) add(span);
  }
  if (comment) add(comment.span);
  return spans;
}

/** The innermost that an offset is in, or beside: of two that meet there, the one that begins. */
function at(nodes: readonly TreeNode[], offset: number): TreeNode | undefined {
  return nodes.findLast(({ span }) => span.start <= offset && offset <= span.end && span.start < span.end);
}

/** The brackets of a node that an offset stands in, with and without them: what is listed in them are its children. */
function bracketsAround(offset: number, node: TreeNode, children: readonly TreeNode[], text: string): Span[] {
  const open: number[] = [];
  let found: Span | undefined;
  let next = 0;
  for (let i = node.span.start; i < node.span.end; i++) {
    while (next < children.length && children[next]!.span.end <= i) next++;
    const child = children[next];
    if (child && child.span.start <= i && i < child.span.end) {
      i = child.span.end - 1;
      continue;
    }
    if (text.startsWith("//", i)) i = Math.max(i, (text.indexOf("\n", i) + text.length) % text.length) - 1;
    else if ("([{".includes(text[i]!)) open.push(i);
    else if (")]}".includes(text[i]!)) {
      const start = open.pop();
      if (start !== undefined && start < offset && offset <= i) found ??= { start, end: i + 1 };
    }
  }
  if (!found) return [];
  const inner = text.slice(found.start + 1, found.end - 1);
  const start = found.start + 1 + inner.length - inner.trimStart().length;
  const end = found.start + 1 + inner.trimEnd().length;
  return start <= offset && offset <= end ? [found, { start, end }] : [found];
}
