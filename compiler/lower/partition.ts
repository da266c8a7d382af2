/**
 * A dimension of a value on one rank, cut into blocks: which indices it holds, and which block holds each.
 * Blocks need not be intervals: what comes from one source rank of a ragged exchange is a run in every expert's rows.
 */
import { runsLength, sliceRuns, type Runs } from "../graph/runs.js";

export interface Partition {
  /** Sorted disjoint pieces [start[i], end[i]) of the dimension, each of one block. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly block: Int32Array;
  /** Indices of each block; all blocks are non-empty. */
  readonly blocks: readonly Runs[];
}

export function partitionFromBlocks(blocks: readonly Runs[]): Partition {
  const pieces: { start: number; end: number; block: number }[] = [];
  let sorted = true;
  for (let block = 0; block < blocks.length; block++) {
    const runs = blocks[block]!;
    for (let i = 0; i < runs.length; i += 2) {
      if (pieces.length > 0 && pieces.at(-1)!.start > runs[i]!) sorted = false;
      pieces.push({ start: runs[i]!, end: runs[i + 1]!, block });
    }
  }
  if (!sorted) pieces.sort((a, b) => a.start - b.start);
  return {
    start: Int32Array.from(pieces, (p) => p.start),
    end: Int32Array.from(pieces, (p) => p.end),
    block: Int32Array.from(pieces, (p) => p.block),
    blocks,
  };
}

/**
 * Cuts a domain at the given positions (sorted, counted within the domain), then each stretch between them into
 * blocks of `step` indices, the last short.
 */
export function cutDomain(domain: Runs, restarts: readonly number[], step: number): Runs[] {
  const length = runsLength(domain);
  const blocks: Runs[] = [];
  let from = 0;
  for (const to of [...restarts, length]) {
    for (let at = from; at < to; at += step) blocks.push(sliceRuns(domain, at, Math.min(to, at + step)));
    from = Math.max(from, to);
  }
  return blocks;
}

const hitsOf = new WeakMap<Partition, WeakMap<Runs, readonly number[]>>();

/** Blocks that hold at least one of the indices, ascending. Many runs are looked up once. */
export function blocksHit(partition: Partition, indices: Runs): readonly number[] {
  if (indices.length <= 4) return findHits(partition, indices);
  let known = hitsOf.get(partition);
  if (known === undefined) hitsOf.set(partition, (known = new WeakMap()));
  let hits = known.get(indices);
  if (hits === undefined) known.set(indices, (hits = findHits(partition, indices)));
  return hits;
}

function findHits(partition: Partition, indices: Runs): readonly number[] {
  const { start, end, block } = partition;
  if (indices.length === 0 || start.length === 0) return [];
  const hits: number[] = [];
  let ascending = true;
  let from = 0;
  for (let i = 0; i < indices.length; i += 2) {
    if (ascending && hits.length === partition.blocks.length) break;
    const low = indices[i]!;
    const high = indices[i + 1]!;
    from = firstEndingAfter(end, low, from);
    for (let piece = from; piece < start.length && start[piece]! < high; piece++) {
      const hit = block[piece]!;
      if (hits.length > 0 && hits.at(-1)! >= hit) {
        if (hits.at(-1) === hit) continue;
        ascending = false;
      }
      hits.push(hit);
    }
  }
  return ascending ? hits : [...new Set(hits)].toSorted((a, b) => a - b);
}

/** The first piece, none before `from`, that ends after an index; found fast where it is near. */
function firstEndingAfter(end: Int32Array, index: number, from = 0): number {
  let low = from;
  let step = 1;
  while (low + step < end.length && end[low + step]! <= index) {
    low += step;
    step *= 2;
  }
  let high = Math.min(end.length, low + step);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (end[middle]! <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}
