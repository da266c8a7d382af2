/** Intervals laid side by side, so that those of one lane do not overlap. */
export interface Lanes {
  /** The items, by begin. */
  readonly order: Int32Array;
  /** Lane of each entry of `order`. */
  readonly lane: Int32Array;
  readonly count: number;
}

/** Gives each item the lowest lane that is free when it begins. Items whose times are not known are left out. */
export function assignLanes(items: readonly number[], begin: Float64Array, end: Float64Array): Lanes {
  const order = Int32Array.from(items.filter((item) => !Number.isNaN(end[item]!)));
  if (!isAscending(order, begin)) order.sort((a, b) => begin[a]! - begin[b]! || a - b);
  const lane = new Int32Array(order.length);
  const freeAt: number[] = [];
  order.forEach((item, index) => {
    let found = 0;
    while (found < freeAt.length && freeAt[found]! > begin[item]!) found++;
    freeAt[found] = end[item]!;
    lane[index] = found;
  });
  return { order, lane, count: freeAt.length };
}

function isAscending(order: Int32Array, begin: Float64Array): boolean {
  for (let index = 1; index < order.length; index++) {
    if (begin[order[index]!]! < begin[order[index - 1]!]!) return false;
  }
  return true;
}
