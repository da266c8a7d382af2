import { expect } from "vitest";
import type { SourceFile, Span } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";
import { describeProblem } from "../../grammar/problems.js";

interface Spanned {
  readonly kind: string;
  readonly span: Span;
}

/** Nodes right below one, in the order of the tree's fields. */
export function childrenOf(node: object): Spanned[] {
  const found: Spanned[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) value.forEach(visit);
    else if ("kind" in value && "span" in value) found.push(value as Spanned);
    else Object.values(value).forEach(visit);
  };
  for (const [key, value] of Object.entries(node)) if (key !== "span" && key !== "comments") visit(value);
  return found;
}

/**
 * What holds for the tree of any text: spans lie in the text and in their parent's, names have their own text under
 * them, and siblings come one after the other without overlap.
 */
export function checkInvariants(tree: SourceFile, text: string): void {
  const visit = (node: Spanned, parent: Spanned): void => {
    const at = `${node.kind} ${JSON.stringify(node.span)} in ${parent.kind} ${JSON.stringify(parent.span)}`;
    if (!(node.span.start <= node.span.end)) expect.fail(`${at} ends before it begins`);
    if (!(parent.span.start <= node.span.start && node.span.end <= parent.span.end)) expect.fail(`${at} stands out`);
    if (node.kind === "Identifier") {
      const written = text.slice(node.span.start, node.span.end).replace(/\s+/g, " ");
      expect(written).toBe((node as Spanned & { text: string }).text);
    }
    visitChildren(node);
  };
  const visitChildren = (node: Spanned): void => {
    const children = childrenOf(node).sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
    let end = node.span.start;
    for (const child of children) {
      // A program of `order` shares its name with the value it stands for.
      if (child.span.start < end && node.kind !== "OrderVerb") expect.fail(`${child.kind} overlaps in ${node.kind}`);
      end = Math.max(end, child.span.end);
      visit(child, node);
    }
  };
  expect(tree.span).toEqual({ start: 0, end: text.length });
  visitChildren(tree);
  for (const comment of tree.comments) expect(text.slice(comment.span.start, comment.span.end)).toBe(comment.text);
}

/** A tree without places and comments, for comparison. */
export function shapeOf(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => (["span", "comments", "doc"].includes(key) ? undefined : value)),
  );
}

/** The tree of a text that has no mistakes, its invariants checked. */
export function parsed(text: string): SourceFile {
  const { tree, errors } = parse(text);
  expect(errors.map(describeProblem)).toEqual([]);
  checkInvariants(tree, text);
  return tree;
}
