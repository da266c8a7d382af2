/** Parts of splits: which statements are replaced by one per part, and which indices each part has. */
import type { AxisCutIR, AxisIR, CheckedProgram, LayerIR, StatementIR } from "../check/ir.js";
import { columnOnAxis } from "../graph/table-columns.js";
import { partOfRange, partWithin, type Domains, type PartSelection } from "./domains.js";
import { interval } from "../graph/runs.js";
import type { SplitSetting } from "./settings.js";

export interface Part {
  /** Index in each split the statement carries. */
  readonly part: readonly number[];
  readonly selections: readonly PartSelection[];
  /** `[1]`, `[a]`, `[0][1]`; empty where nothing is split. */
  readonly suffix: string;
}

/** Parts of one statement: the product of the splits whose axis its result carries. */
export function partsOf(
  program: CheckedProgram,
  layer: LayerIR,
  domains: Domains,
  splits: readonly SplitSetting[],
  statement: StatementIR,
): Part[] {
  let parts: Part[] = [{ part: [], selections: [], suffix: "" }];
  for (const split of splits) {
    if (!isSplit(layer, domains, statement, split.axis)) continue;
    parts = parts.flatMap((before) =>
      Array.from({ length: split.count }, (_, index) => ({
        part: [...before.part, index],
        selections: [...before.selections, selectionOf(program, layer, split, index)],
        suffix: `${before.suffix}[${split.names[index] ?? index}]`,
      })),
    );
  }
  return parts;
}

/** Whether a split of an axis is one of a statement: its result carries the axis, and is no fold along it. */
export function isSplit(layer: LayerIR, domains: Domains, statement: StatementIR, axis: string): boolean {
  const folded = statement.kind === "word" && statement.word === "scan" ? statement.cutAfter : undefined;
  return layer.values[statement.result]!.axes.some((other, d) => d !== folded && domains.carries(other, axis));
}

export function selectionOf(
  program: CheckedProgram,
  layer: LayerIR,
  split: SplitSetting,
  index: number,
): PartSelection {
  const { size, cuts } = axisOf(program, layer, split.axis, split.within);
  const indices =
    split.within === undefined
      ? interval(...partOfRange(0, size, split.count, index, split.at))
      : partWithin(program.mesh, size, cuts, split.count, index, split.at);
  return { axis: split.axis, indices };
}

/** Size of a named axis, and how the mesh axis cuts it where some value of the layer is so laid out. */
export function axisOf(
  program: CheckedProgram,
  layer: LayerIR,
  name: string,
  meshAxis?: number,
): { size: number; cuts: readonly AxisCutIR[] } {
  const axes = layer.values.flatMap((value) => value.axes).filter((axis) => axis.name === name);
  const cut = axes.find((axis) => axis.cuts.some((c) => c.meshAxis === meshAxis));
  const any: AxisIR | undefined = cut ?? axes[0];
  if (any !== undefined) return { size: any.size, cuts: cut?.cuts ?? [] };
  const column = program.tables.map((table) => columnOnAxis(table, name)).find((found) => found !== undefined);
  return { size: column?.size ?? 0, cuts: [] };
}
