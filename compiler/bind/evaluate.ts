import type { BinaryExpr, BinaryOperator, CallExpr, Expr, Identifier, MemberExpr } from "../../grammar/ast.js";
import { unitNamed } from "../../grammar/units.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import { evaluateFunction } from "./functions.js";
import { combineDimensions, describeDimension, plain, sameDimension, truth, unitDimensions } from "./quantity.js";
import type { Quantity } from "./quantity.js";

/** What an expression may refer to. */
export interface EvaluationContext {
  /** Where the text of the expression stands. */
  readonly file: string;
  readonly diagnostics: DiagnosticCollector;
  /** The value of a name; undefined where there is none, which it has reported. */
  valueOf(name: Identifier): Quantity | undefined;
  /** The value of `gpu.count`; `"unknown"` where this is no such thing. Absent: there are none. */
  valueOfMember?(member: MemberExpr): Quantity | undefined | "unknown";
  /** How many rows a table has, `rows(gate)`; undefined where it is none, which is reported. Absent: none are made yet. */
  rowsOf?(table: Identifier): Quantity | undefined;
  /** What is counted (operations, bytes) need not be exact, and may be any number. */
  inexact?: boolean;
}

/**
 * The value of an expression with its unit (R7), undefined where it has none, which is reported once, at the smallest
 * expression at fault. Numbers without a unit must stay within 2^53, where whole numbers are exact.
 */
export function evaluateExpression(expression: Expr, context: EvaluationContext): Quantity | undefined {
  const result = evaluate(expression, context);
  if (!result || context.inexact) return result;
  if (sameDimension(result.dimension, plain) && Math.abs(result.value) > Number.MAX_SAFE_INTEGER) {
    context.diagnostics.report("value-too-large", locate(context.file, expression), { value: result.value });
    return undefined;
  }
  return result;
}

function evaluate(expression: Expr, context: EvaluationContext): Quantity | undefined {
  const place = locate(context.file, expression);
  switch (expression.kind) {
    case "NumberLiteral":
      return evaluateNumber(expression.value, expression.unit, context, expression);
    case "NameExpr":
      return context.valueOf(expression.name);
    case "MemberExpr": {
      const value = context.valueOfMember?.(expression) ?? "unknown";
      if (value !== "unknown") return value;
      context.diagnostics.report("not-a-value", place, {});
      return undefined;
    }
    case "UnaryExpr": {
      const operand = evaluate(expression.operand, context);
      if (!operand) return undefined;
      const isTruth = sameDimension(operand.dimension, truth);
      if ((expression.operator === "not") !== isTruth) {
        const expected = isTruth ? "a number" : describeDimension(truth);
        const found = describeDimension(operand.dimension);
        context.diagnostics.report("wrong-unit", place, {
          what: `What \`${expression.operator}\` stands before`,
          expected,
          found,
        });
        return undefined;
      }
      return { value: isTruth ? 1 - operand.value : 0 - operand.value, dimension: operand.dimension };
    }
    case "BinaryExpr":
      return evaluateBinary(expression, context);
    case "TupleExpr":
      if (expression.elements.length === 1) return evaluate(expression.elements[0]!, context);
      context.diagnostics.report("not-a-value", place, {});
      return undefined;
    case "CallExpr":
      return evaluateCall(expression, context);
    case "MissingExpr":
      return undefined;
    default:
      context.diagnostics.report("not-a-value", place, {});
      return undefined;
  }
}

function evaluateNumber(
  value: number,
  unit: Identifier | undefined,
  context: EvaluationContext,
  expression: Expr,
): Quantity | undefined {
  const known = unit && unitNamed(unit.text);
  const base = known && unitDimensions[known.dimension];
  return finite(
    { value: value * (known?.factor ?? 1) * (base?.scale ?? 1), dimension: base?.dimension ?? plain },
    context,
    expression,
  );
}

/** A long sum leans left, one level a term: its spine is walked, not descended. */
function evaluateBinary(expression: BinaryExpr, context: EvaluationContext): Quantity | undefined {
  const spine: BinaryExpr[] = [];
  let leftmost: Expr = expression;
  while (leftmost.kind === "BinaryExpr") {
    spine.push(leftmost);
    leftmost = leftmost.left;
  }
  let left = evaluate(leftmost, context);
  for (const node of spine.reverse()) {
    const right = evaluate(node.right, context);
    left = left && right && finite(applyOperator(node, left, right, context), context, node);
  }
  return left;
}

type Compare = (a: number, b: number) => boolean;
const comparisons: Readonly<Partial<Record<BinaryOperator, Compare>>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function applyOperator(
  node: BinaryExpr,
  left: Quantity,
  right: Quantity,
  context: EvaluationContext,
): Quantity | undefined {
  const { operator } = node;
  const logical = operator === "and" || operator === "or";
  const truths = [left, right].filter((side) => sameDimension(side.dimension, truth)).length;
  const scales = operator === "*" || operator === "/";
  if (logical ? truths < 2 : truths > 0 || (!scales && !sameDimension(left.dimension, right.dimension))) {
    const parts = { operator, left: describeDimension(left.dimension), right: describeDimension(right.dimension) };
    context.diagnostics.report("mixed-units", locate(context.file, node), parts);
    return undefined;
  }
  if ((operator === "/" || operator === "%") && right.value === 0) {
    context.diagnostics.report("division-by-zero", locate(context.file, node), {});
    return undefined;
  }
  const compare = comparisons[operator];
  if (compare) return { value: Number(compare(left.value, right.value)), dimension: truth };
  switch (operator) {
    case "+":
      return { value: left.value + right.value, dimension: left.dimension };
    case "-":
      return { value: left.value - right.value, dimension: left.dimension };
    // "+ 0": there is one zero, without a sign.
    case "*":
      return { value: left.value * right.value + 0, dimension: combineDimensions(left.dimension, right.dimension, 1) };
    case "/":
      return { value: left.value / right.value + 0, dimension: combineDimensions(left.dimension, right.dimension, -1) };
    case "%":
      return { value: floorModulo(left.value, right.value), dimension: left.dimension };
    case "and":
      return { value: Math.min(left.value, right.value), dimension: truth };
    default:
      return { value: Math.max(left.value, right.value), dimension: truth };
  }
}

/** The remainder with the divisor's sign, so that ranks wrap: -1 % 8 is 7. */
function floorModulo(value: number, divisor: number): number {
  const remainder = value % divisor;
  return remainder !== 0 && remainder < 0 !== divisor < 0 ? remainder + divisor : remainder + 0;
}

function evaluateCall(call: CallExpr, context: EvaluationContext): Quantity | undefined {
  if (call.callee.kind !== "NameExpr") {
    context.diagnostics.report("not-a-value", locate(context.file, call), {});
    return undefined;
  }
  const [of] = call.arguments;
  if (context.rowsOf && call.callee.name.text === "rows" && call.arguments.length === 1 && of!.kind === "NameExpr") {
    return context.rowsOf(of!.name);
  }
  const values = call.arguments.map((argument) => evaluate(argument, context));
  const known = values.filter((value) => value !== undefined);
  const result = evaluateFunction(call.callee.name, call, known.length === values.length ? known : undefined, context);
  return finite(result, context, call);
}

function finite(quantity: Quantity | undefined, context: EvaluationContext, at: Expr): Quantity | undefined {
  if (!quantity || Number.isFinite(quantity.value)) return quantity;
  context.diagnostics.report("not-finite", locate(context.file, at), {});
  return undefined;
}
