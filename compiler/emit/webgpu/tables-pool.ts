/** The integers that kernels of a rank look up, one list behind the other, each list once. */
export interface TablesPool {
  /** Where a list begins. */
  add(values: ArrayLike<number>): number;
  /** Of numbers as f32. */
  addF32(values: ArrayLike<number>): number;
  words(): Uint32Array;
}

export function createTablesPool(): TablesPool {
  const lists: ArrayLike<number>[] = [];
  const starts = new Map<string, number>();
  const ofArray = new WeakMap<object, number>();
  let length = 0;
  const place = (values: ArrayLike<number>): number => {
    const known = ofArray.get(values);
    if (known !== undefined) return known;
    const key = Array.prototype.join.call(values, " ");
    let start = starts.get(key);
    if (start === undefined) {
      start = length;
      starts.set(key, start);
      lists.push(values);
      length += values.length;
    }
    ofArray.set(values, start);
    return start;
  };
  return {
    add: place,
    addF32: (values) => place(new Int32Array(Float32Array.from(values).buffer)),
    words() {
      // An empty binding is not allowed.
      const words = new Int32Array(Math.max(4, length));
      let at = 0;
      for (const list of lists) {
        words.set(list, at);
        at += list.length;
      }
      return new Uint32Array(words.buffer);
    },
  };
}
