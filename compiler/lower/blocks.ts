/** How a dimension of an op's result is cut on one rank: stretches between restarts, each in steps. */
import type { AxisIR, CheckedProgram } from "../check/ir.js";
import type { DimensionCut } from "./settings.js";
import { ceilingPart } from "./domains.js";
import { cutDomain } from "./partition.js";
import { positionsOf, runsLength, type Runs } from "./runs.js";
import { fromPartBoundaries, groupBoundaries } from "./table-rows.js";

/** Blocks of a domain of the axis, in index order. */
export function blocksOf(program: CheckedProgram, axis: AxisIR, domain: Runs, cut: DimensionCut): Runs[] {
  const length = runsLength(domain);
  if (length === 0) return [];
  const ragged = axis.table !== undefined;
  const boundaries = new Set<number>();
  const groups = ragged ? groupBoundaries(program.tables[axis.table!]!) : [];
  if (ragged && (cut.tiled || cut.restarts.length > 0)) for (const b of groups) boundaries.add(b);
  // Ragged tiles may straddle source parts (they wait for the union); blocks that are not tiles end with them.
  if (!ragged || !cut.tiled)
    for (const layout of cut.restarts) for (const b of partBoundaries(program, layout)) boundaries.add(b);
  const restarts = positionsOf(
    domain,
    [...boundaries].toSorted((a, b) => a - b),
  );
  return cutDomain(domain, [...new Set(restarts)], Math.max(1, Math.min(cut.step ?? length, length)));
}

/** First indices of the parts of a layout, over all positions; for rows, where (to, part of from) changes. */
export function partBoundaries(program: CheckedProgram, axis: AxisIR): number[] {
  const table = axis.table === undefined ? undefined : program.tables[axis.table]!;
  const column = axis.cuts.some((c) => c.by === "from") ? "from" : "to";
  const size = table === undefined ? axis.size : column === "from" ? table.fromSize : table.toSize;
  let ranges: [number, number][] = [[0, size]];
  for (const cut of axis.cuts) {
    const n = program.mesh.axes[cut.meshAxis]!.size;
    ranges = ranges.flatMap((range) => Array.from({ length: n }, (_, i) => ceilingPart(...range, n, i)));
  }
  const starts = ranges.map(([start]) => start);
  if (table === undefined) return starts;
  return column === "from" ? fromPartBoundaries(table, starts) : groupBoundaries(table);
}
