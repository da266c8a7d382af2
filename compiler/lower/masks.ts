/** Blocks of an op that a guard masks whole. */
import { dependsOnVariables, reductionMask } from "./access.js";
import type { LoweringContext, OpInstance, OpOnRank } from "./context.js";
import { forEachImage, type Ranges } from "./image.js";

/** What the variables of a kernel range over in one cell of the grid of blocks: of outputs, then the accumulated one. */
export function rangesOfCell(onRank: OpOnRank, cell: readonly number[]): Ranges {
  const { partitions, accumulate, accumulateVariable, ranges } = onRank;
  return (variable) => {
    if (variable < partitions.length) return partitions[variable]!.blocks[cell[variable]!]!;
    return variable === accumulateVariable ? accumulate[cell.at(-1)!]! : ranges[variable]!;
  };
}

/** Whether, in the part of an accumulation at a cell of the grid, no element passes the reduction's guards. */
export function maskOf(
  { program }: LoweringContext,
  instance: OpInstance,
  onRank: OpOnRank,
): (cell: readonly number[]) => boolean {
  const mask = reductionMask(instance.ir.kernel);
  if (mask === undefined) return () => false;
  const { partitions } = onRank;
  const named = new Set(mask.flatMap(dependsOnVariables));
  const known = new Map<string, boolean>();
  return (cell) => {
    const key = cell.filter((_, d) => d === partitions.length || named.has(d)).join();
    let masked = known.get(key);
    if (masked === undefined) {
      masked = true;
      for (const access of mask)
        forEachImage(access, rangesOfCell(onRank, cell), program.tables, () => (masked = false));
      known.set(key, masked);
    }
    return masked;
  };
}
