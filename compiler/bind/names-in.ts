import type { Expr, Identifier } from "../../grammar/ast.js";

/** The names that the value of an expression may depend on. Walks with a stack of its own: sums may be very long. */
export function namesIn(expression: Expr): ReadonlySet<string> {
  const names = new Set<string>();
  const rest: Expr[] = [expression];
  for (let next = rest.pop(); next; next = rest.pop()) {
    switch (next.kind) {
      case "NameExpr":
        names.add(next.name.text);
        break;
      case "CallExpr":
        // `place.to(from)` asks a table.
        if (next.callee.kind === "MemberExpr") {
          rest.push(next.callee.object);
          names.add(next.callee.member.text);
        }
        for (const argument of next.arguments) rest.push(argument);
        break;
      case "UnaryExpr":
        rest.push(next.operand);
        break;
      case "BinaryExpr":
        rest.push(next.left, next.right);
        break;
      case "TupleExpr":
        for (const element of next.elements) rest.push(element);
        break;
      default:
        break;
    }
  }
  return names;
}

/** All identifiers in a tree, in no order. */
export function identifiersWithin(root: object): Identifier[] {
  const found: Identifier[] = [];
  const rest: object[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if ("kind" in node && node.kind === "Identifier" && "text" in node) found.push(node as Identifier);
    else
      for (const key in node) {
        const child = (node as Record<string, unknown>)[key];
        if (key !== "span" && typeof child === "object" && child !== null) rest.push(child);
      }
  }
  return found;
}

/** The texts of all identifiers in a tree. */
export function namesWithin(root: object): Set<string> {
  return new Set(identifiersWithin(root).map(({ text }) => text));
}
