/** Rows of tables before they have a name: put in order, filtered, joined. All of it is linear in the rows. */

/** Rows in any order. */
export interface UnorderedRows {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
  /** Further columns, by name. */
  readonly columns?: ReadonlyMap<string, Int32Array>;
}

/** Rows by (to, from); those of `to` value e are toStart[e] .. toStart[e + 1]. */
export interface GeneratedRows extends UnorderedRows {
  readonly toStart: Int32Array;
}

/** Row numbers such that `keys`, below `size`, ascend; rows that `order` put first stay first among equals. */
function countingOrder(keys: Int32Array, size: number, order?: Int32Array): Int32Array {
  const next = new Int32Array(size + 1);
  for (const key of keys) next[key + 1]! += 1;
  for (let key = 0; key < size; key += 1) next[key + 1]! += next[key]!;
  const sorted = new Int32Array(keys.length);
  for (let place = 0; place < keys.length; place += 1) {
    const row = order ? order[place]! : place;
    sorted[next[keys[row]!]!++] = row;
  }
  return sorted;
}

function isAscending(values: Int32Array): boolean {
  for (let row = 1; row < values.length; row += 1) if (values[row]! < values[row - 1]!) return false;
  return true;
}

/** Rows by (to, from); those that agree in both stay as they were. */
export function orderRows(rows: UnorderedRows, toSize: number): GeneratedRows {
  const { from, to } = rows;
  const byFrom = isAscending(from) ? undefined : countingOrder(from, from.reduce((a, b) => Math.max(a, b), 0) + 1);
  const toStart = new Int32Array(toSize + 1);
  for (const value of to) toStart[value + 1]! += 1;
  for (let value = 0; value < toSize; value += 1) toStart[value + 1]! += toStart[value]!;
  return { ...pick(rows, countingOrder(to, toSize, byFrom)), toStart };
}

/** The rows of those numbers, in that order. */
function pick({ from, to, weight, columns }: UnorderedRows, order: Int32Array): UnorderedRows {
  // Loops: of a million rows, callbacks and iterators take ten times as long.
  const take = <T extends Int32Array | Float64Array>(column: T, into: T): T => {
    for (let place = 0; place < order.length; place += 1) into[place] = column[order[place]!]!;
    return into;
  };
  const taken = (column: Int32Array) => take(column, new Int32Array(order.length));
  return {
    from: taken(from),
    to: taken(to),
    weight: take(weight, new Float64Array(order.length)),
    ...(columns && { columns: new Map([...columns].map(([name, column]) => [name, taken(column)])) }),
  };
}

/** The rows that are kept, in order. */
export function filterRows(rows: GeneratedRows, keep: Uint8Array, toSize: number): GeneratedRows {
  const kept = new Int32Array(keep.length);
  let count = 0;
  for (let row = 0; row < keep.length; row += 1) if (keep[row] === 1) kept[count++] = row;
  return count === keep.length ? rows : orderRows(pick(rows, kept.subarray(0, count)), toSize);
}

/** One row for all that agree in from and to, their weights added up. Without further columns. */
export function joinEqualRows(rows: GeneratedRows, toSize: number): GeneratedRows {
  const { from, to } = rows;
  const weight = Float64Array.from(rows.weight);
  const keep = new Uint8Array(from.length).fill(1);
  for (let row = 1, first = 0; row < from.length; row += 1) {
    if (from[row] === from[first] && to[row] === to[first]) {
      weight[first]! += weight[row]!;
      keep[row] = 0;
    } else first = row;
  }
  return filterRows({ from, to, weight, toStart: rows.toStart }, keep, toSize);
}
