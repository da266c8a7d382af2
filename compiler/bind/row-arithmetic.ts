/** What whole-number expressions over rows are made of. */
import type { BinaryOperator } from "../../grammar/ast.js";
import { mix32, startState } from "./table-generator.js";

type Fold = (values: readonly number[]) => number;

export const functions: Readonly<Record<string, { readonly arity: number; readonly apply: Fold }>> = {
  min: { arity: Infinity, apply: (values) => Math.min(...values) },
  max: { arity: Infinity, apply: (values) => Math.max(...values) },
  abs: { arity: 1, apply: ([a]) => Math.abs(a!) },
  log2: { arity: 1, apply: ([a]) => Math.floor(Math.log2(a!)) },
  pow: { arity: 2, apply: ([a, b]) => a! ** b! },
  xor: { arity: 2, apply: ([a, b]) => a! ^ b! },
};
/** Every function that such an expression may call. */
export const calls = [...Object.keys(functions), "if", "mostly", "row"];

/** `/` is the floor of the quotient, `%` has the sign of the divisor. */
export const arithmetic: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => Math.floor(a / b),
  "%": (a, b) => a - b * Math.floor(a / b),
};
export const comparisons: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => boolean>>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/**
 * `usual` with a probability of `share`, else one of the other values below `size` alike: a pure function of the seed, the
 * row's ends, and which of an expression's draws it is.
 */
export function drawMostly(
  usual: number,
  share: number,
  { size, seed }: { readonly size: number; readonly seed: number },
  { from, to }: { readonly from: number; readonly to: number },
  number: number,
): number {
  let state = mix32(startState(seed) + Math.imul(from, 0x9e3779b9));
  state = mix32(state + Math.imul(to, 0x85ebca6b) + Math.imul(number, 0xc2b2ae35));
  if (size === 1 || uniform(mix32(state)) < share) return usual;
  const other = Math.floor(uniform(mix32(state + 0x9e3779b9)) * (size - 1));
  return other < usual ? other : other + 1;
}

/** A number of 32 bits to one strictly between 0 and 1. */
function uniform(bits: number): number {
  return (bits + 0.5) / 2 ** 32;
}
