/** Guards of reductions and conditions of `if`, to ConditionIR: comparisons of index expressions, `and`, `or`, `not`. */
import type { BinaryExpr, Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { isOfIndex } from "../graph/table-columns.js";
import { negateCondition } from "../kernels/conditions.js";
import { translateIndex } from "./index-expressions.js";
import type { IndexScope } from "./index-expressions.js";
import { exactVariable, indexVariables } from "../kernels/index-math.js";
import type { ConditionIR, IndexIR, ReduceIR } from "./ir.js";

/** Undefined where it is no condition, which is reported. */
export function translateCondition(expression: Expr, scope: IndexScope): ConditionIR | undefined {
  if (expression.kind === "UnaryExpr" && expression.operator === "not") {
    const operand = translateCondition(expression.operand, scope);
    return operand && negateCondition(operand);
  }
  if (expression.kind === "BinaryExpr") {
    const { operator } = expression;
    if (operator === "and" || operator === "or") {
      const parts = joinedBy(expression, operator).map((part) => translateCondition(part, scope));
      return parts.every((part) => part !== undefined) ? { kind: operator, parts } : undefined;
    }
    if (isComparison(operator)) return translateComparison(expression, scope);
  }
  if (expression.kind !== "MissingExpr")
    scope.context.diagnostics.report("not-a-condition", locate(scope.file, expression), {});
  return undefined;
}

/** `a and b and c` leans left as deep as it is long: its parts, in order. */
function joinedBy(expression: BinaryExpr, operator: "and" | "or"): Expr[] {
  const parts: Expr[] = [];
  let left: Expr = expression;
  while (left.kind === "BinaryExpr" && left.operator === operator) {
    parts.push(left.right);
    left = left.left;
  }
  return [left, ...parts.reverse()];
}

function isComparison(operator: BinaryExpr["operator"]): boolean {
  return ["<", "<=", ">", ">=", "==", "!="].includes(operator);
}

function translateComparison(expression: BinaryExpr, scope: IndexScope): ConditionIR | undefined {
  const left = translateIndex(expression.left, scope);
  const right = translateIndex(expression.right, scope);
  if (!left || !right) return undefined;
  switch (expression.operator) {
    case ">":
      return { kind: "compare", operator: "<", left: right, right: left };
    case ">=":
      return { kind: "compare", operator: "<=", left: right, right: left };
    case "<":
    case "<=":
    case "==":
    case "!=":
      return { kind: "compare", operator: expression.operator, left, right };
    default:
      return undefined;
  }
}

/**
 * What a reduction's guard says, apart: the rows it is about, where it (or one of what `and` joins) is `from(r) == t`,
 * r one of the reduced variables and t not; and the rest.
 */
export function splitGuard(
  guard: ConditionIR,
  variables: readonly number[],
): { row?: number; rowsWhere?: NonNullable<ReduceIR["rowsWhere"]>; where?: ConditionIR } {
  const parts = guard.kind === "and" ? guard.parts : [guard];
  for (const part of parts) {
    if (part.kind !== "compare" || part.operator !== "==") continue;
    for (const [column, equals] of [
      [part.left, part.right],
      [part.right, part.left],
    ] as const) {
      const row = column.kind === "column" ? exactVariable(column.at) : undefined;
      if (column.kind !== "column" || row === undefined || !variables.includes(row)) continue;
      if (isOfIndex(column.column)) continue;
      if (mentionsAny(equals, variables)) continue;
      const others = parts.filter((other) => other !== part);
      const where: ConditionIR | undefined = others.length > 1 ? { kind: "and", parts: others } : others[0];
      return { row, rowsWhere: { table: column.table, column: column.column, equals }, ...(where && { where }) };
    }
  }
  return { where: guard };
}

function mentionsAny(index: IndexIR, variables: readonly number[]): boolean {
  return indexVariables(index).some((variable) => variables.includes(variable));
}
