import type fc from "fast-check";
import type { Draw } from "./draw.js";
import { drawn, shownAs } from "./drawn.js";

export interface ArbitraryMesh {
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  /** The product of the sizes. */
  readonly ranks: number;
  /** What stands after `mesh on m`: `{ p: 4, q: 2 }`. */
  readonly text: string;
}

/**
 * Meshes of one axis or more, of any sizes with a product of at most `maxRanks` (8): 1 and primes among them.
 *
 * @param options `names` of the axes, of which each mesh has the first few
 */
export function meshes(
  options: { readonly maxRanks?: number; readonly names?: readonly string[] } = {},
): fc.Arbitrary<ArbitraryMesh> {
  const { maxRanks = 8, names = ["p", "q", "r"] } = options;
  return drawn((draw) => {
    const count = draw.integer(1, names.length);
    const axes = axesOf(draw, names.slice(0, count), maxRanks);
    const text = `{ ${axes.map(({ name, size }) => `${name}: ${size}`).join(", ")} }`;
    const ranks = axes.reduce((product, { size }) => product * size, 1);
    return shownAs({ axes, ranks, text }, text);
  });
}

/** Sizes one after the other, each of at most what those before leave. */
export function axesOf(draw: Draw, names: readonly string[], maxRanks: number): { name: string; size: number }[] {
  let left = maxRanks;
  return names.map((name) => {
    const size = draw.integer(1, left);
    left = Math.floor(left / size);
    return { name, size };
  });
}
