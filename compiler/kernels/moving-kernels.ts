/** Kernels of what a word does to memory: copies, combinations of states, and what a state says at the end. */
import type { IndexIR, KernelIR, MonoidIR, ScalarIR } from "../check/ir.js";
import { componentDimensions } from "../graph/monoid-states.js";

function elementwise(name: string, rank: number, body: ScalarIR): KernelIR {
  // Sizes matter only to rows, which these variables are not.
  const variables = Array.from({ length: rank }, (_, d) => ({ name: `i${d}`, size: 0 }));
  return { name, outputRank: rank, variables, locals: [], body };
}

const indicesAt = (variables: readonly number[]): IndexIR[] =>
  variables.map((variable) => ({ kind: "affine", terms: [{ variable, coefficient: 1 }], offset: 0 }));

/** output[i..] = operand 0 [i..]. */
export function copyKernel(rank: number): KernelIR {
  const at = indicesAt(Array.from({ length: rank }, (_, dimension) => dimension));
  return elementwise("copy", rank, { kind: "read", operand: 0, at });
}

/**
 * Component `component` of combine(left, right): operands 0 .. s-1 are left's components, s .. 2s-1 right's. Variables are
 * the dimensions that the component has, of a value of `rank` dimensions.
 */
export function combineKernel(monoid: MonoidIR, component: number, rank: number): KernelIR {
  const own = componentDimensions(monoid, component, rank);
  const body = withArguments(monoid.combine[component]!, (argument) => readComponent(monoid, argument, rank, own));
  return elementwise(`combine ${monoid.name}.${monoid.components[component]!.name}`, own.length, body);
}

/** finish(operands 0 .. s-1), of a value of `rank` dimensions; the output may have further ones before those. */
export function finishKernel(monoid: MonoidIR, rank: number, outputRank = rank): KernelIR {
  const own = Array.from({ length: outputRank }, (_, variable) => variable - (outputRank - rank));
  const body = withArguments(monoid.finish, (argument) => readComponent(monoid, argument, rank, own));
  return elementwise(`finish ${monoid.name}`, outputRank, body);
}

/** finish(combine(left, right)), as `combineKernel` has its operands. */
export function combineAndFinishKernel(monoid: MonoidIR, rank: number): KernelIR {
  const own = Array.from({ length: rank }, (_, dimension) => dimension);
  const combined = monoid.combine.map((scalar) =>
    withArguments(scalar, (argument) => readComponent(monoid, argument, rank, own)),
  );
  return elementwise(
    `combine and finish ${monoid.name}`,
    rank,
    withArguments(monoid.finish, (argument) => combined[argument]!),
  );
}

/** Argument k of a combination, read where a kernel over dimensions `own` is: k counts left's components, then right's. */
function readComponent(monoid: MonoidIR, argument: number, rank: number, own: readonly number[]): ScalarIR {
  const dimensions = componentDimensions(monoid, argument % monoid.components.length, rank);
  const at = indicesAt(dimensions.map((dimension) => own.indexOf(dimension)));
  return { kind: "read", operand: argument, at };
}

function withArguments(scalar: ScalarIR, given: (argument: number) => ScalarIR): ScalarIR {
  if (scalar.kind === "argument") return given(scalar.argument);
  if (scalar.kind === "call") {
    return { ...scalar, arguments: scalar.arguments.map((part) => withArguments(part, given)) };
  }
  if (scalar.kind === "binary") {
    return { ...scalar, left: withArguments(scalar.left, given), right: withArguments(scalar.right, given) };
  }
  return scalar;
}
