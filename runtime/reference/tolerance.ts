/**
 * How far a schedule's result may lie from the reference's, when a check does not say: the schedule only reassociates
 * the layer's monoids, so all it can change is where things are rounded.
 *
 * The bound is first order in the unit roundoffs u and relative to the largest magnitude M of each value. With e(v) for
 * the error of value v, 2^-24 for u_a (accumulators are f32; 2^-53 where an operand or the result is kept in 64 bits):
 *
 *     e(input)                = 0                 of one that is pending under sum, u(dtype): the reference's is folded and rounded
 *     e(read v)               = e(v)
 *     e(f(a)), f of one read  = A e(a) + A c u_a  c operations; A as `amplificationOf` samples it, however often a is read
 *     e(a + b), e(a * b), ..  = e(a) + e(b) + u_a
 *     e(exp a)                = 4 e(a) + u_a      exp turns an absolute error into a relative one: |a| <= 4 is assumed
 *     e(sqrt a)               = e(a) / 2 + u_a
 *     e(f(a)), other f        = e(a) + u_a        they contract, or nearly
 *     e(sum of k terms)       = e(term) + 4 k u_a    4 sqrt(k) u_a where no term is negative
 *     e(max ..)               = e(term)           max rounds nothing
 *     e(u of k states)        = sum over components c of A_c e(c's term) + 4 k sqrt(operations of combine) u_a
 *                               A_c is 4 where combine or finish takes an exp of c, else 1: of `lse`, of the scores
 *     e(op's result)          = e(body) + 2 u(dtype)    both sides round; they may fall to either side of a tie
 *     e(word under sum, n)    = e(operand) + (2n - 1) u(dtype)    n contributions and n - 1 states are rounded
 *                               of a state of several components, u of the coarsest of their dtypes
 *     e(other word)           = e(operand)
 *
 * Of a - b and a / b where both read v and b does through more reductions, b's share of e(v) does not count, for a / b if
 * b is a sum of what is not negative: x - max x, x - mean x, x / sqrt(sum x^2), exp x / sum exp x. The Jacobian of
 * x / |x|, and of x - mean x, is a projection: it lengthens no error. An error that all elements share cancels in all
 * four (a shift in the softmax, a factor in the norms), and what is of random sign averages out over the k elements.
 *
 * A sum of k terms in any order errs by at most 4 sqrt(k) u_a sum|t| with high probability (Higham and Mary, "A new
 * approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019, with lambda = 4); for terms of
 * random sign, as the inputs of a run are, sum|t| / M is about sqrt(k), and 1 where none is negative. Cancellation beyond
 * that is not covered.
 */
import type {
  KernelIR,
  LayerIR,
  MeshModel,
  MonoidIR,
  OpStatement,
  ScalarIR,
  TableData,
  ValueIR,
} from "../../compiler/check/ir.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { amplificationOf, functionOfOne } from "./amplification.js";
import { keptComponents } from "../../compiler/graph/monoid-states.js";
import { isWide, unitRoundoff } from "../numbers/dtypes.js";
import { scalarParts } from "../../compiler/kernels/walk.js";

const lambda = 4;
const largestExponent = 4;

/** A run that is compared with no more than this says little about its result. */
export const looseTolerance = 0.1;

/** The largest e(v) of the layer's outputs, comparable with a run's `maxError`. Throws InternalFault for other dtypes. */
export function reassociationBound(
  layer: LayerIR,
  mesh: MeshModel,
  tables: readonly TableData[],
  monoids: readonly MonoidIR[] = [],
): number {
  const errors = new Map<number, number>(layer.inputs.map((input) => [input, inputError(layer.values[input]!)]));
  for (const statement of layer.statements) {
    if (statement.kind === "op") {
      errors.set(statement.result, opError(layer, statement, { tables, monoids }, errors));
    } else {
      const ranks = statement.meshAxes.reduce((count, meshAxis) => count * mesh.axes[meshAxis]!.size, 1);
      const folds = statement.kind === "word" || statement.view === "partials";
      const kept = keptComponents(layer.values[statement.operand]!, monoids);
      const unit = Math.max(...kept.map(({ dtype }) => unitRoundoff(dtype)));
      const rounds = folds && statement.monoid !== undefined && statement.monoid !== "max";
      const combined = rounds ? (2 * ranks - 1) * unit : 0;
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
  { tables, monoids }: { readonly tables: readonly TableData[]; readonly monoids: readonly MonoidIR[] },
  errors: ReadonlyMap<number, number>,
): number {
  const { dtype } = layer.values[result]!;
  const movesOnly = kernel.body.kind === "read" && layer.values[operands[kernel.body.operand]!]!.dtype === dtype;
  const wide = [result, ...operands].some((value) => isWide(layer.values[value]!.dtype));
  const unit = unitRoundoff(wide ? "f64" : "f32");
  const localErrors: ScalarError[] = [];

  const errorOf = (scalar: ScalarIR): ScalarError => {
    const one = functionOfOne(scalar);
    const amplified = one === undefined || one.operations === 0 ? undefined : amplificationOf(scalar);
    if (one !== undefined && amplified !== undefined) {
      return withRounding(scaled(errorOf(one.leaf), amplified), amplified * one.operations * unit);
    }
    switch (scalar.kind) {
      case "read":
        return { shares: [{ operand: scalar.operand, depth: 0, factor: 1 }], rounding: 0 };
      case "local":
        return localErrors[scalar.local]!;
      case "weight":
        return { shares: [], rounding: unit };
      case "binary": {
        const left = errorOf(scalar.left);
        const right = errorOf(scalar.right);
        const cancels =
          scalar.operator === "-" || (scalar.operator === "/" && isNonnegative(scalar.right, kernel.locals));
        return withRounding(sumOf([left, cancels ? withoutShared(right, left) : right]), unit);
      }
      case "call": {
        const factor = scalar.function === "exp" ? largestExponent : scalar.function === "sqrt" ? 1 / 2 : 1;
        return withRounding(scaled(sumOf(scalar.arguments.map(errorOf)), factor), unit);
      }
      case "select":
        return sumOf([errorOf(scalar.whenTrue), errorOf(scalar.whenFalse)]);
      case "reduce": {
        const monoid = monoids.find(({ name }) => name === scalar.monoid);
        const { shares, rounding } = sumOf(
          scalar.bodies.map((body, component) => scaled(errorOf(body), exponentFactor(monoid, component))),
        );
        const deeper = shares.map((share) => ({ ...share, depth: share.depth + 1 }));
        if (monoid !== undefined && scalar.bodies.length > 1) {
          const operations = Math.sqrt(operationsOf(monoid));
          return { shares: deeper, rounding: rounding + lambda * operations * termsOf(kernel, scalar, tables) * unit };
        }
        const terms = scalar.monoid === "max" ? 0 : termsOf(kernel, scalar, tables);
        const rounded = isNonnegative(scalar.bodies[0]!, kernel.locals) ? Math.sqrt(terms) : terms;
        return { shares: deeper, rounding: rounding + lambda * rounded * unit };
      }
      default:
        return { shares: [], rounding: 0 };
    }
  };
  for (const local of kernel.locals) localErrors.push(errorOf(local.body));
  const { shares, rounding } = errorOf(kernel.body);
  const passedOn = shares.reduce((sum, { operand, factor }) => sum + factor * errors.get(operands[operand]!)!, 0);
  return passedOn + rounding + (movesOnly ? 0 : 2 * unitRoundoff(dtype));
}

/** Whether a component's error is taken an exp of: of one that is a power. */
function exponentFactor(monoid: MonoidIR | undefined, component: number): number {
  const reads = (scalar: ScalarIR, inExp: boolean): boolean => {
    if (scalar.kind === "argument") return inExp && scalar.argument % monoid!.components.length === component;
    return scalarParts(scalar).some((part) =>
      reads(part, inExp || (scalar.kind === "call" && scalar.function === "exp")),
    );
  };
  return monoid !== undefined && [...monoid.combine, monoid.finish].some((scalar) => reads(scalar, false))
    ? largestExponent
    : 1;
}

/** Distinct operations of a combination. */
function operationsOf({ combine }: MonoidIR): number {
  const found = new Set<string>();
  const visit = (scalar: ScalarIR): void => {
    if (scalar.kind === "binary" || scalar.kind === "call") found.add(JSON.stringify(scalar));
    scalarParts(scalar).forEach(visit);
  };
  combine.forEach(visit);
  return found.size;
}

/** `factor` times the error of an operand that is read through `depth` reductions. */
interface Share {
  readonly operand: number;
  readonly depth: number;
  readonly factor: number;
}

/** What a number of a kernel errs by: shares of its operands' errors, and what the kernel itself rounds. */
interface ScalarError {
  readonly shares: readonly Share[];
  readonly rounding: number;
}

function sumOf(all: readonly ScalarError[]): ScalarError {
  const factors = new Map<string, Share>();
  for (const share of all.flatMap(({ shares }) => shares)) {
    const key = `${share.operand} ${share.depth}`;
    factors.set(key, { ...share, factor: share.factor + (factors.get(key)?.factor ?? 0) });
  }
  return { shares: [...factors.values()], rounding: all.reduce((sum, { rounding }) => sum + rounding, 0) };
}

function scaled({ shares, rounding }: ScalarError, factor: number): ScalarError {
  return { shares: shares.map((share) => ({ ...share, factor: factor * share.factor })), rounding: factor * rounding };
}

function withRounding({ shares, rounding }: ScalarError, more: number): ScalarError {
  return { shares, rounding: rounding + more };
}

/** Without the shares of operands that `other` reads through fewer reductions. */
function withoutShared({ shares, rounding }: ScalarError, other: ScalarError): ScalarError {
  const left = shares.filter(
    ({ operand, depth }) => !other.shares.some((share) => share.operand === operand && share.depth < depth),
  );
  return { shares: left, rounding };
}

/** Whether the form of a scalar shows that it is never negative: squares, exponentials, and what is made of them. */
function isNonnegative(scalar: ScalarIR, locals: KernelIR["locals"]): boolean {
  const every = (scalars: readonly ScalarIR[]) => scalars.every((each) => isNonnegative(each, locals));
  switch (scalar.kind) {
    case "constant":
      return scalar.value >= 0;
    case "local":
      return isNonnegative(locals[scalar.local]!.body, locals);
    case "reduce":
      return isNonnegative(scalar.bodies[0]!, locals);
    case "call":
      if (scalar.function === "min" || scalar.function === "max") return every(scalar.arguments);
      return scalar.function === "exp" || scalar.function === "abs" || scalar.function === "sqrt";
    case "select":
      return every([scalar.whenTrue, scalar.whenFalse]);
    case "binary": {
      if (scalar.operator === "-") return false;
      const isSquare = scalar.operator === "*" && JSON.stringify(scalar.left) === JSON.stringify(scalar.right);
      return isSquare || every([scalar.left, scalar.right]);
    }
    default:
      return false;
  }
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
      product *
      (rows
        ? largestGroup(columnOf(tables[rowsWhere.table]!, rowsWhere.column).values)
        : kernel.variables[variable]!.size)
    );
  }, 1);
}

function largestGroup(column: Int32Array): number {
  const counts = new Map<number, number>();
  for (const value of column) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Math.max(0, ...counts.values());
}
