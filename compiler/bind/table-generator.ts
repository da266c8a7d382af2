/**
 * Seeded tables. Row choices are a pure function of (seed, index of `from`): the generator of index t starts at
 * mix(mix(low) + high * odd) + t * odd and steps by the golden ratio, each step mixed once more (splitmix with the 32-bit
 * mixer of C. Wellons, "Hash function prospector", `triple32`). Only 32-bit integer arithmetic and float64 sums are used,
 * so a seed gives the same table everywhere.
 */

import { orderRows } from "./table-rows.js";
import type { GeneratedRows } from "./table-rows.js";

/** Weight of each `to`; larger is chosen more often; 0 is never chosen. */
export type ChoiceWeights = Float64Array;

const golden = 0x9e3779b9;

/** A bijection of 32 bits in which every input bit moves every output bit. */
export function mix32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 17), 0xed5ad4bb);
  x = Math.imul(x ^ (x >>> 11), 0xac4c1b51);
  x = Math.imul(x ^ (x >>> 15), 0x31848bab);
  return (x ^ (x >>> 14)) >>> 0;
}

/** Where the generator of index t starts, for a seed in 0 .. 2^53. */
export function startState(seed: number): number {
  const low = seed >>> 0;
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  return mix32(mix32(low) + Math.imul(high, 0x85ebca6b));
}

/**
 * For each `from`, `count` different `to`s, drawn one after the other without replacement in proportion to `weights`,
 * and a weight for each that is positive, those of one `from` summing to 1.
 * `count` must not exceed the number of positive weights.
 */
export function drawRows(fromSize: number, count: number, weights: ChoiceWeights, seed: number): GeneratedRows {
  const tree = createSumTree(weights);
  const base = startState(seed);
  const chosen = new Int32Array(fromSize * count);
  const drawn = new Float64Array(fromSize * count);
  for (let index = 0; index < fromSize; index += 1) {
    let state = (base + Math.imul(index, golden)) >>> 0;
    state = mix32(state);
    const first = index * count;
    let total = 0;
    for (let row = first; row < first + count; row += 1) {
      state = (state + golden) >>> 0;
      const leaf = tree.draw((mix32(state) + 0.5) / 2 ** 32);
      if (count > 1) tree.set(leaf, 0);
      state = (state + golden) >>> 0;
      const weight = 0.5 + mix32(state) / 2 ** 32;
      chosen[row] = leaf;
      drawn[row] = weight;
      total += weight;
    }
    for (let row = first; row < first + count; row += 1) {
      if (count > 1) tree.set(chosen[row]!, weights[chosen[row]!]!);
      drawn[row]! /= total;
    }
  }
  return sortRows(chosen, drawn, count, weights.length);
}

/** For each `from`, `first`, `first + 1`, .. modulo `toSize`, with equal weights. */
export function constantRows(fromSize: number, count: number, first: number, toSize: number): GeneratedRows {
  const chosen = new Int32Array(fromSize * count);
  for (let row = 0; row < chosen.length; row += 1) chosen[row] = (first + (row % count)) % toSize;
  return sortRows(chosen, new Float64Array(chosen.length).fill(1 / count), count, toSize);
}

/** Rows, `count` to a `from`, ordered by (to, from). */
function sortRows(chosen: Int32Array, drawn: Float64Array, count: number, toSize: number): GeneratedRows {
  const from = Int32Array.from(chosen, (_, row) => Math.floor(row / count));
  return orderRows({ from, to: chosen, weight: drawn }, toSize);
}

interface SumTree {
  /** The leaf at a share 0 < u < 1 of the total; never one of weight 0 while another is left. */
  draw(share: number): number;
  set(leaf: number, weight: number): void;
}

/**
 * Weights in the leaves of a complete binary tree, sums above. A change recomputes the sums on its path from their two
 * parts, so that taking weights out and putting them back leaves no rounding behind.
 */
function createSumTree(weights: ChoiceWeights): SumTree {
  let leaves = 1;
  while (leaves < weights.length) leaves *= 2;
  const sums = new Float64Array(2 * leaves);
  sums.set(weights, leaves);
  for (let node = leaves - 1; node >= 1; node -= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
  return {
    draw(share) {
      let rest = share * sums[1]!;
      let node = 1;
      while (node < leaves) {
        const left = sums[2 * node]!;
        const right = sums[2 * node + 1]!;
        if (right === 0 || (left > 0 && rest < left)) node = 2 * node;
        else {
          rest -= left;
          node = 2 * node + 1;
        }
      }
      return node - leaves;
    },
    set(leaf, weight) {
      let node = leaf + leaves;
      sums[node] = weight;
      for (node >>= 1; node >= 1; node >>= 1) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
    },
  };
}
