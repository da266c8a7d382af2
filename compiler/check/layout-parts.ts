/** How many elements of a value each position of a mesh has: for the bytes that messages state. */
import { blockOf, heldAt } from "../graph/axis-parts.js";
import { countRows } from "./count-rows.js";
import type { AxisCutIR, AxisIR, MeshModel, TableData } from "./ir.js";

/** Indices of an axis that a position has, under one list of cuts and, where given, under another one too. */
export function countHeld(
  axis: AxisIR,
  tables: readonly TableData[],
  mesh: Pick<MeshModel, "axes">,
  coordinates: readonly number[],
  other: readonly AxisCutIR[] = [],
): number {
  if (axis.table !== undefined) return countRows(tables[axis.table]!, [axis.cuts, other], mesh, coordinates);
  const inStretches = ![...axis.cuts, ...other].some(({ factor }) => factor);
  if (inStretches) {
    const held = blockOf(axis.size, axis.cuts, mesh, coordinates);
    const also = blockOf(axis.size, other, mesh, coordinates);
    return Math.max(0, Math.min(held.end, also.end) - Math.max(held.start, also.start));
  }
  const isHeld = heldAt(axis, tables, mesh, coordinates);
  const isAlso = heldAt({ ...axis, cuts: other }, tables, mesh, coordinates);
  let count = 0;
  for (let index = 0; index < axis.size; index += 1) if (isHeld(index) && isAlso(index)) count += 1;
  return count;
}

/** Coordinates of every position, outermost axis first. */
export function positionsOf(mesh: Pick<MeshModel, "axes">): number[][] {
  let positions: number[][] = [[]];
  for (const { size } of mesh.axes) {
    positions = positions.flatMap((position) => Array.from({ length: size }, (_, index) => [...position, index]));
  }
  return positions;
}
