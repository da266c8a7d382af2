/** What a run is for: all of each output, and what views make outputs of. */
import type { LayerIR, ValueId } from "../check/ir.js";
import type { Domains } from "../lower/domains.js";
import { heldByView, throughView } from "../lower/lower-view.js";
import { intersect, type Region } from "../graph/runs.js";

/** By value, then rank. */
export type WantedRegions = ReadonlyMap<ValueId, readonly (readonly Region[])[]>;

export function wantedRegions(layer: LayerIR, domains: Domains, rankCount: number): WantedRegions {
  const wanted = new Map<ValueId, Region[][]>();
  const add = (value: ValueId, rank: number, region: Region): void => {
    let byRank = wanted.get(value);
    if (byRank === undefined) wanted.set(value, (byRank = Array.from({ length: rankCount }, () => [])));
    if (region.every((runs) => runs.length > 0)) byRank[rank]!.push(region);
  };
  for (const output of new Set(layer.outputs)) {
    const value = layer.values[output]!;
    for (let rank = 0; rank < rankCount; rank++) {
      if (!domains.present(value, rank)) continue;
      add(
        output,
        rank,
        value.axes.map((_, d) => domains.ofValue(value, d, rank)),
      );
    }
  }
  for (const statement of layer.statements.toReversed()) {
    if (statement.kind !== "view") continue;
    wanted.get(statement.result)?.forEach((regions, rank) => {
      const held = heldByView({ layer, domains }, statement, rank);
      for (const region of regions) {
        const inside = region.map((runs, d) => intersect(runs, held[d]!));
        if (inside.some((runs) => runs.length === 0)) continue;
        add(statement.operand, rank, throughView({ layer, domains }, statement, rank, inside));
      }
    });
  }
  return wanted;
}

export function meets(region: Region, wanted: readonly Region[]): boolean {
  return wanted.some((other) => region.every((runs, d) => intersect(runs, other[d]!).length > 0));
}
