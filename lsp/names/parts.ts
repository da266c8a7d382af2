/** What stands inside an expression. */
import type { BinaryExpr, Expr } from "../../grammar/ast.js";

/** The expressions right inside one, in order. Of a long sum, which leans left, all operands, so that it is not deep. */
export function partsOf(expression: Expr): readonly Expr[] {
  switch (expression.kind) {
    case "MemberExpr":
      return [expression.object];
    case "CallExpr":
      return [expression.callee, ...(expression.typeArguments ?? []), ...expression.arguments];
    case "IndexExpr":
      return [expression.object, ...expression.indices.filter((index) => index.kind !== "Ellipsis")];
    case "UnaryExpr":
      return [expression.operand];
    case "BinaryExpr":
      return operandsOf(expression);
    case "ReductionExpr": {
      const { binders, guard, body } = expression;
      return [...binders.flatMap(({ range }) => range ?? []), ...(guard ? [guard] : []), body];
    }
    case "TupleExpr":
      return expression.elements;
    case "BlockExpr":
      return [...expression.equations.map(({ value }) => value), expression.result];
    case "RangeExpr":
      return [expression.low, expression.high];
    case "LayoutChangeExpr":
      return [expression.from, expression.to];
    default:
      return [];
  }
}

/** The operands of a chain of binary operators. */
function operandsOf(expression: BinaryExpr): Expr[] {
  const operands: Expr[] = [];
  let left: Expr = expression;
  for (; left.kind === "BinaryExpr"; left = left.left) operands.push(left.right);
  operands.push(left);
  return operands.reverse();
}
