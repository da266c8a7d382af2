/**
 * What a word promises of a group of n positions: which chunks each holds before, with its own contribution in each,
 * and which it must hold after, with whose. The layout change of every word, as a table; the rounds of a collective
 * are proved against it, and lowering takes from it what a chunk is.
 *
 *   word            before, on position p      after, on position p
 *   all_gather      x[p]                       every x[c], of c
 *   reduce_scatter  every x[c]                 x[p], of all
 *   all_reduce      every x[c]                 every x[c], of all
 *   all_to_all      x[p, q] for every q        x[q, p] for every q, of q
 *   broadcast       the root: every x[c]       every x[c], of the root
 *   reduce          every x[c]                 the root: every x[c], of all
 *   send            the root: every x[c]       the target: every x[c], of the root
 *   shift           x[p]                       x[p - offset], of p - offset
 *   scan            x                          y, of all before p (and of p where inclusive)
 */
import type { CheckedProgram, Word, WordStatement } from "../check/ir.js";
import { modulo } from "../check/rank-arithmetic.js";

/** A word as one statement has it: over how many positions, and with which parameters. */
export interface WordUse {
  readonly word: Word;
  /** Sizes of the mesh axes it is over, outermost first; positions are numbered row-major, the last axis innermost. */
  readonly sizes: readonly number[];
  /** Position that broadcast and send leave from and that reduce ends at. */
  readonly root?: number;
  /** Position that send ends at. */
  readonly target?: number;
  /** shift: y[i] = x[i - offset]. */
  readonly offset?: number;
  /** scan: y[i] has x[i] in it. */
  readonly inclusive?: boolean;
  /** The monoid joins neighbours only, left to right. */
  readonly ordered?: boolean;
  /** Of a word that is about all of a value on some rank: that is one chunk, not n. */
  readonly whole?: boolean;
}

export interface WordContract {
  /** n: how many positions. */
  readonly size: number;
  /** How far an index of a chunk runs: n, or 1 where all is one chunk. */
  readonly parts: number;
  /** How many indices `x[..]` takes: 2 for all_to_all (from whom, for whom), 0 for scan. */
  readonly indices: 0 | 1 | 2;
  /** Chunks by number (of two indices: first * n + second; scan: the position itself) that a position holds before. */
  readonly before: (position: number) => readonly number[];
  /** What it must hold after, in the order in which that makes up its result. */
  readonly after: (position: number) => readonly ChunkWanted[];
  /** Result held from the start, apart from the operand (scan's y): what is in it; undefined where there is none. */
  readonly starts?: (position: number) => bigint;
}

export interface ChunkWanted {
  readonly chunk: number;
  /** Bit i: the contribution of position i. */
  readonly contributions: bigint;
}

/** Words that are about all of a value on some rank: its chunks are parts of one dimension. */
export const inParts: ReadonlySet<string> = new Set<Word>(["all_reduce", "broadcast", "reduce", "send"]);

export function contractOf(use: WordUse): WordContract {
  const n = use.sizes.reduce((size, axis) => size * axis, 1);
  const everyone = (1n << BigInt(n)) - 1n;
  const only = (position: number): bigint => 1n << BigInt(position);
  const parts = use.whole && inParts.has(use.word) ? 1 : n;
  const all = Array.from({ length: parts }, (_, c) => c);
  const onlyAt = <T>(place: number, list: readonly T[]) => {
    return (position: number): readonly T[] => (position === place ? list : []);
  };
  const whole = (contributions: bigint) => all.map((chunk) => ({ chunk, contributions }));
  const root = modulo(use.root ?? 0, n);
  const target = modulo(use.target ?? 0, n);
  const one = { size: n, parts, indices: 1 as const };
  switch (use.word) {
    case "all_gather": {
      const after = all.map((chunk) => ({ chunk, contributions: only(chunk) }));
      return { ...one, before: (p) => [p], after: () => after };
    }
    case "reduce_scatter":
      return { ...one, before: () => all, after: (p) => [{ chunk: p, contributions: everyone }] };
    case "all_reduce": {
      const after = whole(everyone);
      return { ...one, before: () => all, after: () => after };
    }
    case "all_to_all":
      return {
        ...{ size: n, parts, indices: 2 },
        before: (p) => all.map((q) => p * n + q),
        after: (p) => all.map((q) => ({ chunk: q * n + p, contributions: only(q) })),
      };
    case "broadcast": {
      const after = whole(only(root));
      return { ...one, before: onlyAt(root, all), after: () => after };
    }
    case "reduce":
      return { ...one, before: () => all, after: onlyAt(root, whole(everyone)) };
    case "send":
      return { ...one, before: onlyAt(root, all), after: onlyAt(target, whole(only(root))) };
    case "shift": {
      const source = (p: number): number => modulo(p - (use.offset ?? 0), n);
      return { ...one, before: (p) => [p], after: (p) => [{ chunk: source(p), contributions: only(source(p)) }] };
    }
    case "scan": {
      const upTo = (p: number): bigint => (1n << BigInt(use.inclusive ? p + 1 : p)) - 1n;
      return {
        ...{ size: n, parts, indices: 0 },
        before: (p) => [p],
        after: (p) => [{ chunk: p, contributions: upTo(p) }],
        starts: (p) => (use.inclusive ? only(p) : 0n),
      };
    }
  }
}

/** A statement whose word is done by a collective. */
export type CollectiveStatement = WordStatement & { readonly word: Word };

export function isCollective(statement: WordStatement): statement is CollectiveStatement {
  return statement.word !== "reshard" && statement.tier === undefined;
}

/** A word of a layer, on the program's mesh. */
export function useOf({ mesh, monoids }: CheckedProgram, statement: CollectiveStatement): WordUse {
  const { word, meshAxes, root, target, offset, inclusive, monoid } = statement;
  return {
    word,
    sizes: meshAxes.map((axis) => mesh.axes[axis]!.size),
    ...(root !== undefined && { root }),
    ...(target !== undefined && { target }),
    ...(offset !== undefined && { offset }),
    ...(inclusive && { inclusive }),
    ...(monoids.some(({ name, ordered }) => name === monoid && ordered) && { ordered: true }),
  };
}
