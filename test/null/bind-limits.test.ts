import { describe, expect, test } from "vitest";
import { deepestImport, mostFiles } from "../../compiler/bind/load.js";
import { bindFiles, bindText, namesOf } from "../support/bind-text.js";

describe("imports", () => {
  /** main imports f1, f1 imports f2, .. up to f`length`. */
  function chain(length: number): Record<string, string> {
    const files: Record<string, string> = { "main.stretto": 'import { a } from "./f1.stretto"' };
    for (let index = 1; index < length; index += 1) {
      files[`f${index}.stretto`] = `import { a as b } from "./f${index + 1}.stretto"\nparam a = 1`;
    }
    files[`f${length}.stretto`] = "param a = 1";
    return files;
  }

  test("nest as deep as the limit and no deeper", () => {
    expect(bindFiles(chain(deepestImport - 1)).diagnostics).toEqual([]);
    expect(namesOf(bindFiles(chain(deepestImport)).diagnostics)).toEqual(["import-too-deep"]);
    expect(namesOf(bindFiles(chain(10 * deepestImport)).diagnostics)).toEqual(["import-too-deep"]);
  });

  test("are of so many files and no more", () => {
    const files: Record<string, string> = {};
    const lines = Array.from({ length: mostFiles + 10 }, (_, index) => {
      files[`f${index}.stretto`] = `param a${index} = 1`;
      return `import { a${index} } from "./f${index}.stretto"`;
    });
    const { bound, diagnostics } = bindFiles({ ...files, "main.stretto": lines.join("\n") });
    expect(new Set(namesOf(diagnostics))).toEqual(new Set(["too-many-files"]));
    expect(bound.files.size).toBe(mostFiles);
  });

  test("in a cycle of any length are told once, with the whole cycle", () => {
    const files = {
      "main.stretto": 'import { a } from "./a.stretto"',
      "a.stretto": 'import { b } from "./b.stretto"\nparam a = 1',
      "b.stretto": 'import { a as c } from "./a.stretto"\nparam b = 1',
    };
    const { diagnostics } = bindFiles(files);
    expect(namesOf(diagnostics)).toEqual(["import-cycle"]);
    expect(diagnostics[0]?.message).toContain("a.stretto -> b.stretto -> a.stretto");
    expect(diagnostics[0]?.location.file).toBe("b.stretto");
    expect(diagnostics[0]?.related.map((related) => related.location.file)).toEqual(["a.stretto"]);
    expect(namesOf(bindText('import { a } from "./main.stretto"').diagnostics)).toEqual(["import-cycle"]);
  });

  test("of one file by two ways are no cycle", () => {
    const files = {
      "main.stretto": 'import { a } from "./a.stretto"\nimport { b } from "./b.stretto"\nparam all = a + b',
      "a.stretto": 'import { c } from "./c.stretto"\nparam a = c',
      "b.stretto": 'import { c } from "./c.stretto"\nparam b = c',
      "c.stretto": "param c = 1",
    };
    const { bound, diagnostics } = bindFiles(files);
    expect(diagnostics).toEqual([]);
    expect(bound.params.get("all")?.value).toBe(2);
    expect([...bound.files.keys()].filter((path) => !path.startsWith("stretto:"))).toEqual([
      "c.stretto",
      "a.stretto",
      "b.stretto",
      "main.stretto",
    ]);
  });
});

describe("sizes", () => {
  test.each([
    ["param tokens = 1e18", "value-too-large"],
    ["param tokens = 1_000_000_000_000", "size-too-large"],
    ["param tokens = 2_147_483_648", "size-too-large"],
    ["param tokens = 2_147_483_647", "table-too-large"],
    ["param tokens = 0", "size-not-positive"],
    ["param tokens = -5", "size-not-positive"],
    ["param tokens = 0.5", "size-not-whole"],
    ["param tokens = 4 GB", "wrong-unit"],
    ["param tokens = 1 / 0", "division-by-zero"],
    ["param tokens = 1 % 0", "division-by-zero"],
    ["param tokens = 1e308 * 10", "not-finite"],
    ["param tokens = 1e999", "not-finite"],
    ["param tokens = log2(-1)", "not-finite"],
  ])("%s is %s", (line, name) => {
    const text = `${line}\nparam experts = 8\ntable gate: tokens -> experts = uniform()`;
    expect(namesOf(bindText(text).diagnostics)).toEqual([name]);
  });
});

describe("nesting and length", () => {
  test("brackets deeper than is read", () => {
    const text = `param a = ${"(".repeat(1000)}1${")".repeat(1000)}`;
    expect(namesOf(bindText(text).diagnostics)).toContain("nested-too-deep");
  });

  test("a sum of many terms, and a chain of many params in the worst order", () => {
    const sum = bindText(`param a = ${"1 + ".repeat(900)}1`);
    expect(sum.bound.params.get("a")?.value).toBe(901);
    const lines = Array.from({ length: 20_000 }, (_, index) => `param a${index} = a${index + 1} + 1`);
    const chain = bindText([...lines, "param a20000 = 0"].join("\n"));
    expect(chain.diagnostics).toEqual([]);
    expect(chain.bound.params.get("a0")?.value).toBe(20_000);
  });

  test("a cycle through many params is told once", () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `param a${index} = a${(index + 1) % 20_000}`);
    const { diagnostics } = bindText(lines.join("\n"));
    expect(namesOf(diagnostics)).toEqual(["param-cycle"]);
    expect(diagnostics[0]!.message.length).toBeLessThan(200);
  });

  test("a thousand mistakes: a hundred are kept, and how many are not is said", () => {
    const lines = Array.from({ length: 1000 }, (_, index) => `param a${index} = unknown`);
    const { diagnostics } = bindText(lines.join("\n"));
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics.at(-1)).toMatchObject({ name: "more-left-out", message: "900 more in this file are left out." });
  });
});
