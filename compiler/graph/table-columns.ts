/** Columns of a table by name: `from` and `to`, which every table has, and those it declares. */
import type { TableColumn, TableData } from "../check/ir.js";
import { rowOfEach } from "./table-lookups.js";
import { InternalFault } from "../diagnostics/internal-fault.js";

/** No name that is written has a `$`. */
const ofIndex = "$from";

/**
 * What an IndexIR calls a column that it reads at an index of `from`, not at a row: of the only row that the table has for
 * the index. Such a table is a map (`rowOfEach`).
 */
export function columnOfIndex(column: string): string {
  return column + ofIndex;
}

/** Whether a column is read at an index of `from`. */
export function isOfIndex(name: string): boolean {
  return name.endsWith(ofIndex);
}

/** `to(r)`, `doc.to(s)`: a column of the table called so, as it is written, at what is written so. */
export function columnText(table: string, name: string, at: string): string {
  return isOfIndex(name) ? `${table}.${name.slice(0, -ofIndex.length)}(${at})` : `${name}(${at})`;
}

const mapped = new WeakMap<TableData, Map<string, TableColumn | undefined>>();

/** Undefined where the table has no such column, or is no map. */
export function columnNamed(table: TableData, name: string): TableColumn | undefined {
  if (isOfIndex(name)) {
    let known = mapped.get(table);
    if (known === undefined) mapped.set(table, (known = new Map()));
    if (!known.has(name)) known.set(name, byIndex(table, name));
    return known.get(name);
  }
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

function byIndex(table: TableData, name: string): TableColumn | undefined {
  const column = columnNamed(table, name.slice(0, -ofIndex.length));
  const rows = rowOfEach(table);
  if (column === undefined || "several" in rows) return undefined;
  return { ...column, name, values: rows.of.map((row) => column.values[row]!) };
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

const ascending = new WeakMap<Int32Array, boolean>();

/** Whether the values of a column never fall from one to the next; found once a column. */
export function isAscending(values: Int32Array): boolean {
  let known = ascending.get(values);
  if (known === undefined)
    ascending.set(values, (known = values.every((value, at) => at === 0 || values[at - 1]! <= value)));
  return known;
}
