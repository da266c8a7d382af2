/** Where an ordered monoid may join what positions have of a reduced axis: left to right, as their numbers go. */
import type { Division, Layout, OperandDimension } from "./layout-inference.js";
import type { Partial } from "./layout-linearity.js";
import { walkKernel } from "../kernels/walk.js";
import type { KernelIR, ValueIR } from "./ir.js";

interface Unordered {
  readonly reason: string;
  readonly place: OperandDimension;
}

/**
 * Why the parts of a reduced axis cannot be joined in the order of the positions that have them. `others`: the further mesh
 * axes that leave the result pending under the monoid.
 */
export function unorderedParts(
  { cause, monoid }: Partial,
  meshAxis: number,
  others: readonly number[],
  kernel: KernelIR,
  operands: readonly Layout[],
  divisions: readonly Division[],
): Unordered | undefined {
  if (!("variable" in cause)) return undefined;
  const { place } = divisions.find((one) => one.meshAxis === meshAxis && one.variable === cause.variable)!;
  const { cuts, table } = operands[place.operand]!.axes[place.dimension]!;
  const meshAxes = cuts.map((cut) => cut.meshAxis);
  if (!others.every((other) => meshAxes.includes(other)) || !isAscending(meshAxes))
    return {
      reason: `\`${monoid}\` is ordered, and joins what mesh axes divide one inside the other, as the mesh has them`,
      place,
    };
  const outer = outerVariable(kernel, monoid, cause.variable);
  if (outer !== undefined) {
    const [first, second] = [outer, cause.variable].map((variable) => `\`${kernel.variables[variable]!.name}\``);
    return {
      reason: `\`${monoid}\` is ordered, and each ${first} has all of ${second}: parts of it are not one behind the other`,
      place,
    };
  }
  const by = cuts.find((cut) => cut.meshAxis === meshAxis)?.by;
  // Rows are in the order of what they go to.
  if (by === undefined || (table !== undefined && by === "to")) return undefined;
  return { reason: `\`${monoid}\` is ordered, and parts by \`${by}\` are not one behind the other`, place };
}

/** A variable of more than one value that the monoid's reductions go through more slowly than through this one. */
function outerVariable(kernel: KernelIR, monoid: string, variable: number): number | undefined {
  let outer: number | undefined;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "reduce" || scalar.monoid !== monoid || !scalar.variables.includes(variable)) return;
    const before = scalar.variables.slice(0, scalar.variables.indexOf(variable));
    outer ??= before.find((other) => kernel.variables[other]!.size > 1);
  });
  return outer;
}

/** Of an ordered monoid: whether a word over these mesh axes ends the innermost of those that a value is pending over. */
export function endsInnermost(
  { pending }: Pick<ValueIR, "pending">,
  monoid: string,
  meshAxes: readonly number[],
): boolean {
  const over = pending.find((one) => one.monoid === monoid)?.over ?? [];
  return over.length <= 1 || over.slice(-meshAxes.length).join() === meshAxes.join();
}

export function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, i) => i === 0 || numbers[i - 1]! < number);
}
