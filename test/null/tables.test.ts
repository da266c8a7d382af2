import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distributions } from "../../compiler/bind/distributions.js";
import { mix32 } from "../../compiler/bind/table-generator.js";
import type { TableData } from "../../compiler/check/ir.js";
import { bindText, namesOf } from "../support/bind-text.js";

interface Shape {
  readonly tokens: number;
  readonly experts: number;
  readonly count: number;
  readonly source: string;
  readonly seed: number;
}

function textOf({ tokens, experts, count, source, seed }: Shape): string {
  return `param tokens = ${tokens}, experts = ${experts}\ntable gate: tokens -> experts, top(${count}) = ${source} seed ${seed}`;
}

function tableOf(shape: Shape): TableData {
  const { bound, diagnostics } = bindText(textOf(shape));
  expect(diagnostics).toEqual([]);
  return bound.tables[0]!;
}

const shapes: fc.Arbitrary<Shape> = fc
  .record({ tokens: fc.integer({ min: 1, max: 60 }), experts: fc.integer({ min: 2, max: 12 }) })
  .chain(({ tokens, experts }) =>
    fc.record({
      tokens: fc.constant(tokens),
      experts: fc.constant(experts),
      count: fc.integer({ min: 1, max: experts - 1 }),
      seed: fc.maxSafeNat(),
      source: fc.oneof(
        fc.constant("uniform()"),
        fc.integer({ min: 0, max: 400 }).map((tenths) => `zipf(${tenths / 10})`),
        fc.integer({ min: 0, max: experts - 1 }).map((index) => `one(${index})`),
        fc.integer({ min: 0, max: experts - 1 }).map((index) => `without(${index})`),
      ),
    }),
  );

/** The choices of each token, by token. */
function choices(table: TableData): number[][] {
  const chosen: number[][] = Array.from({ length: table.fromSize }, () => []);
  for (let row = 0; row < table.rowCount; row += 1) chosen[table.from[row]!]!.push(table.to[row]!);
  return chosen;
}

describe("whatever the distribution", () => {
  test("each token has k different experts, and weights that are positive and sum to 1", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const table = tableOf(shape);
        expect(table.rowCount).toBe(shape.tokens * shape.count);
        const sums = new Float64Array(shape.tokens);
        for (let row = 0; row < table.rowCount; row += 1) {
          expect(table.weight[row]).toBeGreaterThan(0);
          sums[table.from[row]!]! += table.weight[row]!;
        }
        for (const sum of sums) expect(sum).toBeCloseTo(1, 12);
        for (const chosen of choices(table)) {
          expect(new Set(chosen).size).toBe(shape.count);
          expect(chosen.every((expert) => expert >= 0 && expert < shape.experts)).toBe(true);
        }
      }),
    );
  });

  test("rows are ordered by (to, from), and toStart says where each expert's begin", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const { rowCount, from, to, toStart } = tableOf(shape);
        for (let row = 1; row < rowCount; row += 1) {
          const ordered = to[row - 1]! < to[row]! || (to[row - 1] === to[row] && from[row - 1]! < from[row]!);
          expect(ordered).toBe(true);
        }
        expect(toStart).toHaveLength(shape.experts + 1);
        expect(toStart[0]).toBe(0);
        expect(toStart[shape.experts]).toBe(rowCount);
        for (let expert = 0; expert < shape.experts; expert += 1) {
          for (let row = toStart[expert]!; row < toStart[expert + 1]!; row += 1) expect(to[row]).toBe(expert);
        }
      }),
    );
  });

  test("a seed gives the same table again, and a token's choices do not depend on how many there are", () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 60 }), (shape, tokens) => {
        const table = tableOf(shape);
        expect(tableOf(shape)).toEqual(table);
        const shared = Math.min(tokens, shape.tokens);
        expect(choices(tableOf({ ...shape, tokens })).slice(0, shared)).toEqual(choices(table).slice(0, shared));
      }),
    );
  });
});

test("seeds differ, in their low and in their high bits", () => {
  const shape = { tokens: 64, experts: 8, count: 2, source: "uniform()" };
  const tables = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, 2 ** 52].map((seed) => tableOf({ ...shape, seed }).to.join());
  expect(new Set(tables).size).toBe(tables.length);
});

test("without a seed it is 0", () => {
  const text = "param tokens = 64, experts = 8\ntable gate: tokens -> experts, top(2) = uniform()";
  const shape = { tokens: 64, experts: 8, count: 2, source: "uniform()", seed: 0 };
  expect(bindText(text).bound.tables[0]!.to).toEqual(tableOf(shape).to);
});

test("the mixer is a bijection: a sample of a million has no collision", () => {
  const seen = new Set<number>();
  for (let value = 0; value < 1_000_000; value += 1) seen.add(mix32(Math.imul(value, 4093)));
  expect(seen.size).toBe(1_000_000);
});

describe("frequencies", () => {
  const tokens = 200_000;

  /** Share of tokens that have each expert. */
  function shares(experts: number, count: number, source: string): number[] {
    const table = tableOf({ tokens, experts, count, source, seed: 7 });
    return Array.from(
      { length: experts },
      (_, expert) => (table.toStart[expert + 1]! - table.toStart[expert]!) / tokens,
    );
  }

  /** How many standard deviations, at most, shares among so many tokens are from what is expected. */
  function farthest(found: readonly number[], expected: readonly number[]): number {
    const distances = found.map((share, index) => {
      const deviation = Math.sqrt((expected[index]! * (1 - expected[index]!)) / tokens);
      return share === expected[index] ? 0 : Math.abs(share - expected[index]!) / deviation;
    });
    return Math.max(...distances);
  }

  /** The chance that each expert is among `count` drawn one by one without replacement: all orders summed. */
  function chances(weights: readonly number[], count: number): number[] {
    const result = weights.map(() => 0);
    const walk = (left: number, taken: readonly number[], chance: number): void => {
      if (left === 0) {
        for (const index of taken) result[index]! += chance;
        return;
      }
      const total = weights.reduce((sum, weight, index) => (taken.includes(index) ? sum : sum + weight), 0);
      weights.forEach((weight, index) => {
        if (!taken.includes(index)) walk(left - 1, [...taken, index], (chance * weight) / total);
      });
    };
    walk(count, [], 1);
    return result;
  }

  test.each([
    [8, 1, 1.1],
    [8, 2, 1.1],
    [5, 3, 2],
    [6, 2, 0],
  ])("zipf over %d experts, top %d, exponent %d", (experts, count, exponent) => {
    const weights = Array.from({ length: experts }, (_, index) => (index + 1) ** -exponent);
    expect(farthest(shares(experts, count, `zipf(${exponent})`), chances(weights, count))).toBeLessThan(5);
  });

  test("uniform, and without one", () => {
    expect(farthest(shares(8, 2, "uniform()"), Array<number>(8).fill(2 / 8))).toBeLessThan(5);
    const without = shares(8, 2, "without(3)");
    expect(without[3]).toBe(0);
    expect(farthest(without, [2 / 7, 2 / 7, 2 / 7, 0, 2 / 7, 2 / 7, 2 / 7, 2 / 7])).toBeLessThan(5);
  });

  test("two choices of neighbouring tokens are independent", () => {
    const table = tableOf({ tokens, experts: 4, count: 1, source: "uniform()", seed: 3 });
    const chosen = choices(table).map(([expert]) => expert!);
    const pairs = new Float64Array(16);
    for (let token = 1; token < tokens; token += 1) pairs[chosen[token - 1]! * 4 + chosen[token]!]! += 1 / (tokens - 1);
    expect(farthest([...pairs], Array<number>(16).fill(1 / 16))).toBeLessThan(5);
  });

  test("one sends all to it and its successors, round the end", () => {
    const table = tableOf({ tokens: 5, experts: 4, count: 3, source: "one(2)", seed: 0 });
    expect(choices(table)).toEqual(Array(5).fill([0, 2, 3]));
  });

  test("a choice of all is all, however steep", () => {
    const table = tableOf({ tokens: 9, experts: 12, count: 12, source: "zipf(400)", seed: 1 });
    const all = Array.from({ length: 12 }, (_, expert) => expert);
    expect(choices(table)).toEqual(Array(9).fill(all));
  });
});

describe("what is refused", () => {
  const text = (columns: string, source: string) =>
    `param tokens = 64, experts = 8\ntable gate: tokens -> experts${columns}${source}`;

  test.each([
    [", top(9)", " = uniform()", "too-many-choices"],
    [", top(8)", " = without(0)", "too-many-choices"],
    [", top(0)", " = uniform()", "size-not-positive"],
    [", top(2), top(2)", " = uniform()", "duplicate-setting"],
    [", top", " = uniform()", "unknown-column"],
    ["", " = one(8)", "value-out-of-range"],
    ["", " = without(-1)", "value-out-of-range"],
    ["", " = one(1.5)", "size-not-whole"],
    ["", " = zipf(-1)", "value-out-of-range"],
    ["", " = zipf(2 GB)", "wrong-unit"],
    ["", " = uniform() seed -1", "value-out-of-range"],
    ["", " = uniform() seed 1 GB", "wrong-unit"],
    ["", " = 3", "unknown-distribution"],
    ["", ' = from "routes.csv"', "file-not-found"],
    ["", "", "table-without-rows"],
  ])("%s%s is %s", (columns, source, name) => {
    const { bound, diagnostics } = bindText(text(columns, source));
    expect(namesOf(diagnostics)).toEqual([name]);
    expect(bound.tables).toEqual([]);
  });

  test.each(Object.keys(distributions))("%s with two arguments", (name) => {
    expect(namesOf(bindText(text("", ` = ${name}(1, 2)`)).diagnostics)).toEqual(["wrong-argument-count"]);
  });
});

test("--set gives a table its rows, with a seed or without", () => {
  const text = "param tokens = 64, experts = 8\ntable gate: tokens -> experts, top(2) = zipf(1.1) seed 7";
  const withSet = (value: string) => bindText(text, { set: new Map([["gate", value]]) });
  const expected = (source: string, seed: number) => tableOf({ tokens: 64, experts: 8, count: 2, source, seed }).to;
  expect(withSet("uniform()").bound.tables[0]!.to).toEqual(expected("uniform()", 7));
  expect(withSet("uniform() seed 3").bound.tables[0]!.to).toEqual(expected("uniform()", 3));
  expect(withSet("one(experts - 1)").bound.tables[0]!.to).toEqual(expected("one(7)", 0));
  expect(namesOf(withSet("one(8)").diagnostics)).toEqual(["value-out-of-range"]);
  expect(withSet("one(8)").diagnostics[0]!.location.file).toBe("--set gate");
});

test("axes are named by what is written", () => {
  const { bound } = bindText("param tokens = 64\ntable gate: tokens / 2 -> 8 = uniform()");
  expect(bound.tables[0]).toMatchObject({ fromAxis: "tokens / 2", fromSize: 32, toAxis: "8", toSize: 8 });
});
