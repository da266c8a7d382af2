/** Arithmetic as it is written, to ScalarIR: what ops and monoids share. Their names are for their scope to resolve. */
import type { BinaryExpr, CallExpr, Expr, NumberLiteral } from "../../grammar/ast.js";
import type { BoundProgram } from "../bind/bound-program.js";
import { locate } from "../bind/bound-program.js";
import { describeDimension, plain, sameDimension } from "../bind/quantity.js";
import type { ScalarFunction, ScalarIR } from "./ir.js";

/** Deeper expressions than this are refused: what walks a kernel may then recurse. */
export const deepestExpression = 400;

export interface ScalarScope {
  readonly bound: BoundProgram;
  readonly file: string;
  /** Meaning of every form but numbers, arithmetic and the functions below; undefined where it has none, reported. */
  translate(expression: Expr, depth: number): ScalarIR | undefined;
}

const functions: Readonly<Record<string, { readonly arity: number; readonly function: ScalarFunction }>> = {
  exp: { arity: 1, function: "exp" },
  log: { arity: 1, function: "log" },
  sqrt: { arity: 1, function: "sqrt" },
  tanh: { arity: 1, function: "tanh" },
  abs: { arity: 1, function: "abs" },
  min: { arity: 2, function: "min" },
  max: { arity: 2, function: "max" },
};
export const scalarFunctionNames: readonly string[] = Object.keys(functions);

export function constant(value: number): ScalarIR {
  return { kind: "constant", value };
}

export function translateScalar(expression: Expr, scope: ScalarScope, depth = 0): ScalarIR | undefined {
  if (depth > deepestExpression) {
    scope.bound.diagnostics.report("mathematics-too-deep", locate(scope.file, expression), {
      limit: deepestExpression,
    });
    return undefined;
  }
  switch (expression.kind) {
    case "NumberLiteral":
      return translateNumber(expression, scope);
    case "UnaryExpr": {
      if (expression.operator === "not") return refuse(expression, scope, "`not`");
      const operand = translateScalar(expression.operand, scope, depth + 1);
      return operand && negate(operand);
    }
    case "BinaryExpr":
      return translateBinary(expression, scope, depth);
    case "CallExpr": {
      const name = expression.callee.kind === "NameExpr" ? expression.callee.name.text : undefined;
      const known = name !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
      return known ? translateFunction(expression, name!, known, scope, depth) : scope.translate(expression, depth);
    }
    case "TupleExpr":
      return refuse(expression, scope, "a tuple");
    case "RangeExpr":
      return refuse(expression, scope, "a range");
    case "StringLiteral":
      return refuse(expression, scope, "a text");
    case "MissingExpr":
      return undefined;
    default:
      return scope.translate(expression, depth);
  }
}

/** Reports a form that mathematics does not have. */
export function refuse(expression: Expr, scope: Pick<ScalarScope, "bound" | "file">, what: string): undefined {
  scope.bound.diagnostics.report("not-in-mathematics", locate(scope.file, expression), { what });
  return undefined;
}

function negate(operand: ScalarIR): ScalarIR {
  if (operand.kind === "constant") return constant(-operand.value);
  return { kind: "call", function: "neg", arguments: [operand] };
}

function translateNumber(literal: NumberLiteral, { bound, file }: ScalarScope): ScalarIR | undefined {
  // Not `evaluate`, which refuses numbers beyond 2^53: sizes must be exact, constants need not.
  if (!literal.unit) return constant(literal.value);
  const quantity = bound.evaluate(literal, file);
  if (!quantity) return undefined;
  if (sameDimension(quantity.dimension, plain)) return constant(quantity.value);
  bound.diagnostics.report("wrong-unit", locate(file, literal), {
    what: "A number in mathematics",
    expected: describeDimension(plain),
    found: describeDimension(quantity.dimension),
  });
  return undefined;
}

/** A long sum leans left: its spine is walked, so that its length is counted before it is descended. */
function translateBinary(expression: BinaryExpr, scope: ScalarScope, depth: number): ScalarIR | undefined {
  const spine: BinaryExpr[] = [];
  let leftmost: Expr = expression;
  while (leftmost.kind === "BinaryExpr") {
    spine.push(leftmost);
    leftmost = leftmost.left;
  }
  if (depth + spine.length > deepestExpression) {
    scope.bound.diagnostics.report("mathematics-too-deep", locate(scope.file, expression), {
      limit: deepestExpression,
    });
    return undefined;
  }
  let left = translateScalar(leftmost, scope, depth + spine.length);
  for (const [index, node] of spine.reverse().entries()) {
    const right = translateScalar(node.right, scope, depth + spine.length - index);
    left = combine(node, left, right, scope);
  }
  return left;
}

function combine(
  node: BinaryExpr,
  left: ScalarIR | undefined,
  right: ScalarIR | undefined,
  scope: ScalarScope,
): ScalarIR | undefined {
  const { operator } = node;
  if (operator !== "+" && operator !== "-" && operator !== "*" && operator !== "/") {
    return refuse(node, scope, `\`${operator}\``);
  }
  if (!left || !right) return undefined;
  if (operator === "/" && right.kind === "constant" && right.value === 0) {
    scope.bound.diagnostics.report("division-by-zero", locate(scope.file, node), {});
    return undefined;
  }
  if (left.kind !== "constant" || right.kind !== "constant") return { kind: "binary", operator, left, right };
  const [a, b] = [left.value, right.value];
  return constant(operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b);
}

function translateFunction(
  call: CallExpr,
  name: string,
  known: { arity: number; function: ScalarFunction },
  scope: ScalarScope,
  depth: number,
): ScalarIR | undefined {
  const parts = call.arguments.map((argument) => translateScalar(argument, scope, depth + 1));
  if (parts.length !== known.arity) {
    const expected = known.arity === 1 ? "one argument" : "two arguments";
    scope.bound.diagnostics.report("wrong-argument-count", locate(scope.file, call), {
      name,
      expected,
      found: parts.length,
    });
    return undefined;
  }
  if (!parts.every((part) => part !== undefined)) return undefined;
  const values = parts.map((part) => (part.kind === "constant" ? part.value : undefined));
  if (values.every((value) => value !== undefined)) return constant(Math[name as "exp"](...(values as [number])));
  return { kind: "call", function: known.function, arguments: parts };
}

/** `if(a < b, x, y)`, of values. */
export function translateChoice(call: CallExpr, scope: ScalarScope, depth: number): ScalarIR | undefined {
  const [condition, ...choices] = call.arguments;
  if (choices.length !== 2) {
    const counts = { name: "if", expected: "a condition and two values", found: call.arguments.length };
    scope.bound.diagnostics.report("wrong-argument-count", locate(scope.file, call), counts);
    return undefined;
  }
  const comparison = condition!.kind === "BinaryExpr" ? choiceOf(condition!.operator) : undefined;
  if (condition!.kind !== "BinaryExpr" || comparison === undefined) {
    return refuse(condition!, scope, "such condition");
  }
  const operands = [condition!.left, condition!.right].map((side) => translateScalar(side, scope, depth + 1));
  const values = choices.map((choice) => translateScalar(choice, scope, depth + 1));
  const parts = [
    ...(comparison.swapsOperands ? operands.toReversed() : operands),
    ...(comparison.swapsChoices ? values.toReversed() : values),
  ];
  if (!parts.every((part) => part !== undefined)) return undefined;
  return { kind: "call", function: comparison.function, arguments: parts };
}

/** A comparison as one of the two there are: a <= b is not b < a. */
function choiceOf(
  operator: BinaryExpr["operator"],
): { function: ScalarFunction; swapsOperands: boolean; swapsChoices: boolean } | undefined {
  switch (operator) {
    case "<":
      return { function: "ifLess", swapsOperands: false, swapsChoices: false };
    case ">":
      return { function: "ifLess", swapsOperands: true, swapsChoices: false };
    case "<=":
      return { function: "ifLess", swapsOperands: true, swapsChoices: true };
    case ">=":
      return { function: "ifLess", swapsOperands: false, swapsChoices: true };
    case "==":
      return { function: "ifEqual", swapsOperands: false, swapsChoices: false };
    case "!=":
      return { function: "ifEqual", swapsOperands: false, swapsChoices: true };
    default:
      return undefined;
  }
}
