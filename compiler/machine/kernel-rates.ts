/** How long a device takes for a block, from the blocks that were measured on it. */
import type { ComputeClass } from "../graph/task-graph.js";
import type { BlockShape, KernelSort } from "./block-shape.js";
import type { DeviceRates, KernelRate } from "./model.js";

/** Whether the rate of such kernels is one of arithmetic; that of others is one of memory. */
export function isArithmetic(sort: KernelSort): boolean {
  return sort === "contraction" || sort === "attention";
}

/** Nanoseconds of a task's kernel alone; undefined where no kernel of its sort was measured. */
export function kernelNanoseconds(cost: ComputeClass, { kernels }: DeviceRates): number | undefined {
  const { shape, flops, bytesRead, bytesWritten } = cost;
  const measured = kernels.filter(({ does }) => does === shape.does);
  if (measured.length === 0) return undefined;
  const work = isArithmetic(shape.does) ? flops : bytesRead + bytesWritten;
  return (work / rateAt(shape, measured)) * 1e9;
}

/** What another dtype is like, in doublings. */
const otherDtype = 2;

/**
 * The rate of a shape between those that were measured: their logarithms weighed by the inverse fourth power of the distance,
 * in doublings of rows, columns, depth and parts: far ones, of which there are many, are to count for little together. (Shepard, A
 * two-dimensional interpolation function for irregularly-spaced data, ACM National Conference 1968.)
 */
export function rateAt(shape: BlockShape, measured: readonly KernelRate[]): number {
  let [sum, weights] = [0, 0];
  for (const kernel of measured) {
    const doublings = [
      Math.log2(kernel.rows / shape.rows),
      Math.log2(kernel.columns / shape.columns),
      Math.log2(kernel.depth / shape.depth),
      Math.log2(kernel.parts / shape.parts),
      kernel.dtype === shape.dtype ? 0 : otherDtype,
    ];
    const distance = doublings.reduce((squares, one) => squares + one * one, 0); // squared
    if (distance === 0) return kernel.perSecond;
    const weight = 1 / (distance * distance);
    sum += Math.log(kernel.perSecond) * weight;
    weights += weight;
  }
  return Math.exp(sum / weights);
}
