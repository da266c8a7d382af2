import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedAt, type ExpectedTokens } from "../../grammar/expected.js";
import { tokenize, type SourceToken } from "../../grammar/lexer.js";
import { parse } from "../../grammar/parser.js";
import type { NameRole } from "../../grammar/roles.js";
import { keywords, type Keyword } from "../../grammar/tokens.js";
import { continuations } from "../support/continuations.js";
import { readMarks } from "../support/editor.js";
import { strettoFiles } from "../support/stretto-files.js";

function at(source: string): ExpectedTokens {
  const { text, cursors } = readMarks(source);
  return expectedAt(text, cursors[0]!)!;
}
const words = (source: string): string => [...at(source).keywords.keys()].toSorted().join(" ");
const roles = (source: string): NameRole[] => [...at(source).names.keys()].toSorted();
const claims = "bytes drift faster for hides memory messages no rounds same within";
const verbs = "accumulate async fuse in keep order overlap pass priority recompute run split tile use";
const statements = "let next return when";

describe("words", () => {
  test.each([
    ["schedule s ┆", "of"],
    ["schedule s of l { overlap a ┆ }", `accumulate async by ${verbs.slice("accumulate async ".length)}`],
    ["check c { ┆ }", claims],
    ["check c { no ┆ }", "deadlock race"],
    ["check c { memory ┆ <= 3 GB }", "per"],
    ["check c { within 2 x ┆ }", "of"],
    ["check c { within 2 x of ┆ }", "bound"],
    ["check c { for gate seed in ┆ }", "any for not"],
    ["check c { for n in 1 .. 9 ┆ }", claims.replace("within", "step within")],
    ["schedule s of l { priority a ┆ }", "above"],
    ["schedule s of l { async a ┆ }", verbs],
    ["schedule s of l { run a on sms(┆) }", "auto for not"],
    ["table t: a -> b = ┆", "for from not"],
    ["layer l = ┆", "approximate"],
    ["check c { rounds ┆ }", ""],
    ["layer l(x: f32[a]) -> y: f32[a] { ┆ }", statements],
    ["mesh on m { tp: ranks ┆", "and or"],
    ["collective r(x: [c/n] -> [c]) over n { for s in 0 ..< n ┆ { } }", ""],
    ["collective r(x: [c/n] -> [c]) ┆", "over"],
    ["collective r(x: [c/n] -> [c]) over n { send x[rank] ┆ }", "and from or to"],
    ["schedule s of l { keep y ┆ }", "and of or"],
  ])("%s", (source, expected) => {
    expect(words(source)).toBe(expected);
  });
});

describe("what names stand for", () => {
  test.each<[string, NameRole[]]>([
    ["layer l(x: ┆", ["dtype"]],
    ["layer l(x: f32[┆", ["axis", "new"]],
    ["layer l(x: f32[a/┆", ["mesh axis"]],
    ["layer l(x: f32[a] pending ┆", ["monoid"]],
    ["schedule s of ┆", ["layer"]],
    ["schedule s of l { tile a, ┆ }", ["value"]],
    ["schedule s of l { use ┆ for a }", ["collective"]],
    ["schedule s of l { overlap a -> b by ┆ }", ["grain"]],
    ["check c { same result as ┆ }", ["layer"]],
    ["check c { faster than ┆ }", ["schedule"]],
    ["check c { for gate ┆ in any }", ["part of a setting"]],
    ['import { ┆ } from "std/ops"', ["import"]],
    ["profile small { ┆ }", ["setting"]],
    ["op f(x: T[a]) -> T[a] = x[a] cost { ┆ }", ["cost"]],
    ["layer l<R: ┆>(", ["kind of parameter"]],
    ["layer ┆", ["new"]],
  ])("%s", (source, expected) => {
    expect(roles(source)).toEqual(expected);
  });
});

describe("what is wrong before the place", () => {
  test.each([
    ["in another declaration", "layer l(x: f32[a) -> { let = }\n\nschedule s of l {\n  ┆\n}\n", "verb"],
    [
      "in another declaration, which is open",
      "layer l(x: f32[a]) -> y: f32[a] {\n  let h = f(x,\n\nschedule s of l {\n  ┆",
      "verb",
    ],
    ["in a verb before", "schedule s of l {\n  tile by by\n  foo\n  ┆\n}", "verb"],
    ["in a statement before", "layer l(x: f32[a]) -> y: f32[a] {\n  let = = 3\n  ┆\n}", "statement"],
    ["in the same statement", "layer l(x: f32[a]) -> y: f32[a] {\n  let h = = f(┆\n}", "expression"],
    ["a bracket that is missing", "layer l(x: f32[a] -> y: f32[a] {\n  let h = f(┆\n}", "expression"],
    ["a verb that goes on to the next line", "schedule s of l {\n  tile a by\n  order b ┆\n}", "order"],
  ])("%s", (_, source, expected) => {
    const { keywords: found, names } = at(source);
    if (expected === "verb") expect(found.has("overlap") && found.has("use")).toBe(true);
    else if (expected === "statement") expect([...found.keys()].toSorted().join(" ")).toBe(statements);
    else if (expected === "order") expect([found.has("as"), found.has("by")]).toEqual([true, true]);
    else expect(names.has("expression")).toBe(true);
  });
});

test.each(["// ┆", "param a = 1┆2", 'table t: a -> b = from "x┆"'])("nothing can be written in %s", (source) => {
  const { text, cursors } = readMarks(source);
  expect(expectedAt(text, cursors[0]!)).toBeUndefined();
});

test("a unit after a number is one word", () => {
  const { span, others } = at("param a = 80 GB/┆s");
  expect(span).toEqual({ start: 13, end: 17 });
  expect([...others].map(({ name }) => name)).toContain("Unit");
});

const isWord = ({ image }: SourceToken): boolean => /^[A-Za-z_]\w*$/.test(image);

const files = strettoFiles.map(({ text }) => ({ text, tokens: tokenize(text).tokens.filter(isWord) }));
const places = fc
  .constantFrom(...files.filter(({ text, tokens }) => tokens.length > 0 && parse(text).errors.length === 0))
  .chain(({ text, tokens }) => fc.record({ text: fc.constant(text), found: fc.constantFrom(...tokens) }));

test("a word that stands somewhere is expected there", () => {
  fc.assert(
    fc.property(places, ({ text, found }) => {
      const expected = expectedAt(text, found.startOffset + found.image.length)!;
      const { image } = found;
      const asUnit = [...expected.others].some(({ name }) => name === "Unit");
      expect(expected.keywords.has(image as Keyword) || expected.names.size > 0 || asUnit).toBe(true);
    }),
  );
});

test("what is expected can be read there", () => {
  fc.assert(
    fc.property(places, ({ text, found }) => {
      const { span, keywords: words, names } = expectedAt(text, found.startOffset)!;
      const offered = [...words.keys(), ...(names.size > 0 ? ["name"] : [])];
      for (const word of offered) {
        const opens = words.get(word as Keyword)?.some((rules) => rules[0] === "declaration" && rules.length === 2);
        const after = (opens ? continuations[word as Keyword] : undefined) ?? text.slice(span.end);
        const typed = text.slice(0, span.start) + word + after;
        const wrong = parse(typed).errors.filter((error) => error.span.start < span.start + word.length);
        expect({ word, wrong }).toEqual({ word, wrong: [] });
      }
    }),
  );
});

test("every word of the grammar is expected somewhere", () => {
  const seen = new Set<string>();
  for (const { text, tokens } of files) {
    const some = new Map(tokens.map((found) => [found.image, found]));
    for (const [image, { startOffset }] of some) {
      if (!Object.hasOwn(keywords, image) || seen.has(image)) continue;
      for (const word of expectedAt(text, startOffset)?.keywords.keys() ?? []) seen.add(word);
    }
  }
  // In no example: the table above has them.
  const unused = ["above", "any", "approximate", "bound", "step"];
  // Only once it is there is it told from the beginning of another verb.
  unused.push("ahead");
  expect(Object.keys(keywords).filter((word) => !seen.has(word) && !unused.includes(word))).toEqual([]);
});
