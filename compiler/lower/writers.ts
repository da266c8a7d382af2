/** Who writes a region of a value on a rank: the heart of dependency derivation. */
import type { ValueIR } from "../check/ir.js";
import { stays, type LoweringContext, type Piece } from "./context.js";
import { blocksHit } from "./partition.js";
import { piecesNear } from "./piece-index.js";
import { intersect, type Runs } from "../graph/runs.js";

/** Reports each task that writes at least one element of the region (a product of runs), perhaps repeatedly. */
export function forEachWriter(
  context: LoweringContext,
  value: ValueIR,
  rank: number,
  region: readonly Runs[],
  report: (task: number) => void,
): void {
  const pieces = context.pieces.get(value.id)?.[rank];
  if (pieces === undefined) return;
  for (const piece of piecesNear(pieces, region)) forEachWriterOfPiece(context, piece, rank, region, report);
}

function forEachWriterOfPiece(
  context: LoweringContext,
  piece: Piece,
  rank: number,
  region: readonly Runs[],
  report: (task: number) => void,
): void {
  const dimensions = piece.partitions.length;
  const hits: (readonly number[])[] = [];
  for (let d = 0; d < dimensions; d++) {
    const hit = blocksHit(piece.partitions[d]!, region[d]!);
    if (hit.length === 0) return;
    hits.push(hit);
  }
  const visit = (dimension: number, prefix: number, chosen: number[]): void => {
    if (dimension === dimensions) {
      const writer = piece.writers === undefined ? piece.base + prefix : piece.writers[prefix]!;
      if (writer >= 0) report(writer);
      else if (writer === stays) {
        const inside = region.map((runs, d) => intersect(runs, piece.partitions[d]!.blocks[chosen[d]!]!));
        forEachWriter(context, piece.alias!, rank, piece.through?.(inside) ?? inside, report);
      }
      return;
    }
    const count = piece.partitions[dimension]!.blocks.length;
    for (const block of hits[dimension]!) {
      chosen[dimension] = block;
      visit(dimension + 1, prefix * count + block, chosen);
    }
  };
  visit(0, 0, []);
}

export function addPiece(context: LoweringContext, value: number, rank: number, piece: Piece): void {
  let byRank = context.pieces.get(value);
  if (byRank === undefined) context.pieces.set(value, (byRank = []));
  (byRank[rank] ??= []).push(piece);
}
