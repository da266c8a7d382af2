/** How many rows of a table a position of a mesh has: without looking at each of them for each position. */
import { blockOf } from "../graph/axis-parts.js";
import { columnOf } from "../graph/table-columns.js";
import type { AxisCutIR, MeshModel, TableData } from "./ir.js";

/** Values of a column, from `start` to before `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Rows that a position has under each of several lists of cuts. */
export function countRows(
  table: TableData,
  lists: readonly (readonly AxisCutIR[])[],
  mesh: Pick<MeshModel, "axes">,
  coordinates: readonly number[],
): number {
  const ranges = new Map<string, Range>();
  for (const cuts of lists)
    for (const column of new Set(cuts.map(({ by }) => by ?? "to"))) {
      const own = cuts.filter(({ by }) => (by ?? "to") === column);
      const { start, end } = blockOf(columnOf(table, column).size, own, mesh, coordinates);
      const other = ranges.get(column) ?? { start, end };
      ranges.set(column, { start: Math.max(start, other.start), end: Math.min(end, other.end) });
    }
  if ([...ranges.values()].some(({ start, end }) => start >= end)) return 0;
  // Rows stand in order of `to`.
  const to = ranges.get("to");
  const first = to ? table.toStart[to.start]! : 0;
  const last = to ? table.toStart[to.end]! : table.rowCount;
  const rest = [...ranges].filter(([column]) => column !== "to");
  if (rest.length === 0) return last - first;
  if (to === undefined && rest.length === 1) {
    const [[column, { start, end }]] = rest as [[string, Range]];
    const before = rowsBefore(table, column);
    return before[end]! - before[start]!;
  }
  const limits = rest.map(([column, range]) => ({ ...range, values: columnOf(table, column).values }));
  let count = 0;
  for (let row = first; row < last; row++)
    if (limits.every(({ values, start, end }) => values[row]! >= start && values[row]! < end)) count++;
  return count;
}

const counted = new WeakMap<TableData, Map<string, Int32Array>>();

/** By value of a column, how many rows have a lesser one. */
function rowsBefore(table: TableData, column: string): Int32Array {
  let ofTable = counted.get(table);
  if (ofTable === undefined) counted.set(table, (ofTable = new Map<string, Int32Array>()));
  let before = ofTable.get(column);
  if (before === undefined) {
    const { values, size } = columnOf(table, column);
    before = new Int32Array(size + 1);
    for (let row = 0; row < table.rowCount; row++) before[values[row]! + 1]!++;
    for (let value = 0; value < size; value++) before[value + 1]! += before[value]!;
    ofTable.set(column, before);
  }
  return before;
}
