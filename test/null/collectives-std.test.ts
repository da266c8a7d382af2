import { describe, expect, test } from "vitest";
import type { CollectiveIR } from "../../compiler/check/ir.js";
import { deliveriesIn, runCollective, type CollectiveRun } from "../../compiler/lower/collective-run.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import { doesItsWord } from "../support/collective-oracle.js";
import { standardCollective, standardCollectives } from "../support/std-collectives.js";

/** Every count up to 16, and larger ones, many of them with many divisors. */
const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 24, 27, 32, 36, 48, 60, 63, 64];
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));
const needsPowerOfTwo = ({ name, word }: CollectiveIR): boolean => name.startsWith("recursive_") && word !== "scan";

/** Sizes of so many mesh axes whose product is n. */
function axesOf(n: number, levels: number): number[][] {
  if (levels <= 1) return [[n]];
  const divisors = Array.from({ length: n }, (_, i) => i + 1).filter((a) => n % a === 0);
  return divisors.flatMap((a) => axesOf(n / a, levels - 1).map((rest) => [a, ...rest]));
}

/** The word at a size, from and to here and there. */
function usesOf({ word, levels, root, target, offset, inclusive }: CollectiveIR, n: number): WordUse[] {
  const places = n === 1 ? [0] : [0, n - 1];
  // A few of the ways to make large counts of several axes are enough.
  const axes = axesOf(n, levels.length).filter((_, i, all) => n <= 16 || i % Math.ceil(all.length / 4) === 0);
  return axes.flatMap((sizes) =>
    (root === undefined ? [0] : places).flatMap((from) =>
      (target === undefined ? [0] : places).flatMap((to) =>
        (offset === undefined ? [0] : [0, 1, -1, n + 2]).map((d) => ({
          ...{ word, sizes, root: from, target: to, offset: d },
          ...(inclusive && { inclusive }),
          ...(word === "scan" && { ordered: true }),
        })),
      ),
    ),
  );
}

test("std has these", () => {
  const names = new Map<string, string[]>();
  for (const { word, name, levels, inclusive } of standardCollectives) {
    const kind = `${name}${levels.length > 0 ? ` ${levels.length}` : ""}${inclusive ? " inclusive" : ""}`;
    names.set(word, [...(names.get(word) ?? []), kind]);
  }
  const levels = ["hierarchical 2", "hierarchical 3"];
  expect(Object.fromEntries(names)).toEqual({
    all_gather: [
      ...["ring", "bidirectional_ring", "direct", "one_shot", "recursive_doubling", "bruck", "star", ...levels],
      "tree_rings 2",
    ],
    reduce_scatter: [
      ...["ring", "bidirectional_ring", "direct", "one_shot", "recursive_halving", "star", ...levels, "tree_rings 2"],
    ],
    all_reduce: [
      ...["ring", "bidirectional_ring", "direct", "one_shot", "two_shot", "recursive_doubling", "recursive_halving"],
      ...["tree", "star", ...levels, "tree_rings 2"],
    ],
    all_to_all: ["ring", "bidirectional_ring", "direct", "bruck", ...levels],
    broadcast: ["ring", "direct", "tree", "two_shot"],
    reduce: ["ring", "direct", "tree", "two_shot"],
    send: ["direct", "two_shot"],
    shift: ["direct", "ring"],
    scan: ["all_scan", "all_scan inclusive", "recursive_doubling", "recursive_doubling inclusive"],
  });
});

const listed = standardCollectives.map((c) => [c.word, c.name, c.levels.length, c] as const);

describe.each(listed)("%s %s over %i levels", (word, name, _levels, standard) => {
  test("does its word on 1 to 64 ranks", () => {
    // What n ranks send of n * n parts each hop, n * n * n times, is proved for fewer.
    const most = word === "all_to_all" && name.endsWith("ring") ? 24 : 64;
    for (const n of counts.filter((count) => count <= most))
      for (const use of usesOf(standard, n)) {
        const { problems, results, states } = runCollective({ ...standard }, use);
        const refused = needsPowerOfTwo(standard) && !isPowerOfTwo(n);
        expect(
          problems.map(({ kind }) => kind),
          JSON.stringify(use),
        ).toEqual(refused ? ["size"] : []);
        expect(results.every((chunks) => chunks.every((s) => states[s]!.final))).toBe(true);
        if (n <= 6 && !refused) expect(doesItsWord(standard, use), JSON.stringify(use)).toBe(true);
      }
  });

  const cost = costs[`${word} ${name}${standard.levels.length === 3 ? " 3" : ""}`];

  test("takes the rounds and the bytes that its page says", () => {
    for (const n of counts.filter((count) => count > 1 && count <= 27)) {
      if (needsPowerOfTwo(standard) && !isPowerOfTwo(n)) continue;
      for (const sizes of axesOf(n, standard.levels.length)) {
        const use = { word, sizes, root: n - 1, target: 0, offset: 2, inclusive: standard.inclusive ?? false };
        const run = runCollective({ ...standard }, use);
        expect(busiest(run), sizes.join(" * ")).toEqual(cost!(n, ...(sizes as [number, number, number])));
      }
    }
  });
});

/** Rounds, and the chunks that the busiest port of each round carries one way, added up. */
function busiest(run: CollectiveRun): [number, number] {
  let chunks = 0;
  for (let round = 0; round < run.rounds; round++) {
    const [out, into] = [new Map<number, number>(), new Map<number, number>()];
    for (const { round: r, source, target } of run.events) {
      if (r !== round) continue;
      out.set(source, (out.get(source) ?? 0) + 1);
      into.set(target, (into.get(target) ?? 0) + 1);
    }
    chunks += Math.max(...out.values(), ...into.values());
  }
  return [run.rounds, run.whole ? chunks * run.size : chunks];
}

type Cost = (n: number, a: number, b: number, c: number) => [rounds: number, chunks: number];

/** By word and name: of n ranks, on mesh axes of a, b, c. A chunk is a part of n, for all_to_all one of n * n. */
const costs: Readonly<Record<string, Cost>> = (() => {
  const depth = (n: number): number => Math.ceil(Math.log2(n));
  const half = (n: number): number => Math.floor(n / 2);
  const round: Cost = (n) => [n - 1, n - 1];
  const twice: Cost = (n) => [2 * (n - 1), 2 * (n - 1)];
  /** Distances below n with a bit set, bit by bit. */
  const bits = (n: number): number => {
    let sum = 0;
    for (let d = 1; d < n; d++) sum += d.toString(2).replaceAll("0", "").length;
    return sum;
  };
  const steps = (k: number): number => (k * (k + 1)) / 2;
  return {
    "all_gather ring": round,
    "all_gather bidirectional_ring": (n) => [half(n), n - 1],
    "all_gather direct": round,
    "all_gather one_shot": (n) => [1, n - 1],
    "all_gather recursive_doubling": (n) => [depth(n), n - 1],
    "all_gather bruck": (n) => [depth(n), n - 1],
    "all_gather star": (n) => [2, n - 1 + (n - 1) ** 2],
    "all_gather hierarchical": (n, a, b) => [a + b - 2, n - 1],
    "all_gather hierarchical 3": (n, a, b, c) => [a + b + c - 3, n - 1],
    "all_gather tree_rings": round,
    "reduce_scatter ring": round,
    "reduce_scatter bidirectional_ring": (n) => [half(n), n - 1],
    "reduce_scatter direct": round,
    "reduce_scatter one_shot": (n) => [1, n - 1],
    "reduce_scatter recursive_halving": (n) => [depth(n), n - 1],
    "reduce_scatter star": (n) => [2, n * (n - 1) + n - 1],
    "reduce_scatter hierarchical": (n, a, b) => [a + b - 2, n - 1],
    "reduce_scatter hierarchical 3": (n, a, b, c) => [a + b + c - 3, n - 1],
    "reduce_scatter tree_rings": round,
    "all_reduce ring": twice,
    "all_reduce bidirectional_ring": (n) => [2 * half(n), 2 * (n - 1)],
    "all_reduce direct": twice,
    "all_reduce one_shot": (n) => [1, n * (n - 1)],
    "all_reduce two_shot": (n) => [2, 2 * (n - 1)],
    "all_reduce recursive_doubling": (n) => [depth(n), n * depth(n)],
    "all_reduce recursive_halving": (n) => [2 * depth(n), 2 * (n - 1)],
    "all_reduce tree": (n) => [2 * depth(n), 2 * n * depth(n)],
    "all_reduce star": (n) => [2, 2 * n * (n - 1)],
    "all_reduce hierarchical": (n, a, b) => [2 * (a + b - 2), 2 * (n - 1)],
    "all_reduce hierarchical 3": (n, a, b, c) => [2 * (a + b + c - 3), 2 * (n - 1)],
    "all_reduce tree_rings": twice,
    "all_to_all ring": (n) => [(n * (n - 1)) / 2, (n * (n - 1)) / 2],
    "all_to_all bidirectional_ring": (n) => [half(n), steps(half(n)) + steps(half(n - 1))],
    "all_to_all direct": round,
    "all_to_all bruck": (n) => [depth(n), bits(n)],
    "all_to_all hierarchical": (_n, a, b) => [a + b - 2, (a - 1) * b + (b - 1) * a],
    "all_to_all hierarchical 3": (_n, a, b, c) => [a + b + c - 3, (a - 1) * b * c + a * (b - 1) * c + a * b * (c - 1)],
    "broadcast ring": twice,
    "broadcast direct": (n) => [n - 1, n * (n - 1)],
    "broadcast tree": (n) => [depth(n), n * depth(n)],
    "broadcast two_shot": (n) => [2, 2 * (n - 1)],
    "reduce ring": twice,
    "reduce direct": (n) => [n - 1, n * (n - 1)],
    "reduce tree": (n) => [depth(n), n * depth(n)],
    "reduce two_shot": (n) => [2, 2 * (n - 1)],
    "send direct": (n) => [1, n],
    "send two_shot": (n) => [2, 2 * (n - 1)],
    "shift direct": (n) => [n > 2 ? 1 : 0, n > 2 ? 1 : 0],
    "shift ring": (n) => [2 % n, 2 % n],
    "scan all_scan": round,
    "scan recursive_doubling": (n) => [depth(n), depth(n)],
  };
})();

describe("what crosses from one part of the ranks to another", () => {
  const shape = [4, 8] as const;
  const crossing = (name: string, word: "all_gather" | "reduce_scatter" | "all_to_all"): number[] => {
    const standard = standardCollectives.find((c) => c.word === word && c.name === name && c.levels.length !== 3)!;
    const run = runCollective(standard, { word, sizes: standard.levels.length > 0 ? shape : [32] });
    const across = run.events.filter(({ source, target }) => Math.floor(source / 8) !== Math.floor(target / 8));
    const messages = new Set(across.map(({ round, source, target }) => `${round} ${source} ${target}`));
    return [across.length, messages.size];
  };

  test("a level above is crossed by one chunk a rank and part, by many without levels", () => {
    expect(crossing("hierarchical", "all_gather")).toEqual([32 * 3, 32 * 3]);
    expect(crossing("hierarchical", "reduce_scatter")).toEqual([32 * 3, 32 * 3]);
    expect(crossing("direct", "all_gather")).toEqual([32 * 24, 32 * 24]);
    expect(crossing("hierarchical", "all_to_all")).toEqual([32 * 24, 32 * 3]);
    expect(crossing("direct", "all_to_all")).toEqual([32 * 24, 32 * 24]);
  });

  test("the rings of a PCIe tree cross with each chunk once a switch, one ring with nearly all at every turn", () => {
    expect(crossing("tree_rings", "all_gather")[0]).toBe(32 * 3);
    expect(crossing("tree_rings", "reduce_scatter")[0]).toBe(32 * 3);
    expect(crossing("ring", "all_gather")[0]).toBe(4 * 31);
  });
});

test("an ordered monoid is reduced in order to rank 0, and by `direct` to any", () => {
  for (const name of ["ring", "direct", "tree"]) {
    const standard = standardCollective(name, "reduce");
    const at = (root: number) => runCollective(standard, { word: "reduce", sizes: [7], root, ordered: true }).problems;
    expect(at(0)).toEqual([]);
    // Up a tree to rank 3 of 7, what wraps around comes as one, and stands before the rest.
    expect(at(3)[0]?.kind).toBe(name === "ring" ? "unordered" : undefined);
    if (name === "direct") expect([1, 2, 4, 5, 6].map((root) => at(root))).toEqual([[], [], [], [], []]);
  }
});

test("a combination holds its own contribution first, then what came, in order of arrival", () => {
  const run = runCollective(standardCollective("direct", "reduce_scatter"), { word: "reduce_scatter", sizes: [5] });
  for (const [position, [result]] of run.results.entries()) {
    const found = deliveriesIn(run, result!).map((event) => run.events[event]!);
    expect(run.states[result!]!.initial).toBe(true);
    expect(found.map(({ round }) => round)).toEqual([0, 1, 2, 3]);
    expect(found.map(({ target }) => target)).toEqual([position, position, position, position]);
  }
});
