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
