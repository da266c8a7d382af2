/** Rows of a table, as runs in its row order (to, from), chosen by what their columns hold. */
import type { TableData } from "../check/ir.js";
import { pushInterval, runsFromSortedIndices, type Runs } from "./runs.js";

/** Rows whose `to` lies in the given values: one run per stretch of values. Values that no row can have are none. */
export function rowsWithTo(table: TableData, to: Runs): Runs {
  const out: number[] = [];
  const startOf = (value: number): number => table.toStart[Math.max(0, Math.min(table.toSize, value))]!;
  for (let i = 0; i < to.length; i += 2) {
    const start = startOf(to[i]!);
    const end = startOf(to[i + 1]!);
    if (end > start) pushInterval(out, start, end);
  }
  return Int32Array.from(out);
}

/** Rows whose `from` lies in the given values: within each `to` group rows are sorted by `from`. */
export function rowsWithFrom(table: TableData, from: Runs): Runs {
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

export function rowsWith(table: TableData, column: "from" | "to", values: Runs): Runs {
  return column === "to" ? rowsWithTo(table, values) : rowsWithFrom(table, values);
}

/** Values of a column over the rows. */
export function columnImage(table: TableData, column: "from" | "to", rows: Runs): Runs {
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
  const values: number[] = [];
  for (let i = 0; i < rows.length; i += 2) for (let r = rows[i]!; r < rows[i + 1]!; r++) values.push(table.from[r]!);
  return runsFromSortedIndices(Int32Array.from(values).toSorted());
}

/** Row numbers at which a new `to` group begins, and the end. */
export function groupBoundaries(table: TableData): number[] {
  const out: number[] = [];
  for (let to = 0; to <= table.toSize; to++) if (out.at(-1) !== table.toStart[to]) out.push(table.toStart[to]!);
  return out;
}

/** Row numbers at which the part of `from` (parts given as boundaries) or the `to` group changes. */
export function fromPartBoundaries(table: TableData, partStarts: readonly number[]): number[] {
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

function firstRowAtLeast(from: Int32Array, value: number, low: number, high: number): number {
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
