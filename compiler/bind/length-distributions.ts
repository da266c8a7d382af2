/** How long the documents are that are laid one after the other. */
import { mix32, startState } from "./table-generator.js";

export interface LengthDistribution {
  readonly parameters: readonly { readonly what: string; readonly isWhole: boolean }[];
  /** The same without a seed. */
  readonly isDrawn: boolean;
  /** Length of a document, at least 1, from two numbers strictly between 0 and 1. */
  length(parameters: readonly number[], first: number, second: number): number;
}

export const lengthDistributions: Readonly<Record<string, LengthDistribution>> = {
  /** All of one length. */
  fixed: {
    parameters: [{ what: "A length", isWhole: true }],
    isDrawn: false,
    length: ([length]) => length!,
  },
  /** Every length from the first to the second alike. */
  uniform: {
    parameters: [
      { what: "The least length", isWhole: true },
      { what: "The greatest length", isWhole: true },
    ],
    isDrawn: true,
    length: ([least, most], u) => least! + Math.floor(u * (most! - least! + 1)),
  },
  /** The logarithm is normal: half are below the median, and `spread` is the standard deviation of the natural logarithm. */
  lognormal: {
    parameters: [
      { what: "The median length", isWhole: true },
      { what: "The spread of lengths", isWhole: false },
    ],
    isDrawn: true,
    length([median, spread], u, v) {
      // Box and Muller 1958.
      const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
      return Math.max(1, Math.round(median! * Math.exp(spread! * normal)));
    },
  },
};

/**
 * Lengths that fill `total`, at most `most` of them: each a pure function of the seed and its own number, the last cut
 * where `total` ends. They come to less where there are not enough.
 */
export function drawLengths(
  { length }: LengthDistribution,
  parameters: readonly number[],
  { total, most, seed }: { readonly total: number; readonly most: number; readonly seed: number },
): number[] {
  const base = startState(seed);
  const lengths: number[] = [];
  for (let left = total; left > 0 && lengths.length < most;) {
    const state = mix32(base + Math.imul(lengths.length, 0x9e3779b9));
    const drawn = length(parameters, share(mix32(state + 0x9e3779b9)), share(mix32(state + 0x85ebca6b)));
    lengths.push(Math.min(left, drawn));
    left -= lengths.at(-1)!;
  }
  return lengths;
}

function share(bits: number): number {
  return (bits + 0.5) / 2 ** 32;
}
