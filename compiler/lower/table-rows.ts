/** Rows of a table, as runs in its row order (to, from), chosen by what their columns hold. */
import type { TableColumn, TableData } from "../check/ir.js";
import { columnOf, rowsByValue } from "../graph/table-columns.js";
import { interval, pushInterval, runsFromSortedIndices, type Runs } from "../graph/runs.js";

/** Rows whose column lies in the given values. Values that no row can have are none. */
export function rowsWith(table: TableData, column: string, values: Runs): Runs {
  if (column === "to") return rowsWithTo(table, values);
  return column === "from" ? rowsWithFrom(table, values) : rowsWithColumn(columnOf(table, column), values);
}

/** One run per stretch of values: rows are ordered by `to`. */
function rowsWithTo(table: TableData, to: Runs): Runs {
  const out: number[] = [];
  const startOf = (value: number): number => table.toStart[Math.max(0, Math.min(table.toSize, value))]!;
  for (let i = 0; i < to.length; i += 2) {
    const start = startOf(to[i]!);
    const end = startOf(to[i + 1]!);
    if (end > start) pushInterval(out, start, end);
  }
  return Int32Array.from(out);
}

/** Within each `to` group rows are sorted by `from`. */
function rowsWithFrom(table: TableData, from: Runs): Runs {
  const out: number[] = [];
  for (let to = 0; to < table.toSize; to++) {
    const groupEnd = table.toStart[to + 1]!;
    let at = table.toStart[to]!;
    for (let i = 0; i < from.length && at < groupEnd; i += 2) {
      const start = firstRowAtLeast(table.from, from[i]!, at, groupEnd);
      const end = firstRowAtLeast(table.from, from[i + 1]!, start, groupEnd);
      if (end > start) pushInterval(out, start, end);
      at = end;
    }
  }
  return Int32Array.from(out);
}

function rowsWithColumn(column: TableColumn, values: Runs): Runs {
  const { start, rows } = rowsByValue(column);
  const bound = (value: number): number => start[Math.max(0, Math.min(column.size, value))]!;
  const stretches: Int32Array[] = [];
  for (let i = 0; i < values.length; i += 2) {
    const stretch = rows.subarray(bound(values[i]!), bound(values[i + 1]!));
    if (stretch.length > 0) stretches.push(stretch);
  }
  const found = new Int32Array(stretches.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const stretch of stretches) {
    found.set(stretch, next);
    next += stretch.length;
  }
  return runsFromSortedIndices(found.sort());
}

const holding = new WeakMap<Int32Array, Map<number, Runs>>();

/** Rows whose column has one value: the same runs whenever they are asked for. */
export function rowsHolding(table: TableData, name: string, value: number): Runs {
  const column = columnOf(table, name);
  let known = holding.get(column.values);
  if (known === undefined) holding.set(column.values, (known = new Map()));
  let rows = known.get(value);
  if (rows === undefined) known.set(value, (rows = rowsWithColumn(column, interval(value, value + 1))));
  return rows;
}

/** Values of a column over the rows. */
export function columnImage(table: TableData, column: string, rows: Runs): Runs {
  if (column === "to") {
    const out: number[] = [];
    for (let i = 0; i < rows.length; i += 2) {
      let row = rows[i]!;
      while (row < rows[i + 1]!) {
        const to = table.to[row]!;
        pushInterval(out, to, to + 1);
        row = table.toStart[to + 1]!;
      }
    }
    return Int32Array.from(out);
  }
  const { values } = columnOf(table, column);
  let length = 0;
  for (let i = 0; i < rows.length; i += 2) length += rows[i + 1]! - rows[i]!;
  const found = new Int32Array(length);
  let next = 0;
  for (let i = 0; i < rows.length; i += 2)
    for (let row = rows[i]!; row < rows[i + 1]!; row++) found[next++] = values[row]!;
  return runsFromSortedIndices(found.sort());
}

/** Row numbers at which a new `to` group begins, and the end. */
export function groupBoundaries(table: TableData): number[] {
  const out: number[] = [];
  for (let to = 0; to <= table.toSize; to++) if (out.at(-1) !== table.toStart[to]) out.push(table.toStart[to]!);
  return out;
}

/** How many of the rows have the same values in all of the columns, for each combination there is. */
export function groupSizes(table: TableData, columns: readonly string[], rows: Runs): number[] {
  const all = columns.map((column) => columnOf(table, column).values);
  const sizes = new Map<string, number>();
  for (let i = 0; i < rows.length; i += 2)
    for (let row = rows[i]!; row < rows[i + 1]!; row++) {
      const group = all.map((values) => values[row]!).join(" ");
      sizes.set(group, (sizes.get(group) ?? 0) + 1);
    }
  return [...sizes.values()];
}

/** Row numbers at which the part of a column (parts given by where they begin) or the `to` group changes, and the end. */
export function partBoundariesOfRows(table: TableData, column: string, partStarts: readonly number[]): number[] {
  if (column === "to") return groupBoundaries(table);
  return column === "from" ? fromPartBoundaries(table, partStarts) : columnPartBoundaries(table, column, partStarts);
}

function fromPartBoundaries(table: TableData, partStarts: readonly number[]): number[] {
  const out: number[] = [];
  for (let to = 0; to < table.toSize; to++) {
    const end = table.toStart[to + 1]!;
    let at = table.toStart[to]!;
    out.push(at);
    for (const start of partStarts) {
      at = firstRowAtLeast(table.from, start, at, end);
      out.push(at);
    }
  }
  out.push(table.rowCount);
  return [...new Set(out)];
}

function columnPartBoundaries(table: TableData, name: string, partStarts: readonly number[]): number[] {
  const { values, size } = columnOf(table, name);
  const starts = [...partStarts].sort((a, b) => a - b);
  const partOf = new Int32Array(size);
  for (let value = 0, part = -1; value < size; value++) {
    while (part + 1 < starts.length && starts[part + 1]! <= value) part += 1;
    partOf[value] = part;
  }
  const out = table.rowCount > 0 ? [0] : [];
  for (let row = 1; row < table.rowCount; row++)
    if (table.to[row] !== table.to[row - 1] || partOf[values[row]!] !== partOf[values[row - 1]!]) out.push(row);
  out.push(table.rowCount);
  return out;
}

function firstRowAtLeast(from: Int32Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
