/**
 * Which indices of each dimension of a value a rank holds, and which of them belong to a part of a split.
 * Cuts are in ceiling blocks, left to right (as torch.chunk and DTensor): the last parts may be short or empty.
 */
import type { AxisCutIR, AxisIR, CheckedProgram, MeshModel, ValueIR } from "../check/ir.js";
import { columnOf, columnOnAxis } from "../graph/table-columns.js";
import { rowsWith } from "./table-rows.js";
import { ceilingPart, heldRuns, partsOfLayout } from "./parts-of-axes.js";
import {
  emptyRuns,
  intersect,
  interval,
  intervalsOf,
  runsFromIntervals,
  runsLength,
  sliceRuns,
  type Runs,
} from "../graph/runs.js";

/** Position of a rank on each mesh axis; the last axis is innermost. */
export function coordinatesOf(mesh: MeshModel, rank: number): number[] {
  const out = new Array<number>(mesh.axes.length);
  let rest = rank;
  for (let a = mesh.axes.length - 1; a >= 0; a--) {
    out[a] = rest % mesh.axes[a]!.size;
    rest = Math.floor(rest / mesh.axes[a]!.size);
  }
  return out;
}

export function rankAt(mesh: MeshModel, coordinates: readonly number[]): number {
  let rank = 0;
  for (let a = 0; a < mesh.axes.length; a++) rank = rank * mesh.axes[a]!.size + coordinates[a]!;
  return rank;
}

/** One cut of an axis into parts of a logical range: by a split (see `Settings`). */
export interface PartSelection {
  readonly axis: string;
  /** Indices of the split axis that belong to the part, over all ranks. */
  readonly indices: Runs;
}

export class Domains {
  private readonly cache = new Map<string, Runs>();
  private readonly byAxis = new Map<AxisIR, Runs[]>();

  constructor(private readonly program: CheckedProgram) {}

  /** Whether the value exists on this rank (its `at` positions). */
  present(value: ValueIR, rank: number): boolean {
    if (value.at.length === 0) return true;
    const coordinates = coordinatesOf(this.program.mesh, rank);
    return value.at.every((at) => coordinates[at.meshAxis] === at.position);
  }

  /** Indices of a dimension of the value held on a rank. */
  ofValue(value: ValueIR, dimension: number, rank: number): Runs {
    return this.ofAxis(value.axes[dimension]!, rank);
  }

  ofAxis(axis: AxisIR, rank: number): Runs {
    let byRank = this.byAxis.get(axis);
    if (byRank === undefined) this.byAxis.set(axis, (byRank = []));
    return (byRank[rank] ??= this.shared(axis, rank));
  }

  /** Axes that are cut alike share what they hold, and so do the ranks that hold the same. */
  private shared(axis: AxisIR, rank: number): Runs {
    const coordinates = coordinatesOf(this.program.mesh, rank);
    const cuts = axis.cuts.map(({ meshAxis, by, factor }) => {
      const ofFactor = factor && `${factor.size} ${factor.stride} ${factor.mirroredAfter}`;
      return `${meshAxis} ${by} ${ofFactor} = ${coordinates[meshAxis]}`;
    });
    // By number, for files may have tables of one name.
    const key = `${axis.table ?? axis.name}|${axis.size}|${cuts.join()}`;
    let runs = this.cache.get(key);
    if (runs === undefined) this.cache.set(key, (runs = this.compute(axis, coordinates)));
    return runs;
  }

  /**
   * Indices of dimension d that a selection leaves: of the axis itself, or of rows whose from or to lies in it. A part
   * of a value that carries the axis twice is cut along the first alone; undefined along all others.
   */
  select(axes: readonly AxisIR[], d: number, selection: PartSelection): Runs | undefined {
    const axis = axes[d]!;
    if (axes.findIndex((other) => this.carries(other, selection.axis)) !== d) return undefined;
    if (axis.name === selection.axis) return selection.indices;
    if (axis.table === undefined) return undefined;
    const table = this.program.tables[axis.table]!;
    const key = `${axis.table}|select|${selection.axis}|${selection.indices.join(",")}`;
    const column = columnOnAxis(table, selection.axis);
    if (column === undefined) return undefined;
    let runs = this.cache.get(key);
    if (runs === undefined) this.cache.set(key, (runs = rowsWith(table, column.name, selection.indices)));
    return runs;
  }

  carries(axis: AxisIR, name: string): boolean {
    if (axis.name === name) return true;
    if (axis.table === undefined) return false;
    return columnOnAxis(this.program.tables[axis.table]!, name) !== undefined;
  }

  private compute(axis: AxisIR, coordinates: readonly number[]): Runs {
    const cut = (size: number, cuts: readonly AxisCutIR[]): Runs => {
      let part: [number, number] = [0, size];
      for (const c of cuts)
        part = ceilingPart(...part, this.program.mesh.axes[c.meshAxis]!.size, coordinates[c.meshAxis]!);
      return interval(...part);
    };
    if (axis.table === undefined) return heldRuns(axis, this.program.mesh, coordinates);
    const table = this.program.tables[axis.table]!;
    let rows = interval(0, table.rowCount);
    for (const column of new Set(axis.cuts.map((c) => c.by ?? "to"))) {
      const values = cut(
        columnOf(table, column).size,
        axis.cuts.filter((c) => (c.by ?? "to") === column),
      );
      rows = intersect(rows, values.length === 0 ? emptyRuns : rowsWith(table, column, values));
    }
    return rows;
  }
}

/**
 * Part `index` of `count` of an axis that `cuts` divides, cut within each rank's own part: the union over all
 * positions of that part of their part. `at`: where parts begin within each rank's part.
 */
export function partWithin(
  mesh: MeshModel,
  size: number,
  cuts: readonly AxisCutIR[],
  count: number,
  index: number,
  at: readonly number[] | undefined,
): Runs {
  const parts = partsOfLayout({ size, cuts }, mesh).map((runs) => {
    const [start, end] = partOfRange(0, runsLength(runs), count, index, at);
    return sliceRuns(runs, start, end);
  });
  return runsFromIntervals(parts.flatMap(intervalsOf));
}

export function partOfRange(
  start: number,
  end: number,
  count: number,
  index: number,
  at: readonly number[] | undefined,
): [number, number] {
  if (at === undefined) return ceilingPart(start, end, count, index);
  const from = index === 0 ? start : Math.min(end, start + at[index - 1]!);
  const to = index === count - 1 ? end : Math.min(end, start + at[index]!);
  return [from, Math.max(from, to)];
}
