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

/** @param lengths of the block along the result's axes */
export function blockShape(
  sort: Pick<BlockShape, "does" | "dtype">,
  lengths: readonly number[],
  matrixFlops: number,
): BlockShape {
  const { does } = sort;
  const elements = lengths.reduce((count, length) => count * length, 1);
  const columns = lengths.at(-1) ?? 1;
  const products = matrixFlops / 2 / Math.max(1, elements);
  // A key is multiplied by a query, and its value by the weight.
  const depth = does === "contraction" ? products : does === "attention" ? products / 2 : 1;
  const whole = (value: number): number => Math.max(1, Math.round(value));
  return { ...sort, rows: whole(elements / Math.max(1, columns)), columns: whole(columns), depth: whole(depth) };
}
