/** Views: each rank has what the result needs, so there is no task; who reads the result waits for the operand's writers. */
import type { ViewStatement } from "../check/ir.js";
import { stays, type LoweringContext } from "./context.js";
import type { Domains } from "./domains.js";
import { partitionFromBlocks } from "./partition.js";
import type { Runs } from "../graph/runs.js";
import { addPiece } from "./writers.js";

export function lowerView(context: LoweringContext, statement: ViewStatement): void {
  const { layer, domains, program } = context;
  const operand = layer.values[statement.operand]!;
  for (let rank = 0; rank < program.mesh.rankCount; rank++) {
    if (!domains.present(operand, rank)) continue;
    const held = heldByView(context, statement, rank);
    if (held.some((runs) => runs.length === 0)) continue;
    addPiece(context, statement.result, rank, {
      partitions: held.map((runs) => partitionFromBlocks([runs])),
      writers: Int32Array.of(stays),
      base: 0,
      alias: operand,
      through: (region) => throughView(context, statement, rank, region),
    });
  }
}

type ViewContext = Pick<LoweringContext, "layer"> & { readonly domains: Domains };

/** What of the result a rank has from the operand: all of it, but for `fan`, whose result is the identity elsewhere. */
export function heldByView({ layer, domains }: ViewContext, statement: ViewStatement, rank: number): Runs[] {
  const held = layer.values[statement.view === "fan" ? statement.operand : statement.result]!;
  return held.axes.map((_, d) => domains.ofValue(held, d, rank));
}

/** The region of the operand that a region of the result is. */
export function throughView(
  { layer, domains }: ViewContext,
  { view, operand, dimension }: ViewStatement,
  rank: number,
  region: readonly Runs[],
): readonly Runs[] {
  if (view === "spread") return region.toSpliced(dimension, 1);
  if (view !== "partials") return region;
  return region.toSpliced(dimension, 0, domains.ofValue(layer.values[operand]!, dimension, rank));
}
