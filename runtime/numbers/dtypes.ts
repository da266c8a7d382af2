/**
 * Number formats: rounding a float64 to what a value of a dtype can hold, and which typed array holds it.
 * Formats are IEEE 754 binary16, binary32 and binary64, bfloat16 (the upper half of binary32), the two 8-bit floats of
 * the Open Compute Project ("OCP 8-bit Floating Point Specification", 2023), and integers. Rounding is to nearest, ties
 * to even, with subnormals; floats overflow to infinity, f8e4m3, which has none, to not a number; integers saturate.
 * What is not zero is true. An i64 is exact up to 2^53, as float64 is.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";

export type Rounding = (value: number) => number;

interface FloatFormat {
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
  /** Exponent of the smallest normal number, 2^minExponent. */
  readonly minExponent: number;
  readonly largest: number;
  readonly overflow: number;
}

const floatFormats = {
  f16: { precision: 11, minExponent: -14, largest: 65504, overflow: Infinity },
  bf16: { precision: 8, minExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127, overflow: Infinity },
  f8e4m3: { precision: 4, minExponent: -6, largest: 448, overflow: NaN },
  f8e5m2: { precision: 3, minExponent: -14, largest: 57344, overflow: Infinity },
} satisfies Record<string, FloatFormat>;

const float64View = new Float64Array(1);
const uint32View = new Uint32Array(float64View.buffer);
/** Which half of a float64 has its exponent; typed arrays have the machine's byte order. */
const highWord = ((): 0 | 1 => {
  float64View[0] = 1;
  return uint32View[1] !== 0 ? 1 : 0;
})();

/**
 * Adding and subtracting 1.5 * 2^(e + 53 - precision) leaves the float64 adder to round at the unit in the last place of
 * the narrow format (Dekker 1971). Correct for any float64: nothing is rounded twice.
 */
function float({ precision, minExponent, largest, overflow }: FloatFormat): Rounding {
  const exponents = 2 + Math.floor(Math.log2(largest)) - minExponent;
  const shifts = Float64Array.from({ length: exponents }, (_, i) => 1.5 * 2 ** (minExponent + i + 53 - precision));
  return (value) => {
    const magnitude = Math.abs(value);
    // Beyond this the sum below could overflow itself; not a number goes the same way.
    if (!(magnitude <= 2 * largest)) return Math.sign(value) * overflow;
    float64View[0] = magnitude;
    const shift = shifts[Math.max((uint32View[highWord]! >>> 20) - 1023 - minExponent, 0)]!;
    const nearest = magnitude + shift - shift;
    const rounded = nearest > largest ? overflow : nearest;
    return value < 0 || Object.is(value, -0) ? -rounded : rounded;
  };
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function roundToInteger(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return value;
  // + 0 turns -0 into 0: integers have one zero.
  return roundHalfEven(Math.min(Math.max(value, low), high)) + 0;
}

const signed =
  (bits: number): Rounding =>
  (value) =>
    roundToInteger(value, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
const unsigned =
  (bits: number): Rounding =>
  (value) =>
    roundToInteger(value, 0, 2 ** bits - 1);

const roundings: Readonly<Record<string, Rounding>> = {
  f64: (value) => value,
  f32: Math.fround,
  f16: float(floatFormats.f16),
  bf16: float(floatFormats.bf16),
  f8e4m3: float(floatFormats.f8e4m3),
  f8e5m2: float(floatFormats.f8e5m2),
  i64: signed(64),
  i32: signed(32),
  i16: signed(16),
  i8: signed(8),
  u32: unsigned(32),
  u16: unsigned(16),
  u8: unsigned(8),
  bool: (value) => (Number.isNaN(value) ? value : Number(value !== 0)),
};

export const executableDtypes: readonly string[] = Object.keys(roundings);

/** Rounds a float64 to the dtype; not a number stays not a number. Throws InternalFault for a dtype that does not execute. */
export function roundingOf(dtype: string): Rounding {
  const rounding = roundings[dtype];
  if (rounding === undefined) throw new InternalFault("run", `no rounding for dtype ${dtype}`);
  return rounding;
}

/** Of the floats; all else is added without error. */
const precisions: Readonly<Record<string, number>> = {
  f64: 53,
  f32: 24,
  ...Object.fromEntries(Object.entries(floatFormats).map(([dtype, { precision }]) => [dtype, precision])),
};

/**
 * The largest relative error of one rounding, underflow aside: half the distance from 1 to the next number; 0 of
 * integers. Throws InternalFault as `roundingOf` does.
 */
export function unitRoundoff(dtype: string): number {
  roundingOf(dtype);
  const precision = precisions[dtype];
  return precision === undefined ? 0 : 2 ** -precision;
}

export function isInteger(dtype: string): boolean {
  return precisions[dtype] === undefined;
}

const wide = new Set(["f64", "i64", "i32", "u32"]);

/** Numbers of the dtype are kept in float64 where float32 cannot hold all of them, else in float32. */
export function isWide(dtype: string): boolean {
  return wide.has(dtype);
}

/** Bytes an element takes in the runtime's memory, whatever the dtype takes on the machine. */
export function storedBytes(dtype: string): number {
  return isWide(dtype) ? 8 : 4;
}

export type Elements = Float32Array | Float64Array;
