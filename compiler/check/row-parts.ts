/**
 * Which column of a table's rows follows the parts of what they lead to. Rows of R that read P's rows, or an axis, through
 * columns lie where that lies exactly if, for every row, the position of the row by some column of R is that of what it
 * leads to. Tables are fixed before a graph is made, so this is asked of the data.
 */
import { columnNames, columnOf } from "../graph/table-columns.js";
import type { AxisCutIR, AxisIR, IndexIR, MeshModel, TableData } from "./ir.js";

export interface RowPartsContext {
  readonly tables: readonly TableData[];
  readonly mesh: Pick<MeshModel, "axes">;
}

/** `x[via(r)]`, x cut by `by` over `meshAxes`: the column by which the rows of `table` lie where what they read does. */
export function sourceColumn(
  index: IndexIR,
  table: number,
  axis: Pick<AxisIR, "table">,
  by: string,
  meshAxes: readonly number[],
  taken: ReadonlySet<string>,
  context: RowPartsContext,
): string | undefined {
  const { tables } = context;
  const reached = targetsOf(index, table, tables);
  const targets = reached && axis.table !== undefined ? through(reached, tables[axis.table]!, by) : reached;
  const preferred = axis.table === undefined && index.kind === "column" ? index.column : by;
  return targets && followingColumn(tables[table]!, targets, meshAxes, preferred, taken, context);
}

/**
 * `sum[r in rows(R) where via(r) == s]`, s a row of `rows` and R's rows cut by `by` over `meshAxes`: the column by which s
 * lies where all rows that lead to it do.
 */
export function targetColumn(
  { table, column }: { readonly table: number; readonly column: string },
  by: string,
  rows: number,
  meshAxes: readonly number[],
  taken: ReadonlySet<string>,
  context: RowPartsContext,
): string | undefined {
  const { tables } = context;
  const own = columnOf(tables[table]!, by);
  const reached = columnOf(tables[table]!, column);
  return untaken(tables[rows]!, by, taken).find((name) =>
    sameParts(own, through(reached, tables[rows]!, name), meshAxes, context),
  );
}

/** What a row leads to: an index of something of `size` a row. */
interface RowTargets {
  readonly values: Int32Array;
  readonly size: number;
}

/** The index that an expression of one row variable has for each row of `table`; undefined where it is of another form. */
function targetsOf(index: IndexIR, table: number, tables: readonly TableData[]): RowTargets | undefined {
  if (index.kind !== "column") return undefined;
  const { values, size } = columnOf(tables[index.table]!, index.column);
  if (index.at.kind === "affine") return index.table === table ? { values, size } : undefined;
  const inner = targetsOf(index.at, table, tables);
  return inner && { values: inner.values.map((row) => values[row]!), size };
}

/** The same, by what a column of another table holds at the rows that are led to. */
function through({ values }: RowTargets, table: TableData, name: string): RowTargets {
  const column = columnOf(table, name);
  return { values: values.map((row) => column.values[row]!), size: column.size };
}

/**
 * The column of `table` whose parts, cut by `meshAxes` in turn, are those of the targets. Of several that are, the one
 * called `preferred`, else the first. Not one of `taken`: two cuts by one column would nest.
 */
function followingColumn(
  table: TableData,
  targets: RowTargets,
  meshAxes: readonly number[],
  preferred: string,
  taken: ReadonlySet<string>,
  context: RowPartsContext,
): string | undefined {
  return untaken(table, preferred, taken).find((name) => sameParts(columnOf(table, name), targets, meshAxes, context));
}

/** Columns that may be followed, the preferred one first. Blocks of row numbers are no parts that anyone means. */
function untaken(table: TableData, preferred: string, taken: ReadonlySet<string>): string[] {
  return columnNames(table)
    .filter((name) => !taken.has(name) && columnOf(table, name).table === undefined)
    .sort((a, b) => Number(b === preferred) - Number(a === preferred));
}

/** Whether both are at the same position for every row, each cut by `meshAxes` in turn. */
function sameParts(a: RowTargets, b: RowTargets, meshAxes: readonly number[], context: RowPartsContext): boolean {
  const [first, second] = [a, b].map(({ size }) => partsOfValues(size, meshAxes, context));
  return a.values.every((value, row) => first![value] === second![b.values[row]!]);
}

/** The position, row-major over the mesh axes, of each of 0 .. size-1 in nested ceiling blocks. */
function partsOfValues(size: number, meshAxes: readonly number[], { mesh }: RowPartsContext): Int32Array {
  const parts = new Int32Array(size);
  const cut = (start: number, end: number, depth: number, part: number): void => {
    if (depth === meshAxes.length || end <= start) return void parts.fill(part, start, Math.max(start, end));
    const count = mesh.axes[meshAxes[depth]!]!.size;
    const block = Math.ceil((end - start) / count);
    for (let index = 0; index < count; index += 1) {
      const low = Math.min(end, start + index * block);
      cut(low, Math.min(end, low + block), depth + 1, part * count + index);
    }
  };
  cut(0, size, 0, 0);
  return parts;
}

/** Whether cuts of the axis are of several lists, by columns or factors: only those of one list nest. */
export function nestedApart({ table, factors }: Pick<AxisIR, "table" | "factors">): boolean {
  return table !== undefined || factors !== undefined;
}

/**
 * Cuts of rows, or of an axis made of factors, in the one order in which equal layouts are equal lists: those by `to`, by `from`, by further columns or factors. Cuts
 * by different ones do not nest, so their order means nothing.
 */
export function orderedCuts(cuts: readonly AxisCutIR[]): AxisCutIR[] {
  const place = ({ by }: AxisCutIR) => (by === undefined ? "0" : by === "to" ? "1" : by === "from" ? "2" : `3${by}`);
  return [...cuts].sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
}
