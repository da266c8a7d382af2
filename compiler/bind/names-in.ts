import type { Expr } from "../../grammar/ast.js";

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

/** The texts of all identifiers in a tree. */
export function namesWithin(root: object): Set<string> {
  const names = new Set<string>();
  const rest: object[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if ("kind" in node && node.kind === "Identifier" && "text" in node) names.add(String(node.text));
    else for (const child of Object.values(node) as unknown[]) if (child && typeof child === "object") rest.push(child);
  }
  return names;
}
