/**
 * How far a schedule's result may lie from the reference's, when a check does not say: the schedule only reassociates
 * the layer's monoids, so all it can change is where things are rounded.
 *
 * The bound is first order in the unit roundoffs u and relative to the largest magnitude M of each value. With e(v) for
 * the error of value v, 2^-24 for u_a (accumulators are f32; 2^-53 where an operand or the result is kept in 64 bits):
 *
 *     e(input)                = 0                 of one that is pending under sum, u(dtype): the reference's is folded and rounded
 *     e(read v)               = e(v)
 *     e(a + b), e(a * b), ..  = e(a) + e(b) + u_a
 *     e(exp a)                = 4 e(a) + u_a      exp turns an absolute error into a relative one: |a| <= 4 is assumed
 *     e(f(a)), other f        = e(a) + u_a        they contract, or nearly
 *     e(sum of k terms)       = e(term) + 4 k u_a
 *     e(max ..)               = e(term)           max rounds nothing
 *     e(op's result)          = e(body) + 2 u(dtype)    both sides round; they may fall to either side of a tie
 *     e(word under sum, n)    = e(operand) + (2n - 1) u(dtype)    n contributions and n - 1 states are rounded
 *     e(other word)           = e(operand)
 *
 * A sum of k terms in any order errs by at most 4 sqrt(k) u_a sum|t| with high probability (Higham and Mary, "A new
 * approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019, with lambda = 4); for terms of
 * random sign, as the inputs of a run are, sum|t| / M is about sqrt(k). Cancellation beyond that is not covered.
 */
import type { KernelIR, LayerIR, MeshModel, OpStatement, ScalarIR, TableData, ValueIR } from "../compiler/check/ir.js";
import { isWide, unitRoundoff } from "./dtypes.js";

const lambda = 4;
const largestExponent = 4;

/** The largest e(v) of the layer's outputs, comparable with a run's `maxError`. Throws InternalFault for other dtypes. */
export function reassociationBound(layer: LayerIR, mesh: MeshModel, tables: readonly TableData[]): number {
  const errors = new Map<number, number>(layer.inputs.map((input) => [input, inputError(layer.values[input]!)]));
  for (const statement of layer.statements) {
    const unit = unitRoundoff(layer.values[statement.result]!.dtype);
    if (statement.kind === "op") {
      errors.set(statement.result, opError(layer, statement, tables, errors));
    } else {
      const ranks = mesh.axes[statement.meshAxis]!.size;
      const combined = statement.monoid === undefined || statement.monoid === "max" ? 0 : (2 * ranks - 1) * unit;
      errors.set(statement.result, errors.get(statement.operand)! + combined);
    }
  }
  return Math.max(0, ...layer.outputs.map((output) => errors.get(output)!));
}

function inputError({ pending, dtype }: ValueIR): number {
  return pending.some(({ monoid }) => monoid !== "max") ? unitRoundoff(dtype) : 0;
}

function opError(
  layer: LayerIR,
  { kernel, operands, result }: OpStatement,
  tables: readonly TableData[],
  errors: ReadonlyMap<number, number>,
): number {
  const { dtype } = layer.values[result]!;
  const movesOnly = kernel.body.kind === "read" && layer.values[operands[kernel.body.operand]!]!.dtype === dtype;
  const wide = [result, ...operands].some((value) => isWide(layer.values[value]!.dtype));
  const unit = unitRoundoff(wide ? "f64" : "f32");
  const localErrors: number[] = [];

  const errorOf = (scalar: ScalarIR): number => {
    switch (scalar.kind) {
      case "read":
        return errors.get(operands[scalar.operand]!)!;
      case "local":
        return localErrors[scalar.local]!;
      case "weight":
        return unit;
      case "binary":
        return errorOf(scalar.left) + errorOf(scalar.right) + unit;
      case "call": {
        const amplified = scalar.function === "exp" ? largestExponent : 1;
        return amplified * scalar.arguments.reduce((sum, argument) => sum + errorOf(argument), 0) + unit;
      }
      case "reduce": {
        const rounded = scalar.monoid === "max" ? 0 : termsOf(kernel, scalar, tables);
        return errorOf(scalar.body) + lambda * rounded * unit;
      }
      default:
        return 0;
    }
  };
  for (const local of kernel.locals) localErrors.push(errorOf(local.body));
  return errorOf(kernel.body) + (movesOnly ? 0 : 2 * unitRoundoff(dtype));
}

/** Most terms that one reduction adds up. */
function termsOf(
  kernel: KernelIR,
  { variables, rowsWhere }: Extract<ScalarIR, { kind: "reduce" }>,
  tables: readonly TableData[],
): number {
  return variables.reduce((product, variable, position) => {
    const rows = position === 0 && rowsWhere !== undefined;
    return (
      product * (rows ? largestGroup(tables[rowsWhere.table]![rowsWhere.column]) : kernel.variables[variable]!.size)
    );
  }, 1);
}

function largestGroup(column: Int32Array): number {
  const counts = new Map<number, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
