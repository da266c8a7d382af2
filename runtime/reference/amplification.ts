/** How a function of one number passes on the error of its argument, from samples of the function. */
import type { ScalarFunction, ScalarIR } from "../../compiler/check/ir.js";

type Leaf = Extract<ScalarIR, { kind: "read" | "local" }>;

const functions: Readonly<Record<ScalarFunction, (...numbers: number[]) => number>> = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  abs: Math.abs,
  min: Math.min,
  max: Math.max,
  neg: (x) => -x,
  ifLess: (a, b, x, y) => (a! < b! ? x! : y!),
  ifEqual: (a, b, x, y) => (a === b ? x! : y!),
};

const operators = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
};

/** Arguments are assumed to lie within -M .. M for one of these M. */
const magnitudes = [1, 2, 4];
const samples = 2048;
/** Slopes between samples fall short of the steepest, and M of those that lie between the ones above. */
const safety = 1.1;

/**
 * The only element that a scalar reads, wherever and however often it reads it, and how many operations make it from
 * that; undefined where it reads several, or none, or adds up.
 */
export function functionOfOne(scalar: ScalarIR): { readonly leaf: Leaf; readonly operations: number } | undefined {
  const leaves = new Map<string, Leaf>();
  let operations = 0;
  const visit = (each: ScalarIR): boolean => {
    switch (each.kind) {
      case "constant":
        return true;
      case "read":
      case "local":
        leaves.set(JSON.stringify(each), each);
        return leaves.size === 1;
      case "binary":
        operations++;
        return visit(each.left) && visit(each.right);
      case "call":
        operations++;
        return each.arguments.every(visit);
      default:
        return false;
    }
  };
  if (!visit(scalar)) return undefined;
  const [leaf] = leaves.values();
  return leaf && { leaf, operations };
}

/**
 * How many times larger an error is in f(x), relative to the largest |f|, than in x, relative to the largest |x|: the
 * largest of max|f'| M / max|f| over -M .. M, for M = 1, 2 and 4, with 10 % added. 1.1 for relu, 1.4 for gelu, 4.4 for exp.
 *
 * @param scalar reads one element
 * @returns undefined where f is not finite everywhere, or its slopes grow as samples come closer: as of sqrt, log, 1/x
 */
export function amplificationOf(scalar: ScalarIR): number | undefined {
  let largest = 0;
  for (const magnitude of magnitudes) {
    const coarse = slopesOf(scalar, magnitude, samples);
    const fine = slopesOf(scalar, magnitude, 4 * samples);
    if (!Number.isFinite(fine.steepest) || fine.steepest > 1.1 * coarse.steepest) return undefined;
    if (fine.steepest > 0) largest = Math.max(largest, (fine.steepest * magnitude) / fine.highest);
  }
  return safety * largest;
}

function slopesOf(scalar: ScalarIR, magnitude: number, steps: number): { steepest: number; highest: number } {
  const step = (2 * magnitude) / steps;
  let before = valueAt(scalar, -magnitude);
  let highest = Math.abs(before);
  let steepest = 0;
  for (let index = 1; index <= steps; index++) {
    const value = valueAt(scalar, -magnitude + index * step);
    if (!Number.isFinite(value - before)) return { steepest: Infinity, highest: Infinity };
    steepest = Math.max(steepest, Math.abs(value - before) / step);
    highest = Math.max(highest, Math.abs(value));
    before = value;
  }
  return { steepest, highest };
}

/** The scalar with x in place of what it reads. */
function valueAt(scalar: ScalarIR, x: number): number {
  switch (scalar.kind) {
    case "constant":
      return scalar.value;
    case "binary":
      return operators[scalar.operator](valueAt(scalar.left, x), valueAt(scalar.right, x));
    case "call":
      return functions[scalar.function](...scalar.arguments.map((argument) => valueAt(argument, x)));
    default:
      return x;
  }
}
