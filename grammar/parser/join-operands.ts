import type { IToken } from "chevrotain";
import type { BinaryOperator, Expr, Span } from "../ast.js";
import { precedence } from "./operators.js";

/** An operand with its span, the parentheses around it included. */
export interface Operand {
  readonly value: Expr;
  readonly span: Span;
}

/** Folds operands and operators into a tree, all operators being left-associative. */
export function joined(operands: readonly Operand[], operators: readonly IToken[]): Expr {
  const values: Operand[] = [operands[0]!];
  const waiting: BinaryOperator[] = [];
  const reduce = (minimum: number): void => {
    while (waiting.length > 0 && precedence[waiting.at(-1)!] >= minimum) {
      const operator = waiting.pop()!;
      const right = values.pop()!;
      const left = values.pop()!;
      const span = { start: left.span.start, end: right.span.end };
      values.push({ value: { kind: "BinaryExpr", operator, left: left.value, right: right.value, span }, span });
    }
  };
  operators.forEach((found, index) => {
    const operator = found.image as BinaryOperator;
    reduce(precedence[operator]);
    waiting.push(operator);
    values.push(operands[index + 1]!);
  });
  reduce(0);
  return values[0]!.value;
}
