/**
 * Number formats: rounding a float64 to what a value of a dtype can hold, and which typed array holds it.
 * Formats are IEEE 754 binary16, bfloat16 (the upper half of binary32), binary32 and binary64, and two's complement
 * integers. Rounding is to nearest, ties to even, with subnormals; floats overflow to infinity, integers saturate.
 */
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";

export type Rounding = (value: number) => number;

interface FloatFormat {
  /** Bits of the significand, the hidden one included. */
  readonly precision: number;
  /** Exponent of the smallest normal number, 2^minExponent. */
  readonly minExponent: number;
  /** The least magnitude that rounds to infinity. */
  readonly overflow: number;
}

const float16: FloatFormat = { precision: 11, minExponent: -14, overflow: 65520 };
const bfloat16: FloatFormat = { precision: 8, minExponent: -126, overflow: (2 - 2 ** -8) * 2 ** 127 };

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
function roundToFormat(value: number, format: FloatFormat): number {
  const magnitude = Math.abs(value);
  if (!(magnitude < format.overflow)) return Number.isNaN(value) ? value : Math.sign(value) * Infinity;
  float64View[0] = magnitude;
  const exponent = Math.max((uint32View[highWord]! >>> 20) - 1023, format.minExponent);
  const shift = 1.5 * 2 ** (exponent + 53 - format.precision);
  const rounded = magnitude + shift - shift;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
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

const roundings: Readonly<Record<string, Rounding>> = {
  f64: (value) => value,
  f32: Math.fround,
  f16: (value) => roundToFormat(value, float16),
  bf16: (value) => roundToFormat(value, bfloat16),
  i32: (value) => roundToInteger(value, -(2 ** 31), 2 ** 31 - 1),
  i8: (value) => roundToInteger(value, -128, 127),
};

/** Half the distance from 1 to the next number; 0 for integers, which the runtime adds without error. */
const unitRoundoffs: Readonly<Record<string, number>> = {
  f64: 2 ** -53,
  f32: 2 ** -24,
  f16: 2 ** -11,
  bf16: 2 ** -8,
  i32: 0,
  i8: 0,
};

export const executableDtypes: readonly string[] = Object.keys(roundings);

/** Rounds a float64 to the dtype; not a number stays not a number. Throws InternalFault for a dtype that does not execute. */
export function roundingOf(dtype: string): Rounding {
  const rounding = roundings[dtype];
  if (rounding === undefined) throw new InternalFault("run", `no rounding for dtype ${dtype}`);
  return rounding;
}

/** The largest relative error of one rounding to the dtype, underflow aside. Throws InternalFault as `roundingOf` does. */
export function unitRoundoff(dtype: string): number {
  const unit = unitRoundoffs[dtype];
  if (unit === undefined) throw new InternalFault("run", `no unit roundoff for dtype ${dtype}`);
  return unit;
}

export function isInteger(dtype: string): boolean {
  return dtype.startsWith("i");
}

/** Numbers of the dtype are kept in float64 where float32 cannot hold all of them, else in float32. */
export function isWide(dtype: string): boolean {
  return dtype === "f64" || dtype === "i32";
}

/** Bytes an element takes in the runtime's memory, whatever the dtype takes on the machine. */
export function storedBytes(dtype: string): number {
  return isWide(dtype) ? 8 : 4;
}

export type Elements = Float32Array | Float64Array;
