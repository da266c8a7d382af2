import { describe, expect, test } from "vitest";
import { editDistance, nearestName } from "../../compiler/bind/suggest.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { bindFiles, bindText, namesOf } from "../support/bind-text.js";
import fc from "fast-check";
import { diagnose } from "../support/diagnose.js";

/** The text with a fix's edits made, last first. */
function applyFix(text: string, diagnostic: Diagnostic): string {
  const edits = [...diagnostic.fixes[0]!.edits].sort((a, b) => b.location.span.start - a.location.span.start);
  return edits.reduce(
    (result, { location, newText }) => result.slice(0, location.span.start) + newText + result.slice(location.span.end),
    text,
  );
}

const machine = "machine m { rank g { compute f32 1 TFLOP/s\nsms 1\nmemory d 1 GB at 1 GB/s } }";

describe("namespaces", () => {
  test("layers, schedules and collectives each have one, all else shares one", () => {
    const apart = [
      "layer x(a: f32[4]) -> b: f32[4] { return a }",
      "schedule x of x { }",
      "collective x(a: [c/n] -> [c]) over n { }",
      "param x = 1",
    ];
    const { bound, diagnostics } = bindText(apart.join("\n"));
    expect(diagnostics).toEqual([]);
    expect(bound.lookup("x", "main.stretto")?.kind).toBe("param");
    expect(bound.lookupLayer("x", "main.stretto")?.kind).toBe("layer");
    expect(bound.lookupSchedule("x", "main.stretto")?.kind).toBe("schedule");
    expect(bound.lookupCollectives("x", "main.stretto").map((one) => one.kind)).toEqual(["collective"]);
  });

  test.each([
    ["param x = 1, x = 2"],
    ["param x = 1\nop x(a: T[n]) -> T[n] = a[n]"],
    ["param x = 1\nprofile x { }"],
    [`${machine}\nmesh m on m { r: 1 }`],
    ["layer x(a: f32[4]) -> b: f32[4] { return a }\nlayer x(a: f32[4]) -> b: f32[4] { return a }"],
    ["schedule x of y { }\nschedule x of y { }"],
  ])("%s has one name twice", (text) => {
    const { diagnostics } = bindText(text);
    expect(namesOf(diagnostics)).toEqual(["duplicate-name"]);
    expect(diagnostics[0]?.related).toHaveLength(1);
  });

  test("collectives share a name, the file's own before the prelude's", () => {
    const text =
      "collective ring(a: [c/n] -> [c]) over n { }\ncollective ring(a: [c] pending u over n -> [c/n]) over n { }";
    const { bound, diagnostics } = bindText(text);
    expect(diagnostics).toEqual([]);
    const files = bound.lookupCollectives("ring", "main.stretto").map((one) => one.file);
    expect(files.slice(0, 2)).toEqual(["main.stretto", "main.stretto"]);
    expect(new Set(files.slice(2))).toEqual(new Set(["stretto:std/collectives.stretto"]));
  });

  test("the prelude's monoids need no import, and a declaration hides them", () => {
    expect(bindText("").bound.lookup("sum", "main.stretto")?.kind).toBe("monoid");
    const { bound, diagnostics } = bindText("param sum = 3");
    expect(diagnostics).toEqual([]);
    expect(bound.lookup("sum", "main.stretto")?.kind).toBe("param");
    expect(bound.lookup("sum", "stretto:std/ops.stretto")?.kind).toBe("monoid");
  });
});

describe("imports", () => {
  test("bring what the file itself declares, under another name if wished", () => {
    const files = {
      "main.stretto": 'import { a as x } from "./a.stretto"\nparam y = x + 1, a = 5',
      "a.stretto": 'import { b } from "./b.stretto"\nparam a = b * 10',
      "b.stretto": "param b = 2",
    };
    const { bound, diagnostics } = bindFiles(files);
    expect(diagnostics).toEqual([]);
    expect(bound.params.get("y")?.value).toBe(21);
    const passed = bindFiles({ ...files, "main.stretto": 'import { b } from "./a.stretto"' });
    expect(namesOf(passed.diagnostics)).toEqual(["unknown-import"]);
  });

  test("from folders below, and back up as far as the entry's", () => {
    const files = {
      "main.stretto": 'import { a } from "./below/a.stretto"\nparam x = a',
      "below/a.stretto": 'import { b } from "../b.stretto"\nparam a = b',
      "b.stretto": "param b = 7",
    };
    const { bound, diagnostics } = bindFiles(files);
    expect(diagnostics).toEqual([]);
    expect(bound.params.get("x")?.value).toBe(7);
  });

  test.each(["/etc/passwd.stretto", "https://x/a.stretto", "a.stretto", "./a.txt", ".\\a.stretto", "std/a/b", ""])(
    "%s is no import path",
    (path) => expect(namesOf(bindText(`import { a } from "${path}"`).diagnostics)).toEqual(["import-path-form"]),
  );

  test.each(["../a.stretto", "./../a.stretto", "./b/../../a.stretto", "./b/c/../../../main.stretto"])(
    "%s leads out of the folder",
    (path) => expect(namesOf(bindText(`import { a } from "${path}"`).diagnostics)).toEqual(["import-outside-folder"]),
  );

  test("of one name twice, or over a declaration, are told", () => {
    const files = { "a.stretto": "param a = 1", "b.stretto": "param a = 2" };
    const twice = 'import { a } from "./a.stretto"\nimport { a } from "./b.stretto"';
    expect(namesOf(bindFiles({ ...files, "main.stretto": twice }).diagnostics)).toEqual(["duplicate-name"]);
    const over = 'import { a } from "./a.stretto"\nparam a = 3';
    expect(namesOf(bindFiles({ ...files, "main.stretto": over }).diagnostics)).toEqual(["duplicate-name"]);
  });
});

describe("a fix removes its mistake and adds none", () => {
  test.each([
    ["param tokens = 4096\nparam rows = tokns * 2"],
    ["param tokens = 4096\nprofile small { token = 64 }"],
    ['import { laptpo } from "std/machines"\nmesh on laptop { r: 2 }'],
    ['import { laptop } from "std/machine"\nmesh on laptop { r: 2 }'],
    ["mesh on laptop { r: 2 }"],
    ['import { h800_node } from "std/machines"\nmesh on laptop { r: 2 }'],
    ['import { a } from "./a.stretto"\nmesh on laptop { r: 2 }'],
    ["param t = 8, e = 4\ntable g: t -> e = unifrom()"],
    [`${machine.slice(0, -1)} link g <-> g: swich { 1 GB/s } }`],
  ])("%s", (text) => {
    const files = { "a.stretto": "param a = 1" };
    const { diagnostics } = bindFiles({ ...files, "main.stretto": text });
    expect(diagnostics[0]?.fixes).not.toEqual([]);
    const mended = applyFix(text, diagnostics[0]!);
    expect(bindFiles({ ...files, "main.stretto": mended }).diagnostics).toEqual([]);
  });
});

describe("the nearest name", () => {
  const word = fc.stringMatching(/^[a-d]{0,7}$/);

  test("distance is a metric but for swaps, and 0 only of the same", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);
        expect(distance).toBe(editDistance(b, a));
        expect(distance === 0).toBe(a === b);
        expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
        expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  test("one letter changed, dropped, added or swapped is one", () => {
    expect(["tokins", "tokns", "tokenss", "toknes"].map((written) => editDistance(written, "tokens"))).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test("is none where all are far", () => {
    expect(nearestName("hidden", ["tokens", "experts"])).toBeUndefined();
    expect(nearestName("x", ["y"])).toBeUndefined();
    expect(nearestName("tokns", ["token", "tokens"])).toBe("tokens");
  });
});

test("an axis is the same one whatever an import calls its size", () => {
  const head = 'import { matmul } from "std/ops"\nimport { h100_node } from "std/machines"\n';
  const mesh = "mesh on h100_node { tp: 4 }\n";
  const lib = `${head}param rows = 16, cols = 8
${mesh}layer product(x: bf16[rows/tp, cols], w: bf16[cols, rows]) -> y: bf16[rows/tp, rows] { return matmul(x, w) }
`;
  const main = (name: string) => `import { product, rows, cols as ${name} } from "./lib.stretto"
${head}param other = 8
${mesh}layer own(x: bf16[rows/tp, wide], w: bf16[wide, rows]) -> y: bf16[rows/tp, rows] { return product(x, w) }
`;
  const files = (name: string, size: string) => ({
    "lib.stretto": lib,
    "main.stretto": main(name).replaceAll("wide", size),
  });
  expect(diagnose(files("wide", "wide"))).toEqual([]);
  expect(diagnose(files("wide", "other")).map(({ name }) => name)).toContain("axis-mismatch");
});

test("what an import does not bring is told at the import alone", () => {
  const head = 'import { h100_node } from "std/machines"\nparam rows = 16\n';
  const main = (path: string, names: string) => `import { ${names} } from "${path}"
${head}mesh on h100_node { tp: 4 }
layer own(x: bf16[rows/tp, cols]) -> y: bf16[rows/tp, cols] { return doubled(x) }
schedule s of own
check s { no deadlock }
`;
  const lib = "param cols = 8\nop doubled(x: T[n, m]) -> T[n, m] = 2 * x[n, m]\n";
  const namesIn = (path: string, names: string) =>
    diagnose({ "lib.stretto": lib, "main.stretto": main(path, names) }).map(({ name }) => name);
  expect(namesIn("./lib.stretto", "cols, doubled")).toEqual([]);
  expect(namesIn("./lob.stretto", "cols, doubled")).toEqual(["import-not-found"]);
  expect(namesIn("./lib.stretto", "cols, twice as doubled")).toEqual(["unknown-import"]);
  const [short] = diagnose({ "lib.stretto": lib, "main.stretto": main("./lib", "cols, doubled") });
  expect(short).toMatchObject({ name: "import-path-form", fixes: [{ edits: [{ newText: '"./lib.stretto"' }] }] });
});
