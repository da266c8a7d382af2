/**
 * What a word leaves on each rank is what its layout says: the chunks of a rank's result, which do not overlap, have as
 * many of its elements as the rank shall hold. Collectives are proved by the numbers of chunks; this is about their places.
 */
import type { WordInstance } from "../lower/context.js";
import { product } from "../lower/cost.js";
import type { Lowered } from "../lower/lower.js";
import { intersect, runsLength } from "../graph/runs.js";
import type { IncompleteBlock } from "./complete.js";

export function findPartial(lowered: Lowered): IncompleteBlock | undefined {
  for (const [instance, record] of lowered.instances.entries()) {
    if (record.kind !== "word") continue;
    const found = partialResult(lowered, record);
    if (found !== undefined) return { instance, ...found };
  }
  return undefined;
}

function partialResult(
  { layer, domains, program }: Lowered,
  { ir, run, groups, selections }: WordInstance,
): Omit<IncompleteBlock, "instance"> | undefined {
  const value = layer.values[ir.result]!;
  const delivered = new Float64Array(program.mesh.rankCount);
  const regionOn = (rank: number) =>
    value.axes.map((axis, d) => {
      return selections.reduce(
        (runs, selection) => {
          const selected = domains.select(value.axes, d, selection);
          return selected === undefined ? runs : intersect(runs, selected);
        },
        domains.ofAxis(axis, rank),
      );
    });
  for (const group of groups)
    run.results.forEach((states, position) => {
      const rank = group.ranks[position]!;
      if (states.length === 0) return;
      const region = regionOn(rank);
      for (const s of states) {
        const { pieces, blockCount } = group.placed(run.states[s]!.chunk, position);
        if (blockCount === 0) continue;
        const lengths = pieces.map((list, d) =>
          list.reduce((sum, piece) => sum + runsLength(intersect(piece, region[d]!)), 0),
        );
        delivered[rank]! += product(lengths);
      }
    });
  for (let rank = 0; rank < program.mesh.rankCount; rank++) {
    if (!domains.present(value, rank)) continue;
    const wanted = product(regionOn(rank).map(runsLength));
    if (delivered[rank] !== wanted)
      return { rank, problem: `its chunks have ${delivered[rank]} of ${wanted} elements` };
  }
  return undefined;
}
