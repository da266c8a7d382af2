import type { BinaryOperator } from "../ast.js";
import type { Keyword } from "../tokens.js";

/** How tightly an operator binds; a greater number binds tighter. All are left-associative. */
export const precedence: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
};
export const comparison = 3;
export const additive = 4;
export const multiplicative = 5;

/** Words that may follow an operand where there are reductions, and so do not open the body of one. */
export const reductionFollowers: readonly Keyword[] = [
  ...(["let", "return", "next", "when", "where", "cost", "with"] as const),
  ...(["identity", "combine", "finish", "and", "or"] as const),
];

/** Words that begin a claim: after a comma in the values of a `for`, they are none of these unless in parentheses. */
export const claimOpeners = [
  ...(["same", "drift", "no", "memory", "bytes", "messages", "rounds", "hides", "faster", "within", "for"] as const),
] satisfies readonly Keyword[];
