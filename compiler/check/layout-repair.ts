/** The words that would turn one layout into another, and the bytes each moves: the fix-its of R1. */
import { bytesOf } from "../../grammar/dtypes.js";
import type { AxisCutIR, MeshModel, TableData, ValueIR } from "./ir.js";
import { countHeld, positionsOf } from "./layout-parts.js";
import { changeText, dividedText, scatteredText } from "./print-move.js";
import { meshAxisName } from "./type-text.js";
import { cutDimension, exchangeAll, gather, pendingMonoid, reduceAll, reduceScatter } from "./word-layouts.js";
import type { WordChange, WordOperand, WordResult } from "./word-layouts.js";

export interface Repair {
  readonly change: WordChange;
  /** `all_gather(` and `, tokens/ep)`, to stand around the value's text. */
  readonly before: string;
  readonly after: string;
  readonly result: WordOperand;
  /** Greatest over ranks, and over all ranks, of the bytes that arrive. */
  readonly bytesPerRank: number;
  readonly bytesInAll: number;
}

export interface RepairContext {
  readonly mesh: Pick<MeshModel, "axes">;
  readonly tables: readonly TableData[];
}

type Wanted = { readonly cuts: readonly (readonly AxisCutIR[])[]; readonly pending: ValueIR["pending"] };

/**
 * One word a mesh axis, in the order in which they must stand; undefined where words alone cannot do it (a replicated
 * value that should be divided needs `shard`, which moves nothing).
 */
export function repairLayout(
  value: WordOperand & { dtype: string },
  wanted: Wanted,
  context: RepairContext,
): Repair[] | undefined {
  const repairs: Repair[] = [];
  let current: WordOperand = value;
  let waiting = context.mesh.axes.map((_, meshAxis) => meshAxis);
  // A cut can be undone only while it is the last of its axis, so some mesh axes wait for others.
  while (waiting.length > 0) {
    const left: number[] = [];
    for (const meshAxis of waiting.toReversed()) {
      const step = repairMeshAxis(current, wanted, meshAxis);
      if (step === "done") continue;
      if (step === "impossible" || "problem" in step) {
        left.push(meshAxis);
        continue;
      }
      repairs.push(describe(value.dtype, current, step, context));
      current = step.result;
    }
    if (left.length === waiting.length) return undefined;
    waiting = left.toReversed();
  }
  return sameCuts(current, wanted) ? repairs : undefined;
}

/** The words that end what is pending over a mesh axis, or divided by it: all_reduce, or all_gather. */
export function repairMeshAxisToReplicated(
  value: WordOperand & { dtype: string },
  meshAxis: number,
  context: RepairContext,
): Repair | undefined {
  const dimension = cutDimension(value, meshAxis);
  const step = dimension === undefined ? reduceAll(value, [meshAxis]) : gather(value, dimension, [meshAxis]);
  return "problem" in step ? undefined : describe(value.dtype, value, step, context);
}

function repairMeshAxis(current: WordOperand, wanted: Wanted, meshAxis: number): WordResult | "done" | "impossible" {
  const from = cutDimension(current, meshAxis);
  const to = wanted.cuts.findIndex((cuts) => cuts.some((cut) => cut.meshAxis === meshAxis));
  const cut = wanted.cuts[to]?.find((other) => other.meshAxis === meshAxis);
  const isPending = pendingMonoid(current, meshAxis);
  const shouldPend = pendingMonoid(wanted, meshAxis);
  if (isPending !== undefined) {
    if (isPending === shouldPend) return "done";
    if (shouldPend !== undefined) return "impossible";
    return cut ? reduceScatter(current, to, [cut]) : reduceAll(current, [meshAxis]);
  }
  if (shouldPend !== undefined) return "impossible";
  if (from === undefined) return cut ? "impossible" : "done";
  if (!cut) return gather(current, from, [meshAxis]);
  const before = current.axes[from]!.cuts.find((other) => other.meshAxis === meshAxis)!;
  if (from === to && before.by === cut.by) return "done";
  return exchangeAll(current, from, to, [cut]);
}

function sameCuts(current: WordOperand, wanted: Wanted): boolean {
  return current.axes.every((axis, dimension) => {
    const cuts = wanted.cuts[dimension]!;
    return (
      axis.cuts.length === cuts.length &&
      axis.cuts.every((cut, depth) => cut.meshAxis === cuts[depth]!.meshAxis && cut.by === cuts[depth]!.by)
    );
  });
}

function describe(
  dtype: string,
  operand: WordOperand,
  step: Extract<WordResult, { change: WordChange }>,
  context: RepairContext,
): Repair {
  const { change, result } = step;
  const bytes = bytesMoved(dtype, operand, result, change, context);
  return {
    change,
    before: `${change.word}(`,
    after: argumentsText(operand, result, change, context),
    result,
    ...bytes,
  };
}

function argumentsText(operand: WordOperand, result: WordOperand, change: WordChange, { mesh }: RepairContext): string {
  const { meshAxes } = change;
  const names = meshAxes.map((meshAxis) => meshAxisName(mesh, meshAxis)).join(", ");
  if (change.word === "all_reduce") return `, ${names})`;
  if (change.word === "all_gather") return `, ${dividedText(operand.axes[change.cutBefore!]!, meshAxes, mesh)})`;
  if (change.word === "reduce_scatter") return `, ${scatteredText(result.axes[change.cutAfter!]!, meshAxes, mesh)})`;
  const before = changeText(operand.axes[change.cutBefore!]!, meshAxes, mesh);
  return `, ${before} -> ${changeText(result.axes[change.cutAfter!]!, meshAxes, mesh)})`;
}

/** Closed forms of the words' least traffic: what a position gets that it did not have; twice for all_reduce. */
function bytesMoved(
  dtype: string,
  operand: WordOperand,
  result: WordOperand,
  change: WordChange,
  { mesh, tables }: RepairContext,
): { bytesPerRank: number; bytesInAll: number } {
  const ranks = product(change.meshAxes.map((meshAxis) => mesh.axes[meshAxis]!.size));
  let greatest = 0;
  let sum = 0;
  for (const position of positionsOf(mesh)) {
    const after = product(result.axes.map((axis) => countHeld(axis, tables, mesh, position)));
    let elements: number;
    if (change.word === "all_reduce") elements = (2 * after * (ranks - 1)) / ranks;
    else if (change.word === "reduce_scatter") elements = after * (ranks - 1);
    else {
      const kept = result.axes.map((axis, d) => countHeld(axis, tables, mesh, position, operand.axes[d]!.cuts));
      elements = after - product(kept);
    }
    greatest = Math.max(greatest, elements);
    sum += elements;
  }
  const bytes = bytesOf(dtype);
  return { bytesPerRank: Math.round(greatest * bytes), bytesInAll: Math.round(sum * bytes) };
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result * number, 1);
}
