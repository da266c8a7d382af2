import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parser.js";
import { maximumDepth, maximumLinks } from "../../grammar/problems.js";
import { keywords, symbols } from "../../grammar/tokens.js";
import { strettoFiles } from "../support/stretto-files.js";
import { checkInvariants } from "../support/syntax-tree.js";

const sound = (text: string): void => {
  const { tree, errors } = parse(text);
  checkInvariants(tree, text);
  for (const { span } of errors)
    expect(0 <= span.start && span.start <= span.end && span.end <= text.length).toBe(true);
};

const scraps = [
  ...Object.keys(keywords),
  ...Object.values(symbols).map(({ pattern }) => pattern),
  ...["x", "y", "12", "3.5e2", "80 GB", "85 %", '"s"', '"', "// c\n", "\n", "@", "é", "\u0000", "///", "\uFEFF"],
];

describe("no text is too broken to read", () => {
  test("any file, cut anywhere", () => {
    fc.assert(
      fc.property(fc.constantFrom(...strettoFiles), fc.nat(), ({ text }, at) =>
        sound(text.slice(0, at % (text.length + 1))),
      ),
      { numRuns: 300 },
    );
  });

  test("any file with a piece cut out or doubled", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...strettoFiles),
        fc.nat(),
        fc.nat(200),
        fc.boolean(),
        ({ text }, at, length, twice) => {
          const start = at % text.length;
          sound(text.slice(0, twice ? start + length : start) + text.slice(twice ? start : start + length));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("any soup of tokens", () => {
    const soup = fc.array(fc.constantFrom(...scraps), { maxLength: 80 }).map((words) => words.join(" "));
    fc.assert(fc.property(soup, sound), { numRuns: 1000 });
  });

  test("any soup in the body of a declaration", () => {
    const opening = fc.constantFrom(
      "layer f(x: T[a]) -> y: T[a] {",
      "schedule s of f {",
      "op f(x: T[a]) -> T[a] =",
      "machine m {",
      "check f {",
      "collective c(x: [c] -> [c/n]) over n {",
    );
    const soup = fc.array(fc.constantFrom(...scraps), { maxLength: 40 }).map((words) => words.join(" "));
    fc.assert(
      fc.property(opening, soup, (head, tail) => sound(`${head} ${tail}`)),
      { numRuns: 1000 },
    );
  });

  test("any characters", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), sound), { numRuns: 500 });
  });
});

describe("what is too deep is refused, just what is not is read", () => {
  const nested: [string, (levels: number) => string][] = [
    ["parentheses", (levels) => `param a = ${"(".repeat(levels)}1${")".repeat(levels)}`],
    ["indices", (levels) => `param a = ${"x[".repeat(levels)}1${"]".repeat(levels)}`],
    ["calls", (levels) => `param a = ${"f(".repeat(levels)}1${")".repeat(levels)}`],
    ["blocks", (levels) => `param a = ${"{".repeat(levels)}1${"}".repeat(levels)}`],
    ["negations", (levels) => `param a = ${"-".repeat(levels)}1`],
    ["reductions", (levels) => `op f() -> T[a] = ${"sum[k] ".repeat(levels)}1`],
    ["conditions", (levels) => `layer f(x: T[a]) -> y: T[a] {${"when g {".repeat(levels)}${"}".repeat(levels)}}`],
    [
      "rounds",
      (levels) => `collective c(x: [c/n] -> [c]) over n {${"for i in n {".repeat(levels)}${"}".repeat(levels)}}`,
    ],
    ["verbs in verbs", (levels) => `schedule s of f {${"in a: ".repeat(levels)}use t}`],
  ];
  test.each(nested)("%s", (_, text) => {
    expect(parse(text(maximumDepth - 2)).errors).toEqual([]);
    for (const levels of [maximumDepth + 1, 5000]) {
      const { errors } = parse(`${text(levels)}\nparam b = 1 @`);
      expect(errors.map(({ kind }) => kind)).toEqual(["too-deep", "unknown-character"]);
    }
  });

  test.each([
    ["operators", " + 1"],
    ["members", ".m"],
    ["calls", "()"],
  ])("a chain of %s", (_, link) => {
    expect(parse(`param a = x${link.repeat(maximumLinks)}`).errors).toEqual([]);
    expect(parse(`param a = x${link.repeat(maximumLinks + 1)}`).errors).toMatchObject([{ kind: "too-deep" }]);
  });
});

describe("a great deal of anything", () => {
  const size = 2 ** 20;
  const filled = (piece: string): string => piece.repeat(Math.ceil(size / piece.length));
  const noise = (): string => {
    let state = 1;
    let text = "";
    while (text.length < 4 * size) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      text += `${scraps[(state >>> 8) % scraps.length]!} `;
    }
    return text;
  };
  test.each([
    ["noise", noise()],
    ["names", filled("x ")],
    ["open brackets", filled("layer a(")],
    ["broken layers", filled("layer a(x: T[a]) -> y: T[a] { let z = f(x }\n")],
    ["broken statements", `layer a(x: T[a]) -> y: T[a] {${filled("let z = (x ]\n")}`],
    ["quotes", filled('"')],
    ["letters of another alphabet", filled("щ")],
    ["one pending value", `layer a(x: T[a] pending sum over ${filled("a, ")}`],
    ["type arguments", `param a = ${filled("f<")}`],
  ])("%s", (_, text) => {
    const { errors } = parse(text);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(100);
  });
});
