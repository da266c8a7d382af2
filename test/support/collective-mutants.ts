/** Every collective that is one slip away from another: a send dropped, doubled, swapped or sent elsewhere, one off anywhere. */
import type { Expr, RoundStatement } from "../../grammar/ast.js";

export interface Mutant {
  readonly what: string;
  readonly body: readonly RoundStatement[];
}

type Tree = { readonly [key: string]: unknown };

export function mutantsOf(body: readonly RoundStatement[]): Mutant[] {
  return inList(body, (mutant, what) => ({ what, body: mutant as unknown as RoundStatement[] }));
}

/** Calls `made` with each tree that differs from a list of nodes in one place. */
function inList<T>(list: readonly unknown[], made: (list: unknown[], what: string) => T): T[] {
  const out: T[] = [];
  list.forEach((item, i) => {
    if (!isNode(item)) return;
    if (isSending(item)) {
      out.push(made(list.toSpliced(i, 1), `${item["kind"]} dropped`));
      out.push(made(list.toSpliced(i, 0, item), `${item["kind"]} doubled`));
      const next = list[i + 1];
      if (isNode(next) && isSending(next)) out.push(made(list.toSpliced(i, 2, next, item), `${item["kind"]} swapped`));
    }
    out.push(...inNode(item, (mutant, what) => made(list.with(i, mutant), what)));
  });
  return out;
}

function inNode<T>(node: Tree, made: (node: unknown, what: string) => T): T[] {
  const out: T[] = [];
  const replace = (changes: Tree, what: string): void => void out.push(made({ ...node, ...changes }, what));
  switch (node["kind"]) {
    case "NumberLiteral": {
      const value = node["value"] as number;
      for (const off of [-1, 1]) replace({ value: value + off, text: `${value + off}` }, `${value} for ${value + off}`);
      return out;
    }
    case "BinaryExpr": {
      const other = { "+": "-", "-": "+", "<": "<=", "<=": "<", "==": "!=" }[node["operator"] as string];
      if (other !== undefined) replace({ operator: other }, `${String(node["operator"])} for ${other}`);
      break;
    }
    case "RangeExpr":
      replace({ inclusive: !node["inclusive"] }, "one more or less in a range");
      break;
    case "SendStatement": {
      const { target, source, guard, combining } = node;
      for (const off of [-1, 1]) replace({ target: plus(target as Expr, off) }, `target ${off}`);
      if (source !== undefined) replace({ source: plus(source as Expr, 1) }, "source 1");
      if (guard !== undefined) replace({ guard: undefined }, "no guard");
      if (combining) replace({ combining: false }, "not combining");
      break;
    }
    case "IndexExpr": {
      const indices = node["indices"] as Expr[];
      indices.forEach((index, i) => {
        if ((index.kind as string) === "Ellipsis" || index.kind === "RangeExpr") return;
        for (const off of [-1, 1]) replace({ indices: indices.with(i, plus(index, off)) }, `chunk ${off}`);
      });
      break;
    }
    default:
  }
  for (const [key, child] of Object.entries(node)) {
    if (key === "span") continue;
    const put = (mutant: unknown, what: string): T => made({ ...node, [key]: mutant }, what);
    if (Array.isArray(child)) out.push(...inList(child, put));
    else if (isNode(child)) out.push(...inNode(child, put));
  }
  return out;
}

function plus(left: Expr, off: number): Expr {
  const { span } = left;
  const right: Expr = { kind: "NumberLiteral", value: off, text: `${off}`, span };
  return { kind: "BinaryExpr", operator: "+", left, right, span };
}

const isNode = (item: unknown): item is Tree => typeof item === "object" && item !== null && "kind" in item;
const isSending = (node: Tree): boolean =>
  ["SendStatement", "RoundLoop", "RoundGroup", "RoundBlock"].includes(node["kind"] as string);
