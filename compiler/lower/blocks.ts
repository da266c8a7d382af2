/** How a dimension of an op's result is cut on one rank: stretches between restarts, each in steps. */
import type { AxisCutIR, AxisIR, CheckedProgram } from "../check/ir.js";
import { columnOf } from "../graph/table-columns.js";
import type { DimensionCut } from "./settings.js";
import { ceilingPart, inStretches, partsOfLayout } from "./parts-of-axes.js";
import { cutDomain } from "./partition.js";
import { intersect, positionsOf, runsLength, type Runs } from "../graph/runs.js";
import { groupBoundaries, partBoundariesOfRows } from "./table-rows.js";

/** Blocks of a domain of the axis, in index order. */
export function blocksOf(program: CheckedProgram, axis: AxisIR, domain: Runs, cut: DimensionCut): Runs[] {
  // Parts by a factor lie among each other: the domain comes apart into those before it is cut along its length.
  const apart = cut.restarts.findIndex((layout) => !inStretches(layout.cuts));
  if (apart >= 0) {
    const rest = { ...cut, restarts: cut.restarts.toSpliced(apart, 1) };
    const parts = partsOfLayout(cut.restarts[apart]!, program.mesh);
    return parts.flatMap((part) => blocksOf(program, axis, intersect(domain, part), rest));
  }
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
  if (table !== undefined) {
    const columns = new Set(axis.cuts.map(({ by }) => by ?? "to"));
    const lists = [...columns].map((column) => {
      const { size } = columnOf(table, column);
      const cuts = axis.cuts.filter(({ by }) => (by ?? "to") === column);
      return partBoundariesOfRows(table, column, partStarts(program, size, cuts));
    });
    return lists.length === 0 ? groupBoundaries(table) : [...new Set(lists.flat())].sort((a, b) => a - b);
  }
  return partStarts(program, axis.size, axis.cuts);
}

function partStarts(program: CheckedProgram, size: number, cuts: readonly AxisCutIR[]): number[] {
  let ranges: [number, number][] = [[0, size]];
  for (const cut of cuts) {
    const n = program.mesh.axes[cut.meshAxis]!.size;
    ranges = ranges.flatMap((range) => Array.from({ length: n }, (_, i) => ceilingPart(...range, n, i)));
  }
  return ranges.map(([start]) => start);
}
