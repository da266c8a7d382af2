import { expect, test } from "vitest";
import { isWide, roundingOf, unitRoundoff } from "../../runtime/dtypes.js";

/** Decodes a pattern of sign, exponent and fraction bits, as the formats' definitions say. */
function decode(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >>> (exponentBits + fractionBits) ? -1 : 1;
  const exponent = (bits >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = bits & (2 ** fractionBits - 1);
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

const narrow = [
  { dtype: "f16", exponentBits: 5, fractionBits: 10 },
  { dtype: "bf16", exponentBits: 8, fractionBits: 7 },
];

test.each(narrow)("$dtype: each of its 65536 patterns is kept", ({ dtype, exponentBits, fractionBits }) => {
  const round = roundingOf(dtype);
  const changed: number[] = [];
  for (let bits = 0; bits < 2 ** 16; bits++) {
    const value = decode(bits, exponentBits, fractionBits);
    if (!Object.is(round(value), value)) changed.push(bits);
  }
  expect(changed).toEqual([]);
});

test.each(narrow)(
  "$dtype: between neighbours the nearer wins, and halfway the even one",
  ({ dtype, exponentBits, fractionBits }) => {
    const round = roundingOf(dtype);
    const wrong: number[] = [];
    const largest = (2 ** exponentBits - 1) * 2 ** fractionBits - 1;
    for (let bits = 0; bits <= largest; bits++) {
      const low = decode(bits, exponentBits, fractionBits);
      // One past the largest is where the next binade would begin: halfway to there is what overflows.
      const high = bits === largest ? 2 ** (2 ** (exponentBits - 1)) : decode(bits + 1, exponentBits, fractionBits);
      const rounded = bits === largest ? Infinity : high;
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? low : rounded;
      // Farther apart than float64's own rounding, closer than any float32.
      const step = middle * 2 ** -50;
      for (const sign of [1, -1]) {
        if (!Object.is(round(sign * middle), sign * even)) wrong.push(sign * bits);
        if (!Object.is(round(sign * (middle - step)), sign * low)) wrong.push(sign * bits);
        if (!Object.is(round(sign * (middle + step)), sign * rounded)) wrong.push(sign * bits);
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each(narrow)("$dtype: ends of the range", ({ dtype }) => {
  const round = roundingOf(dtype);
  expect(round(NaN)).toBeNaN();
  expect(round(Infinity)).toBe(Infinity);
  expect(round(-1e300)).toBe(-Infinity);
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
  expect(["f64", "i32", "f32", "f16", "bf16", "i8"].map(isWide)).toEqual([true, true, false, false, false, false]);
});
