import fc from "fast-check";

/** Choices for a generator that is easier to write step by step than as a tree of arbitraries; fast-check shrinks them. */
export interface Draw {
  /** A whole number of min .. max. */
  integer(min: number, max: number): number;
  /** True in one of `n` cases. */
  oneIn(n: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function drawFrom(generate: fc.GeneratorValue): Draw {
  const integer = (min: number, max: number): number => generate(fc.integer, { min, max });
  return {
    integer,
    oneIn: (n) => integer(0, n - 1) === 0,
    pick: (list) => list[integer(0, list.length - 1)]!,
  };
}

/** A small generator of its own (mulberry32), for orders that need not shrink. */
export function seededDraw(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    integer,
    oneIn: (n) => integer(0, n - 1) === 0,
    pick: (list) => list[integer(0, list.length - 1)]!,
  };
}
