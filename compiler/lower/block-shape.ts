/** What sort of kernel an op is, and the shape of a block of it: what a device's measured rates are looked up by. */
import type { KernelIR, MonoidIR } from "../check/ir.js";
import type { BlockShape, KernelSort } from "../machine/block-shape.js";
import { walkKernel } from "../kernels/walk.js";
import { matrixOperand } from "./cost.js";

export function kernelSort(kernel: KernelIR, monoid: (name: string) => MonoidIR | undefined): KernelSort {
  let folds = 0;
  let weighs = false;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "reduce") return;
    folds++;
    weighs ||= (monoid(scalar.monoid)?.components.length ?? 1) > 1;
  });
  if (folds === 0) return "elementwise";
  if (matrixOperand(kernel) === undefined) return "reduction";
  return weighs ? "attention" : "contraction";
}

/** Elements that the longest fold of a kernel folds; 1 where it folds none. */
export function foldLength(kernel: KernelIR, lengthOf: (variable: number) => number): number {
  let longest = 1;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "reduce") return;
    longest = Math.max(
      longest,
      scalar.variables.reduce((length, variable) => length * lengthOf(variable), 1),
    );
  });
  return longest;
}

/**
 * @param lengths of the block along the result's axes
 * @param parts that it is accumulated in
 */
export function blockShape(
  sort: Pick<BlockShape, "does" | "dtype">,
  lengths: readonly number[],
  matrixFlops: number,
  folded: number,
  parts: number,
): BlockShape {
  const { does } = sort;
  const elements = lengths.reduce((count, length) => count * length, 1);
  const columns = lengths.at(-1) ?? 1;
  const products = matrixFlops / 2 / Math.max(1, elements);
  // A key is multiplied by a query, and its value by the weight.
  const depth = does === "contraction" ? products : does === "attention" ? products / 2 : folded;
  const whole = (value: number): number => Math.max(1, Math.round(value));
  const rows = whole(elements / Math.max(1, columns));
  return { ...sort, rows, columns: whole(columns), depth: whole(depth), parts };
}
