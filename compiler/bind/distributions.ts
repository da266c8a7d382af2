import { constantRows, drawRows } from "./table-generator.js";
import type { GeneratedRows } from "./table-rows.js";

export interface TableShape {
  readonly fromSize: number;
  readonly toSize: number;
  /** Different choices for each `from`. */
  readonly count: number;
  readonly seed: number;
}

/** A way to choose rows. What each parameter may be is checked before `rows` is called. */
export interface Distribution {
  /** Its parameter: none, an exponent >= 0, or an index of `to`. */
  readonly parameter?: "exponent" | "index";
  /** How many of `to` can be chosen at all. */
  available(toSize: number): number;
  rows(shape: TableShape, parameter: number): GeneratedRows;
}

/** A weight below this would be lost in sums; raising it keeps every choice possible. */
const leastWeight = 1e-290;

export const distributions: Readonly<Record<string, Distribution>> = {
  /** All alike. */
  uniform: {
    available: (toSize) => toSize,
    rows: (shape) => drawRows(shape.fromSize, shape.count, new Float64Array(shape.toSize).fill(1), shape.seed),
  },
  /** `to` number i in proportion to (i + 1)^-a. */
  zipf: {
    parameter: "exponent",
    available: (toSize) => toSize,
    rows(shape, exponent) {
      const weights = Float64Array.from({ length: shape.toSize }, (_, index) =>
        Math.max(leastWeight, (index + 1) ** -exponent),
      );
      return drawRows(shape.fromSize, shape.count, weights, shape.seed);
    },
  },
  /** All to e; with more choices e, e + 1, .. round the end. */
  one: {
    parameter: "index",
    available: (toSize) => toSize,
    rows: (shape, first) => constantRows(shape.fromSize, shape.count, first, shape.toSize),
  },
  /** None to e, all others alike. */
  without: {
    parameter: "index",
    available: (toSize) => toSize - 1,
    rows(shape, excluded) {
      const weights = new Float64Array(shape.toSize).fill(1);
      weights[excluded] = 0;
      return drawRows(shape.fromSize, shape.count, weights, shape.seed);
    },
  },
};
