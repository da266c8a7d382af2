/** What stands right inside a node, whatever it is. */
import type { Span } from "./ast.js";

/** Any node, as far as a walk over a tree needs to know it. */
export interface TreeNode {
  readonly kind: string;
  readonly span: Span;
}

/** In the order of the text. */
export function childNodesOf(node: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  const add = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) for (const item of value as unknown[]) add(item);
    else if ("kind" in value && "span" in value) found.push(value as TreeNode);
    else for (const [key, part] of Object.entries(value)) if (key !== "span") add(part);
  };
  for (const [key, value] of Object.entries(node)) if (key !== "span" && key !== "comments") add(value);
  return found.sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
}
