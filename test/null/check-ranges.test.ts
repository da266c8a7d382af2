import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rangeLength, rangeValue } from "../../compiler/check/for-clauses.js";
import { checkText } from "../support/check-text.js";

const scheduled =
  "param share = 80 %, rate = 10 GB/s, nodes = 2\nlayer a(x: f32[tokens/p]) -> out: f32[tokens] {\n return all_gather(x, tokens)\n}\nschedule s of a\n";

const checked = (clause: string, set = new Map<string, string>()) =>
  checkText(`${scheduled}check s {\nno deadlock\nfor ${clause}\n}`, { set });

/** All values of what a clause ranges over, as `--set` takes them; seeds alone are too many. */
function valuesOf(clause: string): Record<string, string[]> {
  const { program, diagnostics } = checked(clause);
  expect(diagnostics).toEqual([]);
  return Object.fromEntries(
    program!.checks[0]!.ranges.map(({ name, values }) => {
      const length = Math.min(rangeLength(values), 300);
      return [name, Array.from({ length }, (_, index) => rangeValue(values, index))];
    }),
  );
}

test.each<[clause: string, values: Record<string, string[]>]>([
  ["tokens in 4 .. 8", { tokens: ["4", "5", "6", "7", "8"] }],
  ["tokens in 4 ..< 8 step 2", { tokens: ["4", "6"] }],
  ["tokens in 4 .. 9 step 2", { tokens: ["4", "6", "8"] }],
  ["tokens in 8 .. 8", { tokens: ["8"] }],
  // The least first, each once.
  ["tokens in 8, 2, 4 * nodes, 4", { tokens: ["2", "4", "8"] }],
  [
    "tokens in nodes .. 8 * nodes step nodes, heads in 1, 2",
    { tokens: ["2", "4", "6", "8", "10", "12", "14", "16"], heads: ["1", "2"] },
  ],
  // In floating point six tenths are less than six times a tenth.
  ["share in 0.1 .. 0.7 step 0.1", { share: ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"] }],
  ["rate in 1 GB/s .. 2 GB/s step 500 MB/s", { rate: ["1000000000 B/s", "1500000000 B/s", "2000000000 B/s"] }],
  ["rate in 1 GB/s, 250 MB/s", { rate: ["250000000 B/s", "1000000000 B/s"] }],
  ["gate in uniform, zipf(1.1)", { gate: ["uniform", "zipf(1.1)"] }],
  ['gate in one(0), "a.csv"', { gate: ["one(0)", 'from "a.csv"'] }],
  ["gate seed in 3, 1", { "gate seed": ["1", "3"] }],
  ["links speed in 0.5, 2", { "links speed": ["0.5", "2"] }],
])("for %s", (clause, values) => {
  expect(valuesOf(clause)).toEqual(values);
});

test("fractions without a step are taken in a hundred, both ends among them", () => {
  const speeds = valuesOf("links speed in 0.1 .. 10")["links speed"]!;
  expect(speeds).toHaveLength(101);
  expect([speeds[0], speeds[1], speeds[100]]).toEqual(["0.1", "0.199", "10"]);
  expect(valuesOf("links speed in 0.5 ..< 1")["links speed"]).toHaveLength(100);
});

test("any seed is one of 2^31, the first of them 0", () => {
  const { program } = checked("gate seed in any, inputs seed in any");
  for (const { values } of program!.checks[0]!.ranges) {
    expect(rangeLength(values)).toBe(2 ** 31);
    expect(rangeValue(values, 0)).toBe("0");
    expect(rangeValue(values, 2 ** 31 - 1)).toBe("2147483647");
  }
});

test("a range of whole numbers has those that a loop over it would have", () => {
  const bounds = fc.record({ low: fc.nat(500), extent: fc.nat(300), step: fc.integer({ min: 1, max: 40 }) });
  fc.assert(
    fc.property(bounds, fc.boolean(), ({ low, extent, step }, inclusive) => {
      fc.pre(inclusive || extent > 0);
      const high = low + extent;
      const expected: string[] = [];
      for (let value = low; inclusive ? value <= high : value < high; value += step) expected.push(String(value));
      const clause = `tokens in ${low} ${inclusive ? ".." : "..<"} ${high} step ${step}`;
      expect(valuesOf(clause)["tokens"]).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test("clauses of one check are ranged over together, and are kept as they are written", () => {
  const text = `${scheduled}check s {\nfor tokens in 1 .. 9\nno deadlock\nfor   heads in 1,\n 2\n}`;
  const [check] = checkText(text).program!.checks;
  expect(check!.ranges.map((range) => range.text)).toEqual(["tokens in 1 .. 9", "heads in 1, 2"]);
  expect(check!.claims).toHaveLength(1);
});

test.each<[clause: string, expected: string[]]>([
  ["tokns in 1 .. 4", ["unknown-name"]],
  ["relu in 1 .. 4", ["wrong-noun"]],
  ["tokens seed in any", ["wrong-noun"]],
  ["gat seed in any", ["unknown-name"]],
  ["gate sed in any", ["range-of-nothing"]],
  ["links seed in any", ["unknown-name"]],
  ["links sped in 1 .. 2", ["range-of-nothing"]],
  ["tokens in any", ["range-values"]],
  ["links speed in any", ["range-values"]],
  ["gate seed in any step 2", ["range-values"]],
  ["tokens in 1, 2 step 2", ["range-values"]],
  ["tokens in 1 .. 4, 8", ["range-values"]],
  ["gate in 1 .. 4", ["range-values"]],
  ["share in 0 .. 1 step 1e-300", ["range-values"]],
  ["tokens in -9e15 .. 9e15", ["range-values"]],
  ["tokens in 4 .. 2", ["range-empty"]],
  ["tokens in 4 ..< 4", ["range-empty"]],
  ["tokens in 1 .. 4 step 0", ["value-out-of-range"]],
  ["tokens in 1 .. 4 step -1", ["value-out-of-range"]],
  ["tokens in 1 .. 4, tokens in 8, 16", ["duplicate-setting"]],
  ["tokens in 1 GB .. 4 GB", ["wrong-unit", "wrong-unit"]],
  ["tokens in 1 .. 4 step 1 GB", ["wrong-unit"]],
  ["rate in 1, 2", ["wrong-unit", "wrong-unit"]],
  ["tokens in what", ["unknown-name"]],
  ["tokens in relu", ["wrong-noun"]],
  ['tokens in "a"', ["not-a-value"]],
  ["gate seed in 0.5", ["value-out-of-range"]],
  ["links speed in 0 .. 1", ["value-out-of-range"]],
])("for %s is refused", (clause, expected) => {
  expect(checked(clause).diagnostics.map(({ name }) => name)).toEqual(expected);
});

test("a param that is misspelt is told which was meant", () => {
  const [problem] = checked("tokns in 1 .. 4").diagnostics;
  expect(problem!.message).toContain("Did you mean `tokens`?");
  expect(problem!.fixes.map(({ title }) => title)).toEqual(["write `tokens`"]);
});

describe("what a clause ranges over can be set", () => {
  const program = (set: Record<string, string>) => {
    const { program: found, diagnostics } = checkText(scheduled, { set: new Map(Object.entries(set)) });
    expect(diagnostics).toEqual([]);
    return found!;
  };
  const rows = (set: Record<string, string>) => program(set).tables.find(({ name }) => name === "gate")!.to;

  test("a table's seed, beside its own source or another", () => {
    expect(rows({ "gate seed": "1" })).toEqual(rows({}));
    expect(rows({ "gate seed": "2" })).not.toEqual(rows({}));
    expect(rows({ "gate seed": "2" })).toEqual(rows({ gate: "uniform seed 2" }));
    const other = { gate: "zipf(1)", "gate  seed": "2" };
    expect(rows(other)).toEqual(rows({ gate: "zipf(1) seed 2" }));
    expect(rows({ "gate seed": "2", gate: "zipf(1)" })).toEqual(rows(other));
  });

  test("how fast links are: bandwidths and what moves bytes as many times, latencies that part", () => {
    const { machine } = program({});
    const { machine: fast } = program({ "links speed": "4" });
    expect(fast.linkResources.map((link) => link.bytesPerSecond / 4)).toEqual(
      machine.linkResources.map((link) => link.bytesPerSecond),
    );
    expect(fast.route(0, 1)!.latencySeconds * 4).toBe(machine.route(0, 1)!.latencySeconds);
    expect(fast.kinds[0]!.smMovesBytesPerSecond).toBe(4 * machine.kinds[0]!.smMovesBytesPerSecond);
    expect(fast.kinds[0]!.computeFlopsPerSecond).toEqual(machine.kinds[0]!.computeFlopsPerSecond);
    expect(fast.kinds[0]!.memory).toEqual(machine.kinds[0]!.memory);
  });

  test("the seed of inputs", () => {
    expect(program({})).not.toHaveProperty("inputSeed");
    expect(program({ "inputs seed": "nodes + 3" }).inputSeed).toBe(5);
  });

  test.each<[set: Record<string, string>, expected: string]>([
    [{ "gat seed": "1" }, "unknown-setting"],
    [{ "tokens seed": "1" }, "unknown-setting"],
    [{ "links sped": "1" }, "unknown-setting"],
    [{ "gate seed": "1 +" }, "setting-unreadable"],
    [{ "gate seed": "0.5" }, "size-not-whole"],
    [{ "links speed": "0" }, "value-out-of-range"],
    [{ "links speed": "1 GB" }, "wrong-unit"],
    [{ "inputs seed": "-1" }, "value-out-of-range"],
    [{ gate: "all", "gate seed": "1" }, "recorded-with-seed"],
  ])("%o is refused", (set, expected) => {
    const { diagnostics } = checkText(scheduled, { set: new Map(Object.entries(set)) });
    expect(diagnostics.map(({ name }) => name)).toContain(expected);
  });

  test("two words that are misspelt are told which were meant", () => {
    const { diagnostics } = checkText(scheduled, { set: new Map([["links sped", "2"]]) });
    expect(diagnostics[0]!.message).toContain("Did you mean `links speed`?");
  });
});
