/** Rows of a table found by what they relate. */
import type { TableData } from "../check/ir.js";

type RowOfEach = { readonly of: Int32Array } | { readonly several: number; readonly count: number };

/** The row of each `from`; or a `from` that has none or several, and how many it has. */
export function rowOfEach(table: TableData): RowOfEach {
  const { fromSize, from } = table;
  const counts = new Int32Array(fromSize);
  for (const index of from) counts[index]! += 1;
  const several = counts.findIndex((count) => count !== 1);
  if (several >= 0) return { several, count: counts[several]! };
  const of = new Int32Array(fromSize);
  from.forEach((index, row) => (of[index] = row));
  return { of };
}

/** The row from `a` to `b`; -1 where there is none, -2 where there are several. */
export function rowOfPair({ from, toStart, toSize }: TableData, a: number, b: number): number {
  if (!(b >= 0 && b < toSize)) return -1;
  const end = toStart[b + 1]!;
  let low = toStart[b]!;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (from[middle]! < a) low = middle + 1;
    else high = middle;
  }
  if (low === end || from[low] !== a) return -1;
  return low + 1 < end && from[low + 1] === a ? -2 : low;
}
