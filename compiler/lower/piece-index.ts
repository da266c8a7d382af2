/** Finds the pieces of a value on a rank that may meet a region: a split into n parts leaves n, and most readers need one. */
import type { Piece } from "./context.js";
import type { Partition } from "./partition.js";
import type { Runs } from "../graph/runs.js";

interface PieceIndex {
  readonly count: number;
  /** The dimension along which the pieces differ most. */
  readonly dimension: number;
  /** Pieces by where they begin along it, and the furthest that any up to here reaches. */
  readonly order: Int32Array;
  readonly low: Int32Array;
  readonly furthest: Int32Array;
}

const indices = new WeakMap<readonly Piece[], PieceIndex>();

/** Fewer than these are looked through. */
const few = 8;

/** All pieces that hold something of the region, and perhaps others, in their order. */
export function piecesNear(pieces: readonly Piece[], region: readonly Runs[]): Iterable<Piece> {
  if (pieces.length < few || region.length === 0) return pieces;
  let index = indices.get(pieces);
  if (index?.count !== pieces.length) indices.set(pieces, (index = indexOf(pieces)));
  const runs = region[index.dimension]!;
  if (runs.length === 0) return [];
  const [from, to] = [runs[0]!, runs.at(-1)!];
  const found: number[] = [];
  for (let i = firstFrom(index.low, to) - 1; i >= 0 && index.furthest[i]! > from; i--) found.push(index.order[i]!);
  return found.sort((a, b) => a - b).map((piece) => pieces[piece]!);
}

function indexOf(pieces: readonly Piece[]): PieceIndex {
  const dimensions = pieces[0]!.partitions.length;
  const lowOf = (piece: Piece, d: number): number => piece.partitions[d]!.start[0] ?? 0;
  let dimension = 0;
  let most = 0;
  for (let d = 0; d < dimensions; d++) {
    const { size } = new Set(pieces.map((piece) => lowOf(piece, d)));
    if (size > most) [dimension, most] = [d, size];
  }
  const order = Int32Array.from(pieces, (_, i) => i).sort(
    (a, b) => lowOf(pieces[a]!, dimension) - lowOf(pieces[b]!, dimension) || a - b,
  );
  let reach = 0;
  return {
    count: pieces.length,
    dimension,
    order,
    low: order.map((piece) => lowOf(pieces[piece]!, dimension)),
    furthest: order.map((piece) => (reach = Math.max(reach, endOf(pieces[piece]!.partitions[dimension]!)))),
  };
}

function endOf({ end }: Partition): number {
  return end.at(-1) ?? 0;
}

/** Number of the first that is at least `value`. */
function firstFrom(sorted: Int32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
