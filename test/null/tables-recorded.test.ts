import fc from "fast-check";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { bind } from "../../compiler/bind/bind.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import { checkFile } from "../../compiler/program.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { bindFiles, bindText, namesOf, standardHost } from "../support/bind-text.js";
import { recordedRoutes } from "../../scripts/record-routes.mjs";
import { temporaryFolder } from "../support/command-line.js";
import { projectRoot, readProjectFile } from "../support/project.js";

const text = (source = 'from "routes.csv"', columns = ", top(2)") =>
  `param tokens = 4, experts = 8\ntable gate: tokens -> experts${columns} = ${source}`;
const good = "from,to\n0,3\n0,5\n1,0\n1,3\n2,3\n2,7\n3,1\n3,2\n";

function read(csv: string, program = text()) {
  return bindFiles({ "main.stretto": program, "routes.csv": csv });
}

interface Row {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

describe("a recorded table", () => {
  const recordings = fc
    .record({ tokens: fc.integer({ min: 1, max: 20 }), experts: fc.integer({ min: 1, max: 9 }) })
    .chain(({ tokens, experts }) =>
      fc.integer({ min: 1, max: experts }).chain((count) =>
        fc.record({
          tokens: fc.constant(tokens),
          experts: fc.constant(experts),
          count: fc.constant(count),
          rows: fc
            .tuple(
              ...Array.from({ length: tokens }, (_, from) =>
                fc
                  .tuple(
                    fc.shuffledSubarray([...Array(experts).keys()], { minLength: count, maxLength: count }),
                    fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: count, maxLength: count }),
                  )
                  .map(([chosen, weights]) =>
                    chosen.map((to, index): Row => ({ from, to, weight: Math.abs(weights[index]!) })),
                  ),
              ),
            )
            .chain((rows) => fc.shuffledSubarray(rows.flat(), { minLength: tokens * count })),
        }),
      ),
    );

  test("has the rows of its file, whatever their order, sorted by (to, from)", () => {
    fc.assert(
      fc.property(
        recordings,
        fc.boolean(),
        fc.constantFrom("\n", "\r\n"),
        ({ tokens, experts, count, rows }, weighted, end) => {
          const lines = rows.map(({ from, to, weight }) =>
            weighted ? `${from},${to},${weight}` : ` ${from} ,\t${to}`,
          );
          const csv = [weighted ? "from,to,weight" : "# no weights\n\nfrom, to", ...lines].join(end);
          const program = `table gate: ${tokens} -> ${experts}, top(${count}) = from "routes.csv"`;
          const { bound, diagnostics } = read(csv, program);
          expect(diagnostics).toEqual([]);
          const table = bound.tables[0]!;
          const sorted = rows.toSorted((one, other) => one.to - other.to || one.from - other.from);
          expect([...table.from]).toEqual(sorted.map((row) => row.from));
          expect([...table.to]).toEqual(sorted.map((row) => row.to));
          expect([...table.weight]).toEqual(sorted.map((row) => (weighted ? row.weight : 1 / count)));
          const starts = Array.from(
            { length: experts + 1 },
            (_, expert) => sorted.filter((row) => row.to < expert).length,
          );
          expect([...table.toStart]).toEqual(starts);
          expect(table).toMatchObject({ rowCount: tokens * count, fromSize: tokens, toSize: experts });
        },
      ),
    );
  });

  test("is the drawn one whose rows were written down", () => {
    const drawn = bindText("table gate: 100 -> 8, top(3) = zipf(1.1) seed 7").bound.tables[0]!;
    const lines = [...drawn.from.keys()].map((row) => `${drawn.from[row]},${drawn.to[row]},${drawn.weight[row]}`);
    const program = 'table gate: 100 -> 8, top(3) = from "routes.csv"';
    const again = read(["from,to,weight", ...lines].join("\n"), program).bound.tables[0]!;
    expect({ ...again, location: drawn.location }).toEqual(drawn);
  });

  test("of one choice each needs no `top`", () => {
    const { bound, diagnostics } = read("from,to\n3,1\n2,1\n1,0\n0,7", text('from "routes.csv"', ""));
    expect(diagnostics).toEqual([]);
    expect([...bound.tables[0]!.from]).toEqual([1, 2, 3, 0]);
  });
});

describe("what is refused", () => {
  test.each([
    ["", "table-header", "this is an empty file", ""],
    ["# only this\n\n", "table-header", "this is an empty file", ""],
    [good.replace("from,to\n", ""), "table-header", "this is `0,3`", "0,3"],
    [good.replace("from,to", "to,from"), "table-header", "this is `to,from`", "to,from"],
    [good.replace("from,to", "from"), "table-header", "this is `from`", "from"],
    [good.replace("1,3", "1"), "table-row-width", "must have 2 cells; this has 1", "1"],
    [good.replace("1,3", "1,3,1"), "table-row-width", "must have 2 cells; this has 3", "1,3,1"],
    [good.replace("1,3", "1,x"), "table-cell", "`to` must be a whole number from 0; this is `x`", "x"],
    [good.replace("1,3", "1,"), "table-cell", "this is ``", ""],
    [good.replace("1,3", "1.0,3"), "table-cell", "`from` must be a whole number from 0; this is `1.0`", "1.0"],
    [good.replace("1,3", "1,-3"), "table-cell", "this is `-3`", "-3"],
    [good.replace("1,3", "1,8"), "table-cell", "`to` must be at most 7, since `experts` is 8; this is `8`", "8"],
    [good.replace("1,3", "4,3"), "table-cell", "`from` must be at most 3, since `tokens` is 4", "4"],
    [good.replace("1,3", `1,${"9".repeat(400)}`), "table-cell", `this is \`${"9".repeat(40)}..\``, "9".repeat(400)],
    [good.replace("1,3", " 1 , 0 "), "table-row-twice", "from 1 to 0", "1 , 0"],
    [`${good}1,7\n`, "table-row-count", "1 of `tokens` has more than 2 rows", "1,7"],
  ])("%j is %s", (csv, name, message, at) => {
    const { bound, diagnostics } = read(csv);
    expect(namesOf(diagnostics)).toEqual([name]);
    expect(diagnostics[0]!.message).toContain(message);
    const { file, span } = diagnostics[0]!.location;
    if (message !== "this is an empty file") {
      expect(file).toBe("routes.csv");
      expect(csv.slice(span.start, span.end)).toBe(at);
    }
    expect(bound.tables).toEqual([]);
  });

  test.each(["1,3,nan", "1,3,-1", "1,3,1e999", "1,3,", "1,3,0x1", "1,3,1 2"])("a weight in %s", (row) => {
    const weighted = good.replaceAll(/(\d,\d)\n/g, "$1,0.5\n").replace("from,to", "from,to,weight");
    expect(namesOf(read(weighted).diagnostics)).toEqual([]);
    expect(namesOf(read(weighted.replace("1,3,0.5", row)).diagnostics)).toEqual(["table-cell"]);
  });

  test("an index with too few rows is named, and how many more there are", () => {
    const { diagnostics } = read(good.replace("1,3\n", "").replace("3,1\n3,2\n", ""));
    expect(diagnostics.map((one) => one.message)).toEqual([
      "1 of `tokens` has 1 rows in the file; 2 are needed. So it is with 1 more.",
    ]);
    expect(diagnostics[0]!.location.file).toBe("main.stretto");
  });

  test("every bad line is reported, up to what one file may have", () => {
    expect(namesOf(read(good.replace("0,3", "0,x").replace("2,7", "2,9")).diagnostics)).toEqual([
      "table-cell",
      "table-cell",
    ]);
    const { diagnostics } = read(`from,to\n${"x,y\n".repeat(100_000)}`);
    expect(diagnostics.length).toBeLessThan(200);
  });

  test.each([
    ['from "routes.csv" seed 3', "", "recorded-with-seed"],
    ['from "/routes.csv"', "", "table-path-form"],
    ['from "routes.txt"', "", "table-path-form"],
    ['from "C:/routes.csv"', "", "table-path-form"],
    ['from "a\\\\routes.csv"', "", "table-path-form"],
    ['from ".csv/"', "", "table-path-form"],
    ['from "../routes.csv"', "", "import-outside-folder"],
    ['from "a/../../routes.csv"', "", "import-outside-folder"],
    ['from "none.csv"', "", "file-not-found"],
    ['from "routes.csv"', ", top(9)", "too-many-choices"],
  ])("%s%s is %s", (source, columns, name) => {
    expect(namesOf(read(good, text(source, columns || ", top(2)")).diagnostics)).toEqual([name]);
  });

  test("a table too large is refused before its file is read", () => {
    const program = 'table gate: 100000000 -> 8 = from "none.csv"';
    expect(namesOf(bindText(program).diagnostics)).toEqual(["table-too-large"]);
  });
});

test("lines are named in what is printed", () => {
  const files = { "main.stretto": text(), "routes.csv": good.replace("1,3", "1,x") };
  const { diagnostics, sources } = checkFile("main.stretto", createMemoryHost(files, standardHost));
  const printed = renderText(diagnostics, (file) => sources.get(file));
  expect(printed).toContain("routes.csv:5:3: error ST2409 table-cell");
  expect(printed).toContain("  5 | 1,x");
});

describe("the file is", () => {
  const table = (path: string) => `table gate: 1 -> 2 = from "${path}"`;

  test("found beside the file that names it, and below", () => {
    const files = {
      "main.stretto": 'import { gate } from "./part/gate.stretto"',
      "part/gate.stretto": table("routes/a.csv"),
      "part/routes/a.csv": "from,to\n0,1\n",
    };
    const { bound, diagnostics } = bindFiles(files);
    expect(diagnostics).toEqual([]);
    expect([...bound.tables[0]!.to]).toEqual([1]);
    const above = { ...files, "part/gate.stretto": table("../a.csv"), "a.csv": "from,to\n0,0\n" };
    expect([...bindFiles(above).bound.tables[0]!.to]).toEqual([0]);
  });

  test("another one, or none, where `--set` says so", () => {
    const files = { "main.stretto": table("missing.csv"), "b.csv": "from,to\n0,1\n" };
    const withSet = (value: string) => bindFiles(files, { set: new Map([["gate", value]]) });
    expect([...withSet('from "b.csv"').bound.tables[0]!.to]).toEqual([1]);
    expect([...withSet("one(0)").bound.tables[0]!.to]).toEqual([0]);
    expect(withSet("one(0)").diagnostics).toEqual([]);
    const drawn = { "main.stretto": "table gate: 1 -> 2 = zipf(1) seed 3", "b.csv": "from,to\n0,1\n" };
    const replaced = bindFiles(drawn, { set: new Map([["gate", 'from "b.csv"']]) });
    expect(replaced.diagnostics).toEqual([]);
    expect([...replaced.bound.tables[0]!.to]).toEqual([1]);
    expect(namesOf(withSet('from "b.csv" seed 1').diagnostics)).toEqual(["recorded-with-seed"]);
  });

  describe("on disk", () => {
    const folder = temporaryFolder();
    afterAll(() => folder.remove());
    const entry = join(folder.path, "inside", "main.stretto");
    mkdirSync(join(folder.path, "inside", "folder.csv"), { recursive: true });
    writeFileSync(entry, table("a.csv"));
    writeFileSync(join(folder.path, "inside", "a.csv"), "from,to\n0,1\n");
    writeFileSync(join(folder.path, "inside", "latin.csv"), Buffer.from([0x66, 0xe9]));
    writeFileSync(join(folder.path, "inside", "large.csv"), Buffer.alloc(5 * 1024 * 1024, "#"));
    writeFileSync(join(folder.path, "outside.csv"), "from,to\n0,1\n");
    symlinkSync(join(folder.path, "outside.csv"), join(folder.path, "inside", "link.csv"));

    test.each([
      ["a.csv", []],
      ["folder.csv", ["not-a-file"]],
      ["latin.csv", ["not-utf8"]],
      ["large.csv", ["file-too-large"]],
      ["link.csv", ["file-outside-folder"]],
    ])("%s gives %j", (name, expected) => {
      writeFileSync(entry, table(name));
      expect(namesOf(bind(entry, createNodeHost(entry)).diagnostics.list())).toEqual(expected);
    });
  });
});

test("the recorded routes of the examples are as their script makes them, and comet takes them", () => {
  expect(readProjectFile("examples/routes/comet-small.csv")).toBe(recordedRoutes());
  const entry = join(projectRoot, "examples/comet.stretto");
  const set = new Map([["gate", 'from "routes/comet-small.csv"']]);
  const { bound, diagnostics } = bind(entry, createNodeHost(entry), { profile: "small", set });
  expect(namesOf(diagnostics.list())).toEqual([]);
  expect(bound!.tables[0]).toMatchObject({ name: "gate", fromSize: 256, toSize: 8, rowCount: 512 });
});
