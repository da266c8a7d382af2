import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TableData } from "../../compiler/check/ir.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { formatText } from "../../grammar/prettier-plugin.js";
import { bindFiles, bindText, namesOf } from "../support/bind-text.js";

const sizes = "param tokens = 60, experts = 12, nodes = 3, per_node = experts / nodes, ranks = 5\n";

function tablesOf(text: string): Map<string, TableData> {
  const { bound, diagnostics } = bindText(sizes + text);
  expect(diagnostics.map(({ message }) => message)).toEqual([]);
  return new Map(bound.tables.map((table) => [table.name, table]));
}

type Pair = readonly [from: number, to: number];
const pairsOf = ({ from, to }: TableData): Pair[] => [...from].map((index, row) => [index, to[row]!]);
const byToThenFrom = (a: Pair, b: Pair): number => a[1] - b[1] || a[0] - b[0];

function expectRowOrder({ from, to, toStart, toSize, rowCount }: TableData): void {
  for (let row = 1; row < rowCount; row += 1) {
    expect(byToThenFrom([from[row - 1]!, to[row - 1]!], [from[row]!, to[row]!])).toBeLessThanOrEqual(0);
  }
  const starts = Array.from({ length: toSize + 1 }, (_, value) => to.filter((one) => one < value).length);
  expect([...toStart]).toEqual(starts);
}

describe("rows", () => {
  test("all where: exactly the pairs for which it holds, each of weight 1", () => {
    const table = tablesOf("table mask: ranks -> ranks = all where to <= from and 2 * (from - to) <= ranks").get(
      "mask",
    )!;
    const expected: Pair[] = [];
    for (let to = 0; to < 5; to += 1)
      for (let from = 0; from < 5; from += 1) if (to <= from && 2 * (from - to) <= 5) expected.push([from, to]);
    expect(pairsOf(table)).toEqual(expected);
    expect(new Set(table.weight)).toEqual(new Set([1]));
    expectRowOrder(table);
  });

  test("drawn rows may be filtered too", () => {
    const tables = tablesOf(`table gate: tokens -> experts, top(3) = zipf(1.1) seed 3
table own: tokens -> experts, top(3) = zipf(1.1) seed 3 where to / per_node == from % nodes`);
    const kept = pairsOf(tables.get("gate")!).filter(([from, to]) => Math.floor(to / 4) === from % 3);
    expect(kept.length).toBeGreaterThan(10);
    expect(pairsOf(tables.get("own")!)).toEqual(kept);
    expectRowOrder(tables.get("own")!);
  });

  test("a projection has each token once a node, with the weights of what it stands for", () => {
    const tables = tablesOf(`table gate: tokens -> experts, top(3) = zipf(1.1) seed 3
table sent: tokens -> nodes = project(gate, to / per_node)`);
    const [gate, sent] = [tables.get("gate")!, tables.get("sent")!];
    const weights = new Map<string, number>();
    pairsOf(gate).forEach(([from, to], row) => {
      const key = `${from}-${Math.floor(to / 4)}`;
      weights.set(key, (weights.get(key) ?? 0) + gate.weight[row]!);
    });
    expect(
      pairsOf(sent)
        .map((pair) => pair.join("-"))
        .sort(),
    ).toEqual([...weights.keys()].sort());
    pairsOf(sent).forEach(([from, to], row) => expect(sent.weight[row]).toBeCloseTo(weights.get(`${from}-${to}`)!, 12));
    expect(sent.rowCount).toBeLessThan(gate.rowCount);
    expectRowOrder(sent);
  });

  test("a projection of both ends, and by a further column", () => {
    const tables =
      tablesOf(`table gate: tokens -> experts, top(2) = uniform() seed 1 with owner: nodes = (from + to) % nodes
table turned: experts -> nodes = project(gate, to, owner)`);
    const expected = new Set(pairsOf(tables.get("gate")!).map(([from, to]) => `${to}-${(from + to) % 3}`));
    expect(
      pairsOf(tables.get("turned")!)
        .map((pair) => pair.join("-"))
        .sort(),
    ).toEqual([...expected].sort());
    expectRowOrder(tables.get("turned")!);
  });

  test("a placement renumbers what rows lead to", () => {
    const tables = tablesOf(`table gate: tokens -> experts, top(2) = zipf(1.1) seed 3
table place: experts -> experts = all where to == 5 * from % experts
table placed: tokens -> experts = then(gate, place)`);
    const expected = pairsOf(tables.get("gate")!).map(([from, to]): Pair => [from, (5 * to) % 12]);
    expect(pairsOf(tables.get("placed")!)).toEqual(expected.sort(byToThenFrom));
    expectRowOrder(tables.get("placed")!);
  });

  test("--set and a profile change what others are made from", () => {
    const text = `${sizes}profile few { gate = one(5) }
table gate: tokens -> experts, top(2) = uniform()
table sent: tokens -> nodes = project(gate, to / per_node)`;
    const rows = (options: Parameters<typeof bindText>[1]) => bindText(text, options).bound.tables.at(-1)!.rowCount;
    expect(rows({ profile: "few" })).toBe(60);
    expect(rows({ set: new Map([["gate", "uniform() where from < 7 and to < 0 * 1 + 12"]]) })).toBeLessThanOrEqual(14);
    expect(rows({ set: new Map([["sent", "all where from == to"]]) })).toBe(3);
  });
});

// ---------------------------------------------------------------- further columns

interface Formula {
  readonly text: string;
  /** Undefined where it divides by zero. */
  of(from: number, to: number): number | undefined;
}
const both =
  (a: Formula, b: Formula, apply: (x: number, y: number) => number | undefined): Formula["of"] =>
  (from, to) => {
    const [x, y] = [a.of(from, to), b.of(from, to)];
    return x === undefined || y === undefined ? undefined : apply(x, y);
  };
const floored = (x: number, y: number): number => (x - (((x % y) + y) % y)) / y;
const modulo = (x: number, y: number): number => ((x % y) + y) % y;
const operations: Record<string, (x: number, y: number) => number | undefined> = {
  "+": (x, y) => x + y,
  "-": (x, y) => x - y,
  "*": (x, y) => x * y,
  "/": (x, y) => (y === 0 ? undefined : floored(x, y)),
  "%": (x, y) => (y === 0 ? undefined : modulo(x, y)),
};
const comparisons: Record<string, (x: number, y: number) => boolean> = {
  "<": (x, y) => x < y,
  "<=": (x, y) => x <= y,
  "==": (x, y) => x === y,
  "!=": (x, y) => x !== y,
};
const formulas = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.integer({ min: 0, max: 9 }).map((value): Formula => ({ text: String(value), of: () => value })),
    fc.constant<Formula>({ text: "from", of: (from) => from }),
    fc.constant<Formula>({ text: "to", of: (_, to) => to }),
    fc.constant<Formula>({ text: "ranks", of: () => 5 }),
    fc.constant<Formula>({ text: "place.to(to)", of: (_, to) => (5 * to) % 12 }),
    fc
      .tuple(tie("formula"), fc.constantFrom(...Object.keys(operations)), tie("formula"))
      .map(([a, sign, b]): Formula => ({ text: `(${a.text} ${sign} ${b.text})`, of: both(a, b, operations[sign]!) })),
    fc.tuple(fc.constantFrom("min", "max"), tie("formula"), tie("formula")).map(([name, a, b]): Formula => {
      const apply = name === "min" ? Math.min : Math.max;
      return { text: `${name}(${a.text}, ${b.text})`, of: both(a, b, (x, y) => apply(x, y)) };
    }),
    fc
      .tuple(
        tie("formula"),
        fc.constantFrom(...Object.keys(comparisons)),
        tie("formula"),
        tie("formula"),
        tie("formula"),
      )
      .map(([a, sign, b, c, d]): Formula => ({
        text: `if(${a.text} ${sign} ${b.text}, ${c.text}, ${d.text})`,
        of(from, to) {
          const [x, y] = [a.of(from, to), b.of(from, to)];
          if (x === undefined || y === undefined) return undefined;
          return (comparisons[sign]!(x, y) ? c : d).of(from, to);
        },
      })),
  ),
}));

describe("further columns", () => {
  test("hold what their expression says, or the first row without a value is reported", () => {
    let whole = 0;
    fc.assert(
      fc.property(formulas.formula, ({ text, of }) => {
        const { bound, diagnostics } =
          bindText(`${sizes}table gate: tokens -> experts = zipf(1.1) seed 2 with x: ranks = abs(${text}) % ranks
table place: experts -> experts = all where to == 5 * from % experts`);
        const table = bound.tables.find(({ name }) => name === "gate")!;
        const expected = pairsOf(table).map(([from, to]) => {
          const value = of(from, to);
          return value === undefined ? undefined : Math.abs(value) % 5;
        });
        const hasAll = !expected.includes(undefined);
        expect(namesOf(diagnostics)).toEqual(hasAll ? [] : ["table-no-value"]);
        if (!hasAll) return;
        whole += 1;
        expect([...columnOf(table, "x").values]).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    expect(whole).toBeGreaterThan(100);
  });

  test("mostly: with its probability, the others alike, the same for a seed, other for another", () => {
    const text = (seed: number) => `param many = 40000, experts = 8
table gate: many -> experts = uniform() seed 2 with next: experts = mostly((to + 1) % experts, 70 %) seed ${seed}`;
    const next = (seed: number) => columnOf(bindText(text(seed)).bound.tables[0]!, "next").values;
    const { to } = bindText(text(1)).bound.tables[0]!;
    const values = next(1);
    const offsets = new Array<number>(8).fill(0);
    values.forEach((value, row) => (offsets[(value - to[row]! + 8) % 8]! += 1 / 40000));
    // 6 standard deviations of a share of 40000.
    expect(Math.abs(offsets[1]! - 0.7)).toBeLessThan(6 * Math.sqrt((0.7 * 0.3) / 40000));
    offsets.forEach((share, offset) => {
      if (offset !== 1) expect(Math.abs(share - 0.3 / 7)).toBeLessThan(6 * Math.sqrt(0.043 / 40000));
    });
    expect(next(1)).toEqual(values);
    expect(next(2)).not.toEqual(values);
    const never = bindText(text(1).replace("70 %", "0 %")).bound.tables[0]!;
    expect(columnOf(never, "next").values.some((value, row) => value === (never.to[row]! + 1) % 8)).toBe(false);
  });

  test("a draw depends on the row's own ends alone", () => {
    const text = (guard: string) =>
      `table gate: tokens -> experts, top(2) = uniform() ${guard} with next: experts = mostly(to, 50 %) seed 4`;
    const [all, some] = [tablesOf(text("")).get("gate")!, tablesOf(text("where from % 3 == 0")).get("gate")!];
    const drawn = new Map(pairsOf(all).map((pair, row) => [pair.join(), columnOf(all, "next").values[row]]));
    pairsOf(some).forEach((pair, row) => expect(columnOf(some, "next").values[row]).toBe(drawn.get(pair.join())));
  });

  test("row: the row that leads there, also in a projection of the own rows", () => {
    const tables = tablesOf(`table gate: tokens -> experts, top(3) = zipf(1.1) seed 3
  with node: nodes = to / per_node, via: rows(sent) = row(sent, from, node)
table sent: tokens -> nodes = project(gate, to / per_node) with back: experts = place.to(from % experts)
table place: experts -> experts = all where from == to`);
    const [gate, sent] = [tables.get("gate")!, tables.get("sent")!];
    const via = columnOf(gate, "via");
    expect(via).toMatchObject({ axis: "rows(sent)", size: sent.rowCount });
    via.values.forEach((target, row) => {
      expect([sent.from[target], sent.to[target]]).toEqual([gate.from[row], Math.floor(gate.to[row]! / 4)]);
    });
    expect([...columnOf(sent, "back").values]).toEqual([...sent.from].map((from) => from % 12));
  });

  test("in a file, in any place after the weight, where they win over an expression", () => {
    const text = "param tokens = 3, experts = 4\n";
    const table = `table gate: tokens -> experts = from "routes.csv" with next: experts = 0, guess: experts, owner: tokens = next % tokens`;
    const file = "from,to,guess,next\n2,0,3,1\n0,2,1,3\n1,2,0,2\n";
    const { bound, diagnostics } = bindFiles({ "main.stretto": text + table, "routes.csv": file });
    expect(namesOf(diagnostics)).toEqual([]);
    const column = (name: string) => [...columnOf(bound.tables[0]!, name).values];
    expect(pairsOf(bound.tables[0]!)).toEqual([
      [2, 0],
      [0, 2],
      [1, 2],
    ]);
    expect([column("guess"), column("next"), column("owner")]).toEqual([
      [3, 1, 0],
      [1, 3, 2],
      [1, 0, 2],
    ]);
  });

  test.each([
    ["from,to,other\n0,0,1\n1,0,1\n2,0,1\n", "table-header-column"],
    ["from,to,next,next\n0,0,1,1\n1,0,1,1\n2,0,1,1\n", "table-header-column"],
    ["from,to,next,weight\n0,0,1,1\n1,0,1,1\n2,0,1,1\n", "table-header-column"],
    ["from,to,via\n0,0,1\n1,0,1\n2,0,1\n", "table-header-column"],
    ["from,to,next\n0,0,4\n1,0,1\n2,0,1\n", "table-cell"],
    ["from,to,next\n0,0,-1\n1,0,1\n2,0,1\n", "table-cell"],
    ["from,to,next\n0,0,1.5\n1,0,1\n2,0,1\n", "table-cell"],
    ["from,to,next\n0,0,\n1,0,1\n2,0,1\n", "table-cell"],
    ["from,to,next\n0,0\n1,0,1\n2,0,1\n", "table-row-width"],
    ["from,to,next\n0,0,1,1\n1,0,1\n2,0,1\n", "table-row-width"],
    ["from,to\n0,0\n1,0\n2,0\n", "table-column-missing"],
  ])("the file %j is %s", (file, name) => {
    const text = `param tokens = 3, experts = 4
table gate: tokens -> experts = from "routes.csv" with next: experts, via: rows(sent) = row(sent, from, to)
table sent: tokens -> experts = project(gate, to)`;
    const { diagnostics } = bindFiles({ "main.stretto": text, "routes.csv": file });
    expect(namesOf(diagnostics)).toEqual([name]);
  });
});

describe("what is refused", () => {
  const gate = "table gate: tokens -> experts, top(2) = uniform()\n";
  test.each([
    ["table a: tokens -> tokens = project(b, to)\ntable b: tokens -> tokens = project(a, to)", "table-cycle"],
    ["table a: tokens -> tokens = all where b.to(from) == to\ntable b: tokens -> tokens = then(a, a)", "table-cycle"],
    [
      "table a: tokens -> tokens = uniform() with x: tokens = b.y(from)\ntable b: tokens -> tokens = uniform() with y: tokens = a.x(from)",
      "table-cycle",
    ],
    ["table a: tokens -> experts = all where to < 0", "table-empty"],
    [`${gate}table a: tokens -> nodes = project(gate, to)`, "table-value"],
    ["table a: tokens -> experts = uniform() with x: nodes = to", "table-value"],
    ["table a: tokens -> experts = uniform() with x: nodes = 0 - 1", "table-value"],
    ["table a: tokens -> experts = uniform() with x: nodes = from / (to - to)", "table-no-value"],
    [
      "table a: tokens -> experts = uniform() with x: rows(b) = row(b, from, to)\ntable b: tokens -> experts = uniform() seed 1",
      "table-no-value",
    ],
    [`${gate}table a: tokens -> experts = uniform() with x: experts = gate.to(from)`, "table-not-a-map"],
    [
      "table a: tokens -> experts = uniform() with x: experts = b.to(from + 1)\ntable b: tokens -> experts = uniform()",
      "table-no-value",
    ],
    [`${gate}table a: tokens -> experts = then(gate, gate)`, "table-not-a-map"],
    [
      `${gate}table place: nodes -> nodes = all where from == to\ntable a: tokens -> nodes = then(gate, place)`,
      "table-axis-size",
    ],
    [`${gate}table a: nodes -> nodes = project(gate, to / per_node)`, "table-axis-size"],
    ['table a: tokens -> experts = uniform() with x: experts = "to"', "table-expression"],
    ["table a: tokens -> experts = all where mostly(to, 50 %) == 1", "table-expression"],
    ["table a: tokens -> experts = uniform() with x: experts = from < to", "wrong-unit"],
    ["table a: tokens -> experts = all where from + to", "wrong-unit"],
    ["table a: tokens -> experts = uniform() with x: experts = if(from, 0, 1)", "wrong-unit"],
    ["table a: tokens -> experts = uniform() with x: experts = 1 + (from < to)", "mixed-units"],
    ["table a: tokens -> experts = uniform() with x: experts = 4 GB", "wrong-unit"],
    ["table a: tokens -> experts = uniform() with x: experts = 0.5", "size-not-whole"],
    ["table a: tokens -> experts = uniform() with x: experts = fro", "unknown-name"],
    ["table a: tokens -> experts = uniform() with x: experts = floor(to)", "unknown-name"],
    ["table a: tokens -> experts = uniform() with x: experts = tokens.to(from)", "wrong-noun"],
    [
      `${gate}table a: experts -> experts = uniform() with x: experts = b.x(from)\ntable b: experts -> experts = uniform()`,
      "no-such-column",
    ],
    ["table a: tokens -> experts = uniform() with x: experts = mostly(to, 120 %)", "value-out-of-range"],
    ["table a: tokens -> experts = uniform() with x: experts = min()", "wrong-argument-count"],
    ["table a: tokens -> experts = uniform() with x: experts", "table-column-missing"],
    ["table a: tokens -> experts = uniform() with x: experts = to, x: experts = to", "duplicate-setting"],
    ["table a: tokens -> experts = uniform() with from: experts = to", "duplicate-setting"],
    ["table a: tokens -> experts, top(2) = all where from == to", "top-not-drawn"],
    ["table a: tokens -> experts = all seed 4", "recorded-with-seed"],
    ["table a: tokens -> experts = all(3)", "wrong-argument-count"],
    [`${gate}table a: tokens -> experts = project(gate)`, "wrong-argument-count"],
    ["table a: tokens -> experts = project(3, to)", "table-expression"],
    ["table a: tokens -> experts = project(nothing, to)", "unknown-name"],
    ["param big = 5000\ntable a: big -> big = all", "table-too-large"],
  ])("%s", (text, name) => {
    expect(new Set(namesOf(bindText(sizes + text).diagnostics))).toEqual(new Set([name]));
  });

  test("an error in a table is said once, not again where it is used", () => {
    const { diagnostics } = bindText(`${sizes}table a: tokens -> experts = uniform(3)
table b: tokens -> nodes = project(a, to / per_node)
table c: tokens -> nodes = uniform() with x: experts = a.to(from)`);
    expect(namesOf(diagnostics)).toEqual(["wrong-argument-count"]);
  });

  test("a chain of thousands of tables, and expressions as deep, are read without a fault", () => {
    const chain = Array.from({ length: 3000 }, (_, i) => `table t${i}: nodes -> nodes = then(t${i + 1}, t${i + 1})`);
    const { bound, diagnostics } = bindText(
      `${sizes}${chain.join("\n")}\ntable t3000: nodes -> nodes = all where to == (from + 1) % nodes`,
    );
    expect(namesOf(diagnostics)).toEqual([]);
    expect(bound.tables).toHaveLength(3001);
    const deep = `${"(".repeat(5000)}to${" + 1)".repeat(5000)}`;
    expect(namesOf(bindText(`${sizes}table a: nodes -> nodes = all where ${deep} > 0`).diagnostics)).toHaveLength(1);
  });
});

test("a million rows take seconds", () => {
  const { bound, diagnostics } = bindText(`param tokens = 131072, experts = 64, per_node = 8, nodes = 8
table gate: tokens -> experts, top(8) = zipf(1.1) seed 7
  with via: rows(sent) = row(sent, from, to / per_node), next: experts = mostly(to, 80 %) seed 1
table sent: tokens -> nodes = project(gate, to / per_node)`);
  expect(namesOf(diagnostics)).toEqual([]);
  expect(bound.tables[0]!.rowCount).toBe(2 ** 20);
});

describe("texts of tables", () => {
  test("are printed with their columns below them", async () => {
    const text = `table gate: a -> b, top(2) = zipf(1.1)   seed 7 where from<4 with x: c = if(from<to,from,to) seed 3, y: rows(s)=row(s,from,to)`;
    expect(await formatText(text)).toBe(`table gate: a -> b, top(2) = zipf(1.1) seed 7 where from < 4
  with x: c = if(from < to, from, to) seed 3, y: rows(s) = row(s, from, to)
`);
  });

  test("of any words give diagnostics, never a fault", () => {
    const words = [
      ...[
        "from",
        "to",
        "x",
        "place.to(",
        "project(",
        "then(",
        "row(",
        "mostly(",
        "if(",
        "min(",
        "all",
        "rows(",
        ")",
        ",",
      ],
      ...[
        "+",
        "/",
        "%",
        "<",
        "==",
        "and",
        "not",
        "0",
        "3",
        "50 %",
        "gate",
        "place",
        "sent",
        "where",
        "with",
        "seed",
        ":",
        "=",
      ],
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 12 }), (soup) => {
        bindText(`${sizes}table gate: tokens -> experts = ${soup.join(" ")}
table place: experts -> experts = all where to == from with x: experts = ${soup.toReversed().join(" ")}
table sent: tokens -> nodes = project(gate, ${soup.slice(3).join(" ")})`);
      }),
      { numRuns: 300 },
    );
  });
});
