/** What holds for the tree of any text, told without a test runner: the fuzzer asks it too. */
import type { SourceFile, Span } from "../../grammar/ast.js";

export interface Spanned {
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
 * The first of these that fails: spans lie in the text and in their parent's, names have their own text under them, and
 * siblings come one after the other without overlap.
 */
export function brokenInvariant(tree: SourceFile, text: string): string | undefined {
  if (tree.span.start !== 0 || tree.span.end !== text.length) return "the tree is not as long as its text";
  for (const { span, text: written } of tree.comments)
    if (text.slice(span.start, span.end) !== written) return `a comment has another text: ${written}`;
  return brokenBelow(tree, text);
}

function brokenBelow(node: Spanned, text: string): string | undefined {
  const children = childrenOf(node).sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  let end = node.span.start;
  for (const child of children) {
    const { kind, span } = child;
    // A program of `order` shares its name with the value it stands for.
    if (span.start < end && node.kind !== "OrderVerb") return `${kind} overlaps in ${node.kind}`;
    end = Math.max(end, span.end);
    const at = `${kind} ${JSON.stringify(span)} in ${node.kind} ${JSON.stringify(node.span)}`;
    if (!(span.start <= span.end)) return `${at} ends before it begins`;
    if (!(node.span.start <= span.start && span.end <= node.span.end)) return `${at} stands out`;
    if (kind === "Identifier") {
      const written = text.slice(span.start, span.end).replace(/\s+/g, " ");
      if (written !== (child as Spanned & { text: string }).text) return `${at} is not what stands there`;
    }
    const broken = brokenBelow(child, text);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** A tree without places and comments, for comparison. */
export function shapeOf(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => (["span", "comments", "doc"].includes(key) ? undefined : value)),
  );
}
