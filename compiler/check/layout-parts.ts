/** How many elements of a value each position of a mesh has: for the bytes that messages state. */
import { columnOf } from "../graph/table-columns.js";
import { factorIndex } from "./axis-factors.js";
import type { AxisCutIR, AxisIR, MeshModel, TableData } from "./ir.js";

/** The part [start, end) of 0 .. size-1 that nested ceiling blocks leave at a position. */
export function blockOf(
  size: number,
  cuts: readonly AxisCutIR[],
  mesh: Pick<MeshModel, "axes">,
  coordinates: readonly number[],
): { start: number; end: number } {
  let start = 0;
  let end = size;
  for (const { meshAxis } of cuts) {
    const block = Math.ceil((end - start) / mesh.axes[meshAxis]!.size);
    const first = Math.min(end, start + coordinates[meshAxis]! * block);
    end = Math.min(end, first + block);
    start = first;
  }
  return { start, end };
}

/** Indices of an axis that a position has, under one list of cuts and, where given, under another one too. */
export function countHeld(
  axis: AxisIR,
  tables: readonly TableData[],
  mesh: Pick<MeshModel, "axes">,
  coordinates: readonly number[],
  other: readonly AxisCutIR[] = [],
): number {
  if (axis.table === undefined && [...axis.cuts, ...other].some(({ factor }) => factor)) {
    return countByFactors(axis.size, [axis.cuts, other], mesh, coordinates);
  }
  if (axis.table === undefined) {
    const held = blockOf(axis.size, axis.cuts, mesh, coordinates);
    const also = blockOf(axis.size, other, mesh, coordinates);
    return Math.max(0, Math.min(held.end, also.end) - Math.max(held.start, also.start));
  }
  const table = tables[axis.table]!;
  const limits = [axis.cuts, other].flatMap((cuts) =>
    [...new Set(cuts.map(({ by }) => by ?? "to"))].map((name) => {
      const { values, size } = columnOf(table, name);
      const own = cuts.filter((cut) => (cut.by ?? "to") === name);
      return { values, ...blockOf(size, own, mesh, coordinates) };
    }),
  );
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) {
    if (limits.every(({ values, start, end }) => values[row]! >= start && values[row]! < end)) count += 1;
  }
  return count;
}

/** Indices that are in a position's part of every factor, and of the axis itself, that one of the lists cuts. */
function countByFactors(
  size: number,
  lists: readonly (readonly AxisCutIR[])[],
  mesh: Pick<MeshModel, "axes">,
  coordinates: readonly number[],
): number {
  const limits = lists.flatMap((cuts) =>
    [...new Set(cuts.map(({ by }) => by))].map((by) => {
      const own = cuts.filter((cut) => cut.by === by);
      const factor = own[0]!.factor;
      return { factor, ...blockOf(factor?.size ?? size, own, mesh, coordinates) };
    }),
  );
  let count = 0;
  for (let index = 0; index < size; index += 1) {
    const inside = limits.every(({ factor, start, end }) => {
      const value = factor ? factorIndex(factor, index) : index;
      return value >= start && value < end;
    });
    if (inside) count += 1;
  }
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
