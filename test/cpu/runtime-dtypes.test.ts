import { expect, test } from "vitest";
import { dtypeNames } from "../../grammar/dtypes.js";
import { executableDtypes, isWide, roundingOf, unitRoundoff } from "../../runtime/numbers/dtypes.js";

interface Format {
  readonly dtype: string;
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** The highest exponent is one of numbers, but for the pattern of all ones. */
  readonly withoutInfinity?: true;
}

const narrow: readonly Format[] = [
  { dtype: "f16", exponentBits: 5, fractionBits: 10 },
  { dtype: "bf16", exponentBits: 8, fractionBits: 7 },
  { dtype: "f8e5m2", exponentBits: 5, fractionBits: 2 },
  { dtype: "f8e4m3", exponentBits: 4, fractionBits: 3, withoutInfinity: true },
];

/** Decodes a pattern of sign, exponent and fraction bits, as the formats' definitions say. */
function decode(bits: number, { exponentBits, fractionBits, withoutInfinity }: Format): number {
  const sign = bits >>> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (bits >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1 && !withoutInfinity) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 2 ** exponentBits - 1 && fraction === 2 ** fractionBits - 1) return NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

/** All numbers of the format from 0 up, finite ones only. */
function magnitudes(format: Format): number[] {
  const patterns = Array.from({ length: 2 ** (format.exponentBits + format.fractionBits) }, (_, bits) => bits);
  return patterns.map((bits) => decode(bits, format)).filter(Number.isFinite);
}

test.each(narrow)("$dtype: each of its patterns is kept", (format) => {
  const round = roundingOf(format.dtype);
  const changed: number[] = [];
  for (let bits = 0; bits < 2 ** (1 + format.exponentBits + format.fractionBits); bits++) {
    const value = decode(bits, format);
    if (!Object.is(round(value), value)) changed.push(bits);
  }
  expect(changed).toEqual([]);
});

test.each(narrow)("$dtype: between neighbours the nearer wins, and halfway the even one", (format) => {
  const round = roundingOf(format.dtype);
  const wrong: number[] = [];
  const numbers = magnitudes(format);
  numbers.forEach((low, number) => {
    // One past the largest is where the next number would be: halfway to there is what overflows.
    const high = numbers[number + 1] ?? 2 * low - numbers[number - 1]!;
    const above = numbers[number + 1] ?? (format.withoutInfinity ? NaN : Infinity);
    const middle = (low + high) / 2;
    const even = number % 2 === 0 ? low : above;
    // Farther apart than float64's own rounding, closer than any float32.
    const step = middle * 2 ** -50;
    for (const sign of [1, -1]) {
      if (!Object.is(round(sign * middle), sign * even)) wrong.push(sign * number);
      if (!Object.is(round(sign * (middle - step)), sign * low)) wrong.push(sign * number);
      if (!Object.is(round(sign * (middle + step)), sign * above)) wrong.push(sign * number);
    }
  });
  expect(wrong).toEqual([]);
});

test.each(narrow)("$dtype: ends of the range", ({ dtype, withoutInfinity }) => {
  const round = roundingOf(dtype);
  const beyond = withoutInfinity ? NaN : Infinity;
  expect(round(NaN)).toBeNaN();
  expect(round(Infinity)).toBe(beyond);
  expect(round(-1e300)).toBe(-beyond);
  expect(round(-Number.MAX_VALUE)).toBe(-beyond);
  expect(round(1e-300)).toBe(0);
  expect(round(-1e-300)).toBe(-0);
  expect(round(Number.MIN_VALUE)).toBe(0);
});

test("f64 and f32 are the machine's own", () => {
  expect(roundingOf("f64")(0.1)).toBe(0.1);
  expect(roundingOf("f32")(0.1)).toBe(Math.fround(0.1));
  expect(roundingOf("f32")(2 ** 128)).toBe(Infinity);
  expect(roundingOf("f32")(2 ** -150)).toBe(0);
});

test("integers round half to even and saturate", () => {
  const round = roundingOf("i8");
  expect([0.5, 1.5, 2.5, -0.5, -1.5, 3.49, -3.51].map(round)).toEqual([0, 2, 2, 0, -2, 3, -4]);
  expect([127.5, 1e9, -128.6, -Infinity].map(round)).toEqual([127, 127, -128, -128]);
  expect(round(-0.2)).toBe(0);
  expect([-3, 254.5, 255.5, 300].map(roundingOf("u8"))).toEqual([0, 254, 255, 255]);
  expect([0, -0, 0.1, -7].map(roundingOf("bool"))).toEqual([0, 0, 1, 1]);
  expect(roundingOf("i32")(2 ** 40)).toBe(2 ** 31 - 1);
  expect(roundingOf("i32")(-(2 ** 40))).toBe(-(2 ** 31));
});

test("the unit roundoff is the largest relative error between 1 and 2", () => {
  for (const { dtype } of narrow) {
    const unit = unitRoundoff(dtype);
    expect(roundingOf(dtype)(1 + unit)).toBe(1);
    expect(roundingOf(dtype)(1 + unit * 1.01)).toBe(1 + 2 * unit);
  }
});

test("what float32 cannot hold is kept in float64", () => {
  expect(executableDtypes.filter(isWide)).toEqual(["f64", "i64", "i32", "u32"]);
});

test("every dtype of the language executes", () => {
  expect(new Set(executableDtypes)).toEqual(dtypeNames);
});
