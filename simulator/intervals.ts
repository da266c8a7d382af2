/** Intervals of time as `begin, end` pairs. */
export interface Intervals {
  /** Adds an interval; one that begins within the last one added makes that longer. */
  add(begin: number, end: number): void;
  /** The union of all that was added: disjoint, ascending pairs. */
  union(): Float64Array;
}

export function createIntervals(): Intervals {
  let pairs = new Float64Array(16);
  let length = 0;
  let ascending = true;

  function add(begin: number, end: number): void {
    // Also false for times that are not known.
    if (!(end > begin)) return;
    if (length > 0 && begin >= pairs[length - 2]! && begin <= pairs[length - 1]!) {
      pairs[length - 1] = Math.max(pairs[length - 1]!, end);
      return;
    }
    if (length > 0 && begin < pairs[length - 2]!) ascending = false;
    if (length === pairs.length) {
      const longer = new Float64Array(length * 2);
      longer.set(pairs);
      pairs = longer;
    }
    pairs[length] = begin;
    pairs[length + 1] = end;
    length += 2;
  }

  function union(): Float64Array {
    if (ascending) return pairs.slice(0, length);
    const order = Int32Array.from({ length: length / 2 }, (_, index) => 2 * index).sort(
      (a, b) => pairs[a]! - pairs[b]!,
    );
    const merged = createIntervals();
    for (const index of order) merged.add(pairs[index]!, pairs[index + 1]!);
    return merged.union();
  }

  return { add, union };
}

/** Length of disjoint intervals. */
export function lengthOf(union: Float64Array): number {
  let length = 0;
  for (let index = 0; index < union.length; index += 2) length += union[index + 1]! - union[index]!;
  return length;
}

/** The parts of `a` that `b` does not cover; both disjoint and ascending, and so is the result. */
export function without(a: Float64Array, b: Float64Array): Float64Array {
  const left = createIntervals();
  let next = 0;
  for (let index = 0; index < a.length; index += 2) {
    let begin = a[index]!;
    const end = a[index + 1]!;
    while (next < b.length && b[next + 1]! <= begin) next += 2;
    for (let cover = next; cover < b.length && b[cover]! < end; cover += 2) {
      left.add(begin, b[cover]!);
      begin = b[cover + 1]!;
    }
    left.add(begin, end);
  }
  return left.union();
}
