/** Names in numbers: sizes, counts, rates, what claims compare with. */
import { isValueFunction } from "../../compiler/bind/functions.js";
import type { Expr, Identifier, MemberExpr } from "../../grammar/ast.js";
import { partsOf } from "./parts.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

/** What a number may name besides params and axes. */
export interface NumberScope {
  /** Looked up first. */
  local?(name: string): NameSymbol | undefined;
  /** The table of `rows(R)`, where it is not the file's. */
  table?(name: string): NameSymbol | undefined;
  /** `gpu.count`; absent where numbers have no members. */
  member?(expression: MemberExpr): void;
}

export function walkNumber(expression: Expr, walk: Walk, scope: NumberScope = {}): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr":
      return walkNumberName(expression.name, walk, scope);
    case "MemberExpr":
      if (scope.member) return scope.member(expression);
      break;
    case "CallExpr": {
      const { callee } = expression;
      const [first] = expression.arguments;
      if (callee.kind !== "NameExpr") break;
      if (callee.name.text === "rows" && first?.kind === "NameExpr") {
        walk.builtIn(callee.name, "function");
        const { name } = first;
        return walk.refer(name, scope.table?.(name.text) ?? walk.scope.find("names", name.text));
      }
      if (isValueFunction(callee.name.text)) walk.builtIn(callee.name, "function");
      else walk.leave(callee.name, "undeclared");
      for (const argument of expression.arguments) walkNumber(argument, walk, scope);
      return;
    }
    default:
      break;
  }
  for (const part of partsOf(expression)) walkNumber(part, walk, scope);
}

/** A name where a number is needed. */
function walkNumberName(name: Identifier, walk: Walk, scope: NumberScope = {}): void {
  walk.refer(name, scope.local?.(name.text) ?? walk.scope.find("names", name.text));
}
