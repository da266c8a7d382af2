import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeDimension } from "../../compiler/bind/quantity.js";
import { units } from "../../grammar/units.js";
import { bindText, namesOf } from "../support/bind-text.js";

/** The value of an expression, and its unit in words. */
function valueOf(expression: string): [number, string] | string[] {
  const { bound, diagnostics } = bindText(`param a = ${expression}`);
  const quantity = bound.params.get("a");
  return quantity ? [quantity.value, describeDimension(quantity.dimension)] : namesOf(diagnostics);
}

describe("values", () => {
  test.each<[string, number]>([
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["7 - 2 - 1", 4],
    ["64 / 4 / 2", 8],
    ["7 / 2", 3.5],
    ["7 % 4", 3],
    ["-1 % 8", 7],
    ["-8 % 8", 0],
    ["-(3)", -3],
    ["16_384", 16384],
    ["85 %", 0.85],
    ["min(3, 1, 2)", 1],
    ["max(3, 1, 2)", 3],
    ["ceil(7 / 2) + floor(7 / 2)", 7],
    ["log2(1024)", 10],
    ["abs(-3)", 3],
  ])("%s is %d", (expression, value) => expect(valueOf(expression)).toEqual([value, "a plain number"]));

  test.each<[string, number, string]>([
    ["80 GB", 8e10, "bytes"],
    ["1 GiB", 2 ** 30, "bytes"],
    ["8 bit", 1, "bytes"],
    ["4 us", 4e-6, "seconds"],
    ["200 GB/s", 2e11, "bytes per second"],
    ["400 Gb/s", 5e10, "bytes per second"],
    ["989 TFLOP/s", 9.89e14, "FLOP per second"],
    ["80 GB / 200 GB/s", 0.4, "seconds"],
    ["200 GB/s * 2 s", 4e11, "bytes"],
    ["2 GB * 2 GB", 4e18, "bytes^2"],
    ["1 / 2 s", 0.5, "1 per second"],
    ["10 GB / 5 GB", 2, "a plain number"],
    ["min(3 GB, 4 GB)", 3e9, "bytes"],
    ["7 GB % 4 GB", 3e9, "bytes"],
    ["3 < 4", 1, "true or false"],
    ["3 GB >= 4 GB", 0, "true or false"],
    ["not (3 < 4) or 1 == 1 and 2 != 2", 0, "true or false"],
  ])("%s is %d %s", (expression, value, unit) => {
    const [found, foundUnit] = valueOf(expression);
    expect(found).toBeCloseTo(value, 12 - Math.ceil(Math.log10(Math.abs(value) + 1)));
    expect(foundUnit).toBe(unit);
  });

  test.each([
    ["1 + 2 GB", "mixed-units"],
    ["1 s - 1 B", "mixed-units"],
    ["1 GB < 1 s", "mixed-units"],
    ["1 GB % 2", "mixed-units"],
    ["(1 < 2) + 1", "mixed-units"],
    ["(1 < 2) * 2", "mixed-units"],
    ["1 and 2", "mixed-units"],
    ["min(1, 2 GB)", "wrong-unit"],
    ["ceil(2 GB)", "wrong-unit"],
    ["not 3", "wrong-unit"],
    ["-(1 < 2)", "wrong-unit"],
    ["max()", "wrong-argument-count"],
    ["ceil(1, 2)", "wrong-argument-count"],
    ["celi(1)", "unknown-name"],
    ["sum", "wrong-noun"],
    ["a.b", "not-a-value"],
    ["f()()", "not-a-value"],
    ["(1, 2)", "not-a-value"],
    ['"text"', "not-a-value"],
  ])("%s is %s", (expression, name) => expect(valueOf(expression)).toEqual([name]));

  test("a mistake in a part is told once, at the part", () => {
    const text = "param a = 2 * (1 + 2 GB) * 3\nparam b = a + a";
    const { bound, diagnostics } = bindText(text);
    expect(namesOf(diagnostics)).toEqual(["mixed-units"]);
    const { start, end } = diagnostics[0]!.location.span;
    expect(text.slice(start, end)).toContain("1 + 2 GB");
    expect(diagnostics[0]!.message).toContain("a plain number");
    expect(diagnostics[0]!.message).toContain("bytes");
    expect([...bound.params.keys()]).toEqual([]);
  });
});

describe("unit algebra", () => {
  const unit = fc.constantFrom(...units.map((one) => one.name));
  const number = fc.integer({ min: 1, max: 1000 });
  const quantity = fc.tuple(number, unit).map(([value, name]) => `${value} ${name}`);

  test("a product does not depend on order; a quotient undoes it", () => {
    fc.assert(
      fc.property(quantity, quantity, (x, y) => {
        expect(valueOf(`${x} * (${y})`)).toEqual(valueOf(`${y} * (${x})`));
        const [back, unitBack] = valueOf(`${x} * (${y}) / (${y})`) as [number, string];
        const [first, firstUnit] = valueOf(x) as [number, string];
        expect(unitBack).toBe(firstUnit);
        expect(back / first).toBeCloseTo(1, 12);
      }),
      { numRuns: 100 },
    );
  });

  test("a sum has a value exactly where a comparison has, and where the quotient is a plain number", () => {
    fc.assert(
      fc.property(quantity, quantity, (x, y) => {
        const same = valueOf(`${x} / (${y})`)[1] === "a plain number";
        expect(valueOf(`${x} + ${y}`)[0] !== "mixed-units").toBe(same);
        expect(valueOf(`${x} < ${y}`)[0] !== "mixed-units").toBe(same);
      }),
      { numRuns: 100 },
    );
  });

  test("integer arithmetic is that of JavaScript, but for % of negatives, which wraps", () => {
    const term = fc.integer({ min: -50, max: 50 });
    const operator = fc.constantFrom("+", "-", "*");
    fc.assert(
      fc.property(term, fc.array(fc.tuple(operator, term), { maxLength: 8 }), (first, rest) => {
        const text = [`(${first})`, ...rest.map(([sign, value]) => `${sign} (${value})`)].join(" ");
        expect(valueOf(text)[0]).toBe(Function(`return (${text}) + 0`)());
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(term, fc.integer({ min: 1, max: 9 }), (value, divisor) => {
        expect(valueOf(`(${value}) % ${divisor}`)[0]).toBe((((value % divisor) + divisor) % divisor) + 0);
      }),
      { numRuns: 100 },
    );
  });
});

describe("params", () => {
  test("stand in any order", () => {
    const { bound, diagnostics } = bindText("param c = b * 2\naxis b = a + 1\nparam a = 3");
    expect(diagnostics).toEqual([]);
    expect(Object.fromEntries([...bound.params].map(([name, one]) => [name, one.value]))).toEqual({ c: 8, a: 3 });
  });

  test("in a circle are told once, with the circle", () => {
    const { diagnostics } = bindText("param a = b, b = c + 1, c = a * 2, d = a, e = 5");
    expect(namesOf(diagnostics)).toEqual(["param-cycle"]);
    expect(diagnostics[0]!.message).toContain("a -> b -> c -> a");
    expect(namesOf(bindText("param a = a").diagnostics)).toEqual(["param-cycle"]);
  });
});

describe("profiles and --set", () => {
  const text = "param a = 1, b = a * 10\nprofile small { a = 2 }\nprofile odd { a = b, b = 7 }";
  const values = (options: Parameters<typeof bindText>[1]) => {
    const { bound, diagnostics } = bindText(text, options);
    return diagnostics.length > 0 ? namesOf(diagnostics) : [...bound.params.values()].map((one) => one.value);
  };

  test("replace a param, and what depends on it follows", () => {
    expect(values({})).toEqual([1, 10]);
    expect(values({ profile: "small" })).toEqual([2, 20]);
    expect(values({ profile: "odd" })).toEqual([7, 7]);
    expect(values({ profileIfThere: "small" })).toEqual([2, 20]);
    expect(values({ profileIfThere: "tiny" })).toEqual([1, 10]);
    expect(values({ profile: "odd", profileIfThere: "small" })).toEqual([7, 7]);
    expect(values({ set: new Map([["a", "3"]]) })).toEqual([3, 30]);
    expect(values({ set: new Map([["a", "2 * (3 + 1)"]]) })).toEqual([8, 80]);
    expect(values({ set: new Map([["b", "a + 4"]]) })).toEqual([1, 5]);
  });

  test("--set wins over a profile, and can close or open a circle", () => {
    expect(values({ profile: "small", set: new Map([["a", "3"]]) })).toEqual([3, 30]);
    expect(values({ set: new Map([["a", "b"]]) })).toEqual(["param-cycle"]);
    const both = new Map([
      ["a", "b"],
      ["b", "6"],
    ]);
    expect(values({ set: both })).toEqual([6, 6]);
  });

  test.each<[string, Parameters<typeof bindText>[1], string]>([
    ["a profile that is none", { profile: "smal" }, "unknown-profile"],
    ["a name that is none", { set: new Map([["c", "1"]]) }, "unknown-setting"],
    ["a name of the prelude", { set: new Map([["sum", "1"]]) }, "unknown-setting"],
    ["no text", { set: new Map([["a", ""]]) }, "setting-unreadable"],
    ["half an expression", { set: new Map([["a", "1 +"]]) }, "setting-unreadable"],
    ["a second param", { set: new Map([["a", "1, b = 2"]]) }, "setting-unreadable"],
    ["another declaration", { set: new Map([["a", "1\nparam c = 2"]]) }, "setting-unreadable"],
    ["an unknown name", { set: new Map([["a", "zz"]]) }, "unknown-name"],
    ["a division by zero", { set: new Map([["a", "1 / 0"]]) }, "division-by-zero"],
  ])("%s is refused", (_, options, name) => expect(values(options)).toEqual([name]));

  test("a mistake in the text of --set is told there", () => {
    const { bound, diagnostics } = bindText("param a = 1", { set: new Map([["a", "1 + zz"]]) });
    const { file, span } = diagnostics[0]!.location;
    expect(file).toBe("--set a");
    expect(bound.sourceText(file)?.slice(span.start, span.end)).toBe("zz");
  });

  test("mistakes in a profile are told whether it is used or not", () => {
    const wrong = "param a = 1\nprofile small { a = 1, a = 2, b = 3 }";
    expect(namesOf(bindText(wrong).diagnostics)).toEqual(["duplicate-setting", "unknown-name"]);
  });
});
