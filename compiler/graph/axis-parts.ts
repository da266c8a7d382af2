/** Which indices of an axis a position of the mesh has, one by one. */
import type { AxisCutIR, AxisIR, CutFactorIR, MeshModel, TableData } from "../check/ir.js";
import { columnOf } from "./table-columns.js";

type Mesh = Pick<MeshModel, "axes">;

/** The part [start, end) of 0 .. size-1 that nested ceiling blocks leave at a position. */
export function blockOf(
  size: number,
  cuts: readonly AxisCutIR[],
  mesh: Mesh,
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

/** The index of the factor at an index of its axis. */
export function factorIndex({ size, stride, mirroredAfter }: CutFactorIR, index: number): number {
  const outer = Math.floor(index / stride);
  const plain = outer % size;
  const backward = mirroredAfter !== undefined && (Math.floor(outer / size) % mirroredAfter) % 2 === 1;
  return backward ? size - 1 - plain : plain;
}

/** Whether a position has an index of the axis: that is in its part of every column, factor or stretch that is cut. */
export function heldAt(
  { size, table: rows, cuts }: Pick<AxisIR, "size" | "table" | "cuts">,
  tables: readonly TableData[],
  mesh: Mesh,
  coordinates: readonly number[],
): (index: number) => boolean {
  const limits = [...new Set(cuts.map(({ by }) => by))].map((by) => {
    const own = cuts.filter((cut) => cut.by === by);
    if (rows !== undefined) {
      const column = columnOf(tables[rows]!, by ?? "to");
      return { valueAt: (row: number) => column.values[row]!, ...blockOf(column.size, own, mesh, coordinates) };
    }
    const factor = own[0]!.factor;
    const valueAt = (index: number): number => (factor ? factorIndex(factor, index) : index);
    return { valueAt, ...blockOf(factor?.size ?? size, own, mesh, coordinates) };
  });
  return (index) => limits.every(({ valueAt, start, end }) => valueAt(index) >= start && valueAt(index) < end);
}
