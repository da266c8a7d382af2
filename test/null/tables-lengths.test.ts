import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TableData } from "../../compiler/check/ir.js";
import { bindFiles, namesOf } from "../support/bind-text.js";

function read(source: string, tokens: number, documents: number, csv = "", columns = "") {
  const main = `param tokens = ${tokens}, documents = ${documents}\ntable doc: tokens -> documents${columns} = ${source}`;
  const { bound, diagnostics } = bindFiles({ "main.stretto": main, "lengths.csv": csv, "rows.csv": csv });
  return { table: bound.tables[0]!, names: namesOf(diagnostics), diagnostics };
}

function lengthsOf({ toStart, toSize }: TableData): number[] {
  return Array.from({ length: toSize }, (_, document) => toStart[document + 1]! - toStart[document]!);
}

const distributions = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map((length) => `fixed(${length})`),
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 20 }))
    .map(([least, more]) => `uniform(${least}, ${least + more})`),
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 20 }))
    .map(([median, tenths]) => `lognormal(${median}, ${tenths / 10})`),
);

describe("lengths", () => {
  const listed = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 12 }).filter((list) => list.some(Boolean));

  test("that are listed or recorded: each index in the document that holds it, one row each", () => {
    fc.assert(
      fc.property(listed, fc.boolean(), (lengths, recorded) => {
        const total = lengths.reduce((a, b) => a + b, 0);
        const csv = `# of each document\nlength\n${lengths.join("\n")}\n`;
        const source = recorded ? 'from "lengths.csv"' : `lengths(${lengths.join(", ")})`;
        const { table, names } = read(source, total, lengths.length + 2, csv);
        expect(names).toEqual([]);
        const documents = lengths.flatMap((length, document) => Array.from({ length }, () => document));
        expect([...table.to]).toEqual(documents);
        expect([...table.from]).toEqual(documents.map((_, index) => index));
        expect([...table.weight]).toEqual(documents.map(() => 1));
        expect(lengthsOf(table)).toEqual([...lengths, 0, 0]);
      }),
    );
  });

  test("that are drawn fill what there is; another size changes the last one alone", () => {
    fc.assert(
      fc.property(distributions, fc.nat(), fc.integer({ min: 1, max: 60 }), (drawn, seed, tokens) => {
        const source = drawn.startsWith("fixed") ? `lengths(${drawn})` : `lengths(${drawn}) seed ${seed}`;
        const lengths = lengthsOf(read(source, tokens, 200).table).filter((length) => length > 0);
        const longer = lengthsOf(read(source, tokens + 40, 200).table);
        expect(lengths.reduce((a, b) => a + b, 0)).toBe(tokens);
        expect(lengths.slice(0, -1)).toEqual(longer.slice(0, lengths.length - 1));
        expect(lengths.at(-1)).toBeLessThanOrEqual(longer[lengths.length - 1]!);
      }),
    );
  });

  test("are spread as their distribution says", () => {
    const drawn = (source: string) => {
      const lengths = lengthsOf(read(`lengths(${source}) seed 3`, 4_000_000, 100_000).table).filter(Boolean);
      return lengths.slice(0, -1);
    };
    const uniform = drawn("uniform(100, 199)");
    for (let low = 100; low < 200; low += 10) {
      const share = uniform.filter((length) => length >= low && length < low + 10).length / uniform.length;
      // Five standard deviations of a share of a tenth among some 26,000.
      expect(Math.abs(share - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / uniform.length));
    }
    expect([Math.min(...uniform), Math.max(...uniform)]).toEqual([100, 199]);
    const logs = drawn("lognormal(1000, 0.5)").map((length) => Math.log(length / 1000));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const variance = logs.reduce((a, b) => a + (b - mean) ** 2, 0) / logs.length;
    expect(Math.abs(mean)).toBeLessThan((5 * 0.5) / Math.sqrt(logs.length));
    expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(5 * Math.sqrt(2 / logs.length));
  });

  test.each([
    ["lengths()", "wrong-argument-count"],
    ["lengths(uniform(3))", "wrong-argument-count"],
    ["lengths(zipf(3))", "unknown-name"],
    ["fixed(3)", "unknown-distribution"],
    ["lengths(uniform(5, 3))", "value-out-of-range"],
    ["lengths(uniform(0, 3))", "size-not-positive"],
    ["lengths(lognormal(5, 0 - 1))", "value-out-of-range"],
    ["lengths(lognormal(2.5, 1))", "size-not-whole"],
    ["lengths(2.5)", "size-not-whole"],
    ["lengths(10, 14) seed 3", "recorded-with-seed"],
    ["lengths(fixed(6)) seed 3", "recorded-with-seed"],
    ["lengths(10, 13)", "lengths-sum"],
    ["lengths(10, 15)", "lengths-sum"],
    ["lengths(fixed(2))", "lengths-sum"],
    ["lengths(1, 1, 1, 1, 1, 1, 1, 1, 16)", "lengths-count"],
  ])("%s of 24 in 8: %s", (source, name) => {
    expect(read(source, 24, 8).names).toEqual([name]);
  });

  test.each([
    ["length\n10\n13\n", "", "lengths-sum"],
    [`length\n${"3\n".repeat(9)}`, "", "lengths-count"],
    ["length\n24,1\n", "", "table-row-width"],
    ["length\n-24\n", "", "table-cell"],
    ["length\n24.0\n", "", "table-cell"],
    [`length\n${"9".repeat(30)}\n`, "", "table-cell"],
    ["lengths\n24\n", "", "table-header"],
    ["length\n24\n", ", any", "table-header"],
    ["length\n24\n", ", top(2)", "table-header"],
  ])("a file %j, of 24%s in 8: %s", (csv, columns, name) => {
    expect(read('from "lengths.csv"', 24, 8, csv, columns).names).toEqual([name]);
  });

  test("take no `top` and no `any`", () => {
    expect(read("lengths(24)", 24, 8, "", ", top(1)").names).toEqual(["top-not-drawn"]);
    expect(read("lengths(24)", 24, 8, "", ", any").names).toEqual(["top-not-drawn"]);
  });

  test("a million of one length do not take a million ranges", () => {
    const { table, names } = read("lengths(uniform(1, 8)) seed 2", 1_000_000, 1_000_000);
    expect(names).toEqual([]);
    expect(table.rowCount).toBe(1_000_000);
  });
});

describe("any number of rows an index", () => {
  const rows = fc.uniqueArray(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 4 })), {
    minLength: 1,
    maxLength: 30,
    selector: ([from, to]) => from * 5 + to,
  });

  test("are those of the file; without weights those of an index are equal and sum to 1", () => {
    fc.assert(
      fc.property(rows, fc.boolean(), (pairs, weighted) => {
        const lines = pairs.map(([from, to], row) => (weighted ? `${from},${to},${row}` : `${from},${to}`));
        const csv = [weighted ? "from,to,weight" : "from,to", ...lines].join("\n");
        const { table, names } = read('from "rows.csv"', 10, 5, csv, ", any");
        expect(names).toEqual([]);
        const sorted = pairs
          .map(([from, to], row) => {
            const alike = pairs.filter((pair) => pair[0] === from).length;
            return { from, to, weight: weighted ? row : 1 / alike };
          })
          .sort((a, b) => a.to - b.to || a.from - b.from);
        expect([...table.from]).toEqual(sorted.map(({ from }) => from));
        expect([...table.to]).toEqual(sorted.map(({ to }) => to));
        expect([...table.weight]).toEqual(sorted.map(({ weight }) => weight));
      }),
    );
  });

  test.each([
    ['from "rows.csv"', ", any", "from,to\n1,2\n1,2\n", ["table-row-twice"]],
    ['from "rows.csv"', ", any", "from,to\n", ["table-empty"]],
    ['from "rows.csv"', ", any, any", "from,to\n1,2\n", ["duplicate-setting"]],
    ["uniform()", ", any", "", ["any-not-recorded"]],
    ["all where to == 0", ", any", "", ["top-not-drawn"]],
  ])("%s%s of %j: %j", (source, columns, csv, expected) => {
    expect(read(source, 10, 5, csv, columns).names).toEqual(expected);
  });
});
