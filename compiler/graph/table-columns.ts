/** Columns of a table by name: `from` and `to`, which every table has, and those it declares. */
import type { TableColumn, TableData } from "../check/ir.js";
import { InternalFault } from "../diagnostics/internal-fault.js";

/** Undefined where the table has no such column. */
export function columnNamed(table: TableData, name: string): TableColumn | undefined {
  if (name === "from") return { name, values: table.from, axis: table.fromAxis, size: table.fromSize };
  if (name === "to") return { name, values: table.to, axis: table.toAxis, size: table.toSize };
  return table.columns.find((column) => column.name === name);
}

/** Throws InternalFault where the table has no such column. */
export function columnOf(table: TableData, name: string): TableColumn {
  const column = columnNamed(table, name);
  if (column === undefined) throw new InternalFault("lower", `${table.name} has no column ${name}`);
  return column;
}

/** The first column that points into the axis: rows lie in the part of a split in which it does. */
export function columnOnAxis(table: TableData, axis: string): TableColumn | undefined {
  return columnNames(table)
    .map((name) => columnOf(table, name))
    .find((column) => column.axis === axis);
}

/** `from`, `to`, then the others as declared. */
export function columnNames(table: TableData): string[] {
  return ["from", "to", ...table.columns.map(({ name }) => name)];
}

/** Rows whose column is e, ascending: rows[start[e] .. start[e + 1]). */
export interface RowIndex {
  readonly start: Int32Array;
  readonly rows: Int32Array;
}

/** By the values themselves: a table is plain data, and its columns never change. */
const rowIndices = new WeakMap<Int32Array, RowIndex>();

/** The rows of a column by its value; made once a column. */
export function rowsByValue({ values, size }: Pick<TableColumn, "values" | "size">): RowIndex {
  let index = rowIndices.get(values);
  if (index === undefined) {
    const start = new Int32Array(size + 1);
    for (const value of values) start[value + 1]! += 1;
    for (let value = 0; value < size; value++) start[value + 1]! += start[value]!;
    const next = start.slice(0, size);
    const rows = new Int32Array(values.length);
    values.forEach((value, row) => (rows[next[value]!++] = row));
    rowIndices.set(values, (index = { start, rows }));
  }
  return index;
}
