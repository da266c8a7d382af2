import { describe, expect, test } from "vitest";
import type { CheckedProgram, ViewStatement, WordStatement } from "../../compiler/check/ir.js";
import { bytesMoved } from "../../compiler/check/word-bytes.js";
import { bytesMovedBy, plannedOf, programOf } from "../support/run-text.js";

// Bytes of every word, over every choice of the axes of meshes of one, two and three axes, against closed forms: sizes
// that divide evenly, unevenly, and so that some ranks have nothing.

const meshes: readonly (readonly number[])[] = [[1], [2], [3], [5], [8], [2, 3], [3, 2], [1, 4], [2, 2, 2]];
const axisNames = ["p", "q", "r"];

/** Bytes of an f32. */
const element = 4;
/** All ranges of mesh axes that stand next to each other, in both orders. */
function choices(mesh: readonly number[]): number[][] {
  const found: number[][] = [];
  for (let low = 0; low < mesh.length; low++)
    for (let high = low; high < mesh.length; high++) {
      const range = Array.from({ length: high - low + 1 }, (_, i) => low + i);
      found.push(range);
      if (range.length > 1) found.push(range.toReversed());
    }
  return found;
}

/** Lengths of nested ceiling parts, row-major. */
function partsOf(length: number, sizes: readonly number[]): number[] {
  return sizes.reduce<number[]>(
    (parts, size) =>
      parts.flatMap((whole) => {
        const block = Math.ceil(whole / size);
        return Array.from({ length: size }, (_, i) => Math.max(0, Math.min(block, whole - i * block)));
      }),
    [length],
  );
}

interface Case {
  readonly a: number;
  readonly b: number;
  readonly n: number;
  readonly sizes: readonly number[];
  /** `p/q`, `p, q`, `(p, q)`, `p(1), q(0)` of the last and of the first position. */
  readonly slash: string;
  readonly list: string;
  readonly over: string;
  readonly last: string;
  readonly first: string;
}

const at = (places: string): string =>
  places
    .split(", ")
    .map((place) => ` at ${place}`)
    .join("");

/** Of a word: its operand's type, the call, its result's type, and the bytes that it moves in one group of n ranks. */
const words: Record<string, (c: Case) => [string, string, string, number] | undefined> = {
  all_gather: ({ a, b, n, slash }) => [`[a/${slash}, b]`, `all_gather(x, a/${slash})`, "[a, b]", (n - 1) * a * b],
  reduce_scatter: ({ a, b, n, slash, over }) => [
    `[a, b] pending sum over ${over}`,
    `reduce_scatter(x, a/${slash})`,
    `[a/${slash}, b]`,
    (n - 1) * a * b,
  ],
  all_reduce: ({ a, b, n, list, over }) => [
    `[a, b] pending sum over ${over}`,
    `all_reduce(x, ${list})`,
    "[a, b]",
    2 * (n - 1) * a * b,
  ],
  all_to_all: ({ a, b, sizes, slash }) => {
    const stays = partsOf(a, sizes).map((part, i) => part * partsOf(b, sizes)[i]!);
    const moved = a * b - stays.reduce((sum, one) => sum + one, 0);
    return [`[a/${slash}, b]`, `all_to_all(x, a/${slash} -> b/${slash})`, `[a, b/${slash}]`, moved];
  },
  broadcast: ({ a, b, n, list, last }) => [`[a, b]${at(last)}`, `broadcast(x, ${list})`, "[a, b]", (n - 1) * a * b],
  reduce: ({ a, b, n, over, last }) => [
    `[a, b] pending sum over ${over}`,
    `reduce(x, ${last})`,
    `[a, b]${at(last)}`,
    (n - 1) * a * b,
  ],
  send: ({ a, b, n, last, first }) =>
    n === 1 ? undefined : [`[a, b]${at(last)}`, `send(x, ${first})`, `[a, b]${at(first)}`, a * b],
  shift: ({ a, b, n, slash }) =>
    a % n !== 0 ? undefined : [`[a/${slash}, b]`, `shift(x, a/${slash}, 1)`, `[a/${slash}, b]`, n > 1 ? a * b : 0],
  "shift, all the way round": ({ a, n, slash }) =>
    a % n !== 0 ? undefined : [`[a/${slash}, b]`, `shift(x, a/${slash}, ${-n})`, `[a/${slash}, b]`, 0],
  "scan, of what is pending": ({ a, b, n, slash, over }) => [
    `[a, b] pending sum over ${over}`,
    `scan(x, n/${slash}, inclusive)`,
    `[n/${slash}, a, b]`,
    (n - 1) * a * b,
  ],
  scan: ({ b, n, slash }) => [`[n/${slash}, b]`, `scan(x, n/${slash}, sum)`, `[n/${slash}, b]`, (n - 1) * b],
  reshard: ({ a, b, sizes, slash }) => {
    const stays = partsOf(a, sizes).map((part, i) => part * partsOf(b, sizes)[i]!);
    const moved = a * b - stays.reduce((sum, one) => sum + one, 0);
    return [`[a/${slash}, b]`, `reshard(x, [a, b/${slash}])`, `[a, b/${slash}]`, moved];
  },
  shard: ({ slash }) => ["[a, b]", `shard(x, b/${slash})`, `[a, b/${slash}]`, 0],
  spread: ({ slash }) => ["[a, b]", `spread(x, n/${slash})`, `[n/${slash}, a, b]`, 0],
  partials: ({ slash, over }) => [`[a, n/${slash}]`, `partials(x, n, max)`, `[a] pending max over ${over}`, 0],
  fan: ({ slash, over }) => [`[a/${slash}, b]`, `fan(x, a/${slash}, sum)`, `[a, b] pending sum over ${over}`, 0],
};

function casesOf(mesh: readonly number[]): Case[] {
  return choices(mesh).flatMap((meshAxes) => {
    const names = meshAxes.map((m) => axisNames[m]!);
    const sizes = meshAxes.map((m) => mesh[m]!);
    const n = sizes.reduce((product, size) => product * size, 1);
    const place = (of: (size: number) => number): string => names.map((m, i) => `${m}(${of(sizes[i]!)})`).join(", ");
    const shared = { n, sizes, slash: names.join("/"), list: names.join(", "), last: place((size) => size - 1) };
    const over = names.length > 1 ? `(${names.join(", ")})` : names[0]!;
    return [
      [n, 2 * n],
      [2 * n + 1, 3],
      [5, n + 2],
    ].map(([a, b]) => ({ ...shared, over, first: place(() => 0), a: a!, b: b! }));
  });
}

describe.each(Object.keys(words))("%s", (word) => {
  test.each(meshes.map((mesh) => [mesh.join(" x "), mesh] as const))("on %s", (_, mesh) => {
    const total = mesh.reduce((product, size) => product * size, 1);
    for (const given of casesOf(mesh)) {
      const made = words[word]!(given);
      if (made === undefined) continue;
      const [type, call, result, elements] = made;
      const program = programOf(`
import { h100_node } from "std/machines"
mesh on h100_node { ${mesh.map((size, m) => `${axisNames[m]}: ${size}`).join(", ")} }
param a = ${given.a}, b = ${given.b}, n = ${given.n}
layer net(x: f32${type}) -> out: f32${result} { return ${call} }
schedule plain of net
`);
      const planned = plannedOf(program);
      const wanted = (total / given.n) * elements * element;
      expect(bytesMovedBy(planned), `${call} of ${type}`).toBe(wanted);
      expect(said(program).bytesInAll, `${call} of ${type}, as repairs say`).toBe(wanted);
    }
  });
});

/** What a repair says of the layer's only statement. */
function said(program: CheckedProgram) {
  const layer = program.layers[0]!;
  const statement = layer.statements[0] as WordStatement | ViewStatement;
  const operand = layer.values[statement.operand]!;
  return bytesMoved(operand.dtype, operand, layer.values[statement.result]!, statement, {
    ...program,
    monoids: () => program.monoids,
  });
}
