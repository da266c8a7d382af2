import type { Dimension as UnitDimension } from "../../grammar/units.js";

/**
 * A number with its unit (R7). Values are in base units: bytes, seconds, floating-point operations; shares and counts
 * have none. 80 GB is { value: 8e10, dimension: { bytes: 1, .. } }.
 */
export interface Quantity {
  readonly value: number;
  readonly dimension: Dimension;
}

/** Exponents of the base units. */
export interface Dimension {
  readonly bytes: number;
  readonly seconds: number;
  readonly flops: number;
  /** 1 for what a comparison gives; such a value is 1 or 0 and joins no arithmetic. */
  readonly truth: number;
}

function dimension(bytes: number, seconds: number, flops: number, truth = 0): Dimension {
  return { bytes, seconds, flops, truth };
}

export const plain = dimension(0, 0, 0);
export const bytes = dimension(1, 0, 0);
export const seconds = dimension(0, 1, 0);
export const flops = dimension(0, 0, 1);
export const bytesPerSecond = dimension(1, -1, 0);
export const flopsPerSecond = dimension(0, -1, 1);
export const truth = dimension(0, 0, 0, 1);

/** What a unit of grammar's table measures, and how many base units one of its base is: a bit is an eighth of a byte. */
export const unitDimensions: Readonly<
  Record<UnitDimension, { readonly dimension: Dimension; readonly scale: number }>
> = {
  bytes: { dimension: bytes, scale: 1 },
  bits: { dimension: bytes, scale: 1 / 8 },
  seconds: { dimension: seconds, scale: 1 },
  flops: { dimension: flops, scale: 1 },
  "bytes/s": { dimension: bytesPerSecond, scale: 1 },
  "flops/s": { dimension: flopsPerSecond, scale: 1 },
  share: { dimension: plain, scale: 1 },
};

export function sameDimension(a: Dimension, b: Dimension): boolean {
  return a.bytes === b.bytes && a.seconds === b.seconds && a.flops === b.flops && a.truth === b.truth;
}

/** Of a product (`sign` 1) or a quotient (-1). */
export function combineDimensions(a: Dimension, b: Dimension, sign: 1 | -1): Dimension {
  return dimension(a.bytes + sign * b.bytes, a.seconds + sign * b.seconds, a.flops + sign * b.flops);
}

/** `a plain number`, `bytes`, `FLOP per second`, `bytes^2 per second`. */
export function describeDimension(value: Dimension): string {
  if (value.truth !== 0) return "true or false";
  const units = [
    ["bytes", value.bytes],
    ["FLOP", value.flops],
    ["seconds", value.seconds],
  ] as const;
  const power = (name: string, exponent: number) => (exponent === 1 ? name : `${name}^${exponent}`);
  const above = units.filter(([, exponent]) => exponent > 0).map(([name, exponent]) => power(name, exponent));
  const below = units
    .filter(([, exponent]) => exponent < 0)
    .map(([name, exponent]) => power(name === "seconds" ? "second" : name, -exponent));
  if (above.length === 0 && below.length === 0) return "a plain number";
  return [above.length > 0 ? above.join(" ") : "1", ...below.map((unit) => `per ${unit}`)].join(" ");
}
