import { expect, test } from "vitest";
import { StrettoParser } from "../../grammar/parser/stretto-parser.js";
import { keywords, literals, symbols } from "../../grammar/tokens.js";
import { unitNamed, units } from "../../grammar/units.js";
import { parse } from "../../grammar/parser.js";
import { tokenize, word } from "../../grammar/lexer.js";
import { grammarPage } from "../../scripts/generate-grammar-docs.mjs";
import { readProjectFile } from "../support/project.js";
import { parsed } from "../support/syntax-tree.js";

test("the grammar has no mistake that Chevrotain can find", () => {
  expect(() => new StrettoParser(true)).not.toThrow();
});

test("docs/reference/grammar.md says what the tables say", () => {
  expect(readProjectFile("docs/reference/grammar.md")).toBe(grammarPage({ keywords, symbols, literals, units }));
});

test.each(Object.entries(keywords))("`%s` is read as a word, longer names that begin so are names", (text, entry) => {
  const [first, second] = tokenize(`${text} ${text}x`).tokens;
  expect(first!.tokenType).toBe(word[text as keyof typeof keywords]);
  expect(second!.tokenType.name).toBe("Identifier");
  const { errors } = parse(`param ${text} = 2, y = ${text} + 1, z = x.${text}(3)`);
  expect(errors.length > 0).toBe("reserved" in entry);
});

test.each(units.map((unit) => [unit.name, unit]))("a number may be in %s", (name, unit) => {
  const [param] = parsed(`param a = 2 ${name}, b = 3`).declarations;
  expect(param).toMatchObject({ params: [{ value: { value: 2, unit: { text: name } } }, { value: { value: 3 } }] });
  expect(unitNamed(name)).toBe(unit);
});

test("what units say of one another", () => {
  const factor = (name: string): number => unitNamed(name)!.factor;
  expect(factor("KiB")).toBe(1024 * factor("B"));
  expect(factor("TiB")).toBe(1024 ** 4 * factor("bytes"));
  expect(factor("Gb/s") * 8).toBe(factor("GB/s"));
  expect(factor("PFLOP/s")).toBe(1000 * factor("TFLOP/s"));
  expect(factor("ms")).toBeCloseTo(1000 * factor("us"), 15);
  expect(unitNamed("parsec")).toBeUndefined();
});

test("a unit is a name where no number stands before it", () => {
  expect(parsed("param GB = 2, s = GB / s").declarations[0]).toMatchObject({
    params: [{ name: { text: "GB" } }, { value: { operator: "/", left: { name: { text: "GB" } } } }],
  });
});

test("percent and remainder", () => {
  const value = (text: string): unknown => parsed(`param a = ${text}`).declarations[0];
  expect(value("85 %")).toMatchObject({ params: [{ value: { unit: { text: "%" } } }] });
  expect(value("10 % n")).toMatchObject({ params: [{ value: { operator: "%", right: { kind: "NameExpr" } } }] });
  expect(value("n % 10")).toMatchObject({ params: [{ value: { operator: "%", left: { kind: "NameExpr" } } }] });
  expect(value("85 % + 1")).toMatchObject({ params: [{ value: { operator: "+", left: { unit: { text: "%" } } } }] });
});
