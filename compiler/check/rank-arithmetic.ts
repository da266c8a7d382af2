/**
 * Rank arithmetic, made ready to run: an expression of a collective's body becomes a function of the numbers its names
 * have. Whole numbers: + - * / (rounded down) % (not negative), comparisons, and, or, not, log2 (rounded down), pow,
 * min, max, xor, if(c, a, b). Names stand for slots of one array of numbers.
 */
import type { BinaryOperator, Expr, Span } from "../../grammar/ast.js";

/** What is wrong with a body as text, whatever the size. */
export interface BodyMistake {
  readonly span: Span;
  readonly message: string;
}

/** What stops a body at one size: a division by zero, a logarithm of nothing. */
export class ArithmeticFault extends Error {}

export type Numbers = number[];

export interface Compiled {
  /** Conditions are 1 or 0. */
  readonly evaluate: (numbers: Numbers) => number;
  readonly isCondition: boolean;
  /** It hangs on `rank`, so it may differ from sender to sender. */
  readonly perRank: boolean;
}

export interface Slot {
  readonly slot: number;
  readonly perRank: boolean;
}

export interface ArithmeticScope {
  readonly names: ReadonlyMap<string, Slot>;
  readonly report: (mistake: BodyMistake) => void;
}

/** A number; what cannot be read as one is reported and stands as 0. */
export function compileNumber(expr: Expr, scope: ArithmeticScope): Compiled {
  return expecting(expr, scope, false);
}

export function compileCondition(expr: Expr, scope: ArithmeticScope): Compiled {
  return expecting(expr, scope, true);
}

function expecting(expr: Expr, scope: ArithmeticScope, condition: boolean): Compiled {
  const compiled = compile(expr, scope);
  if (compiled === undefined) return zero(condition);
  if (compiled.isCondition === condition) return compiled;
  scope.report({
    span: expr.span,
    message: condition ? "this is a number, not a condition" : "this is a condition, not a number",
  });
  return zero(condition);
}

const zero = (isCondition: boolean): Compiled => ({ evaluate: () => 0, isCondition, perRank: false });

type Arithmetic = (a: number, b: number) => number;

const arithmetic: Partial<Record<BinaryOperator, Arithmetic>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => Math.floor(a / divisor(b)),
  "%": (a, b) => modulo(a, Math.abs(divisor(b))),
};
const comparisons: Partial<Record<BinaryOperator, Arithmetic>> = {
  "==": (a, b) => Number(a === b),
  "!=": (a, b) => Number(a !== b),
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  ">": (a, b) => Number(a > b),
  ">=": (a, b) => Number(a >= b),
};
const functions: Readonly<Record<string, { readonly arity: number; readonly apply: (...values: number[]) => number }>> =
  {
    log2: { arity: 1, apply: (a) => floorLog2(a) },
    pow: { arity: 2, apply: (a, b) => a ** b! },
    min: { arity: 2, apply: (a, b) => Math.min(a, b!) },
    max: { arity: 2, apply: (a, b) => Math.max(a, b!) },
    xor: { arity: 2, apply: (a, b) => Number(BigInt(a) ^ BigInt(b!)) },
  };

/** All that rank arithmetic may call. */
export const rankFunctionNames: readonly string[] = [...Object.keys(functions), "if"];

function compile(expr: Expr, scope: ArithmeticScope): Compiled | undefined {
  switch (expr.kind) {
    case "NumberLiteral": {
      const { value, unit } = expr;
      if (unit === undefined && Number.isSafeInteger(value)) return { ...zero(false), evaluate: () => value };
      return refuse(expr, scope, "rank arithmetic is over whole numbers");
    }
    case "NameExpr": {
      const found = scope.names.get(expr.name.text);
      if (found === undefined) return refuse(expr, scope, `unknown name ${expr.name.text} in rank arithmetic`);
      const { slot, perRank } = found;
      return { evaluate: (numbers) => numbers[slot]!, isCondition: false, perRank };
    }
    case "UnaryExpr": {
      const isCondition = expr.operator === "not";
      const { evaluate, perRank } = expecting(expr.operand, scope, isCondition);
      if (isCondition) return { evaluate: (numbers) => 1 - evaluate(numbers), isCondition, perRank };
      return { evaluate: (numbers) => 0 - evaluate(numbers), isCondition, perRank };
    }
    case "BinaryExpr":
      return compileBinary(expr.operator, expr.left, expr.right, scope);
    case "CallExpr":
      return compileCall(expr, scope);
    case "TupleExpr":
      if (expr.elements.length === 1) return compile(expr.elements[0]!, scope);
      return refuse(expr, scope, "not rank arithmetic");
    default:
      return refuse(expr, scope, "not rank arithmetic");
  }
}

function compileBinary(operator: BinaryOperator, left: Expr, right: Expr, scope: ArithmeticScope): Compiled {
  const joins = operator === "and" || operator === "or";
  const a = expecting(left, scope, joins);
  const b = expecting(right, scope, joins);
  const perRank = a.perRank || b.perRank;
  const [first, second] = [a.evaluate, b.evaluate];
  if (operator === "and") return { evaluate: (x) => first(x) && second(x), isCondition: true, perRank };
  if (operator === "or") return { evaluate: (x) => first(x) || second(x), isCondition: true, perRank };
  const compare = comparisons[operator];
  if (compare) return { evaluate: (x) => compare(first(x), second(x)), isCondition: true, perRank };
  const apply = arithmetic[operator]!;
  return { evaluate: (x) => whole(apply(first(x), second(x))), isCondition: false, perRank };
}

function compileCall(expr: Extract<Expr, { kind: "CallExpr" }>, scope: ArithmeticScope): Compiled | undefined {
  const name = expr.callee.kind === "NameExpr" ? expr.callee.name.text : "";
  if (name === "if" && expr.arguments.length === 3) {
    const condition = expecting(expr.arguments[0]!, scope, true);
    const yes = expecting(expr.arguments[1]!, scope, false);
    const no = expecting(expr.arguments[2]!, scope, false);
    const perRank = condition.perRank || yes.perRank || no.perRank;
    const [test, then, otherwise] = [condition.evaluate, yes.evaluate, no.evaluate];
    return { evaluate: (x) => (test(x) ? then(x) : otherwise(x)), isCondition: false, perRank };
  }
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined || known.arity !== expr.arguments.length)
    return refuse(expr, scope, "rank arithmetic has log2(a), pow(a, b), min(a, b), max(a, b), xor(a, b), if(c, a, b)");
  const [a, b] = expr.arguments.map((argument) => expecting(argument, scope, false));
  const perRank = a!.perRank || (b?.perRank ?? false);
  const [first, second] = [a!.evaluate, b?.evaluate ?? (() => 0)];
  return { evaluate: (x) => whole(known.apply(first(x), second(x))), isCondition: false, perRank };
}

function refuse(expr: Expr, scope: ArithmeticScope, message: string): undefined {
  scope.report({ span: expr.span, message });
  return undefined;
}

/** The remainder that is not negative. */
export function modulo(value: number, n: number): number {
  return ((value % n) + n) % n;
}

function divisor(value: number): number {
  if (value === 0) throw new ArithmeticFault("a division by zero");
  return value;
}

function floorLog2(value: number): number {
  if (value < 1) throw new ArithmeticFault(`log2(${value})`);
  return value.toString(2).length - 1;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new ArithmeticFault("a number that is not whole, or too large");
  return value;
}
