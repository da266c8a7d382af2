/**
 * Words as changes of layout along mesh axes (R2). What a word does to the tensor itself is the identity, or the fold of
 * the monoid it was pending under (shift and scan have equations of their own). Only the last cut of an axis can be
 * undone: of `x/a/b`, b first, then a. Of rows, those by one column and those by another are apart.
 */
import type { AxisCutIR, AxisIR, MeshModel, ValueIR, WordChange } from "./ir.js";
import { nestedApart, orderedCuts } from "./row-parts.js";

export type WordOperand = Pick<ValueIR, "axes" | "pending" | "at" | "tier">;

export type WordProblem =
  /** The dimension's last cut is not by this mesh axis; none cuts it. */
  | { readonly kind: "not-cut"; readonly dimension: number; readonly meshAxis?: number }
  | { readonly kind: "not-pending"; readonly meshAxis: number | undefined }
  /** It is pending under one monoid over one of the mesh axes, under another one over another. */
  | { readonly kind: "several-monoids" }
  /** The mesh axis is in use already: it cuts a dimension, or the value is pending over it, or at a position. */
  | { readonly kind: "in-use"; readonly meshAxis: number }
  /** The value is at no position along the mesh axis. */
  | { readonly kind: "not-at"; readonly meshAxis: number | undefined }
  | { readonly kind: "at-already" }
  /** The dimension is not cut by exactly these mesh axes, next to each other. */
  | { readonly kind: "not-adjacent"; readonly dimension: number }
  /** Its parts differ in size: `parts` do not divide it. */
  | { readonly kind: "unequal"; readonly dimension: number; readonly parts: number }
  /** Its parts are no stretches of it: rows, or parts by a factor. */
  | { readonly kind: "not-stretches"; readonly dimension: number }
  /** Its size is not the number of ranks along the mesh axes, so that each has one index. */
  | { readonly kind: "not-one-each"; readonly axis: string; readonly size: number; readonly parts: number }
  /** It is pending under another monoid already. */
  | { readonly kind: "pending-otherwise"; readonly monoid: string }
  /** Its layout cannot be left as it is: it is pending. */
  | { readonly kind: "still-pending"; readonly monoid: string }
  /** Its axes are others than those asked for. */
  | { readonly kind: "other-axes" }
  /** Of a monoid: why it cannot be this word's. */
  | { readonly kind: "monoid"; readonly monoid: string; readonly reason: string };

export type WordResult =
  { readonly change: WordChange; readonly result: WordOperand } | { readonly problem: WordProblem };

export function gather(operand: WordOperand, dimension: number, meshAxes: readonly number[]): WordResult {
  const left = withoutCuts(operand.axes[dimension]!.cuts, meshAxes);
  if (!Array.isArray(left)) return { problem: { kind: "not-cut", dimension, ...left } };
  return {
    change: { word: "all_gather", meshAxes, cutBefore: dimension },
    result: { ...operand, axes: withCuts(operand.axes, dimension, left) },
  };
}

export function reduceScatter(operand: WordOperand, dimension: number, cuts: readonly AxisCutIR[]): WordResult {
  const meshAxes = cuts.map(({ meshAxis }) => meshAxis);
  const reduced = reduceAll(operand, meshAxes);
  if ("problem" in reduced) return reduced;
  const { monoid } = reduced.change;
  const axes = withCuts(operand.axes, dimension, [...operand.axes[dimension]!.cuts, ...cuts]);
  return {
    change: { word: "reduce_scatter", meshAxes, cutAfter: dimension, ...(monoid !== undefined && { monoid }) },
    result: { ...reduced.result, axes },
  };
}

export function reduceAll(operand: WordOperand, meshAxes: readonly number[]): WordResult {
  const monoids = meshAxes.map((meshAxis) => pendingMonoid(operand, meshAxis));
  const lacking = monoids.findIndex((monoid) => monoid === undefined);
  if (lacking >= 0) return { problem: { kind: "not-pending", meshAxis: meshAxes[lacking] } };
  const [monoid] = monoids;
  if (monoids.some((other) => other !== monoid)) return { problem: { kind: "several-monoids" } };
  return {
    change: { word: "all_reduce", meshAxes, monoid: monoid! },
    result: { ...operand, pending: withoutPending(operand, meshAxes) },
  };
}

/** Cuts `to` (with `cuts`) where `from` was cut before; the same dimension where rows change from one column to the other. */
export function exchangeAll(operand: WordOperand, from: number, to: number, cuts: readonly AxisCutIR[]): WordResult {
  const meshAxes = cuts.map(({ meshAxis }) => meshAxis);
  const left = withoutCuts(operand.axes[from]!.cuts, meshAxes);
  if (!Array.isArray(left)) return { problem: { kind: "not-cut", dimension: from, ...left } };
  const gathered = withCuts(operand.axes, from, left);
  const target = gathered[to]!;
  const used = target.cuts.find((other) => meshAxes.includes(other.meshAxis));
  if (used) return { problem: { kind: "in-use", meshAxis: used.meshAxis } };
  return {
    change: { word: "all_to_all", meshAxes, cutBefore: from, cutAfter: to },
    result: { ...operand, axes: withCuts(gathered, to, [...target.cuts, ...cuts]) },
  };
}

/** The cuts without those by some mesh axes, the last undone first; the mesh axis that is in the way, where one is. */
export function withoutCuts(
  cuts: readonly AxisCutIR[],
  meshAxes: readonly number[],
): AxisCutIR[] | { readonly meshAxis: number } {
  let left = [...cuts];
  for (const meshAxis of meshAxes.toReversed()) {
    const next = withoutCut(left, meshAxis);
    if (!next) return { meshAxis };
    left = next;
  }
  return left;
}

/** The cuts without the one by a mesh axis; undefined where that is not there, or a later one is inside it. */
function withoutCut(cuts: readonly AxisCutIR[], meshAxis: number): AxisCutIR[] | undefined {
  const found = cuts.findIndex((cut) => cut.meshAxis === meshAxis);
  if (found < 0 || cuts.slice(found + 1).some((later) => later.by === cuts[found]!.by)) return undefined;
  return cuts.filter((_, depth) => depth !== found);
}

export function withCuts(axes: readonly AxisIR[], dimension: number, cuts: readonly AxisCutIR[]): readonly AxisIR[] {
  return axes.map((axis, index) => {
    if (index !== dimension) return axis;
    return { ...axis, cuts: nestedApart(axis) ? orderedCuts(cuts) : cuts };
  });
}

export function pendingMonoid(value: Pick<ValueIR, "pending">, meshAxis: number): string | undefined {
  return value.pending.find(({ over }) => over.includes(meshAxis))?.monoid;
}

/** The dimension a mesh axis cuts, if one. */
export function cutDimension(value: Pick<ValueIR, "axes">, meshAxis: number): number | undefined {
  const found = value.axes.findIndex((axis) => axis.cuts.some((cut) => cut.meshAxis === meshAxis));
  return found < 0 ? undefined : found;
}

export function withoutPending(value: WordOperand, meshAxes: readonly number[]): ValueIR["pending"] {
  return value.pending
    .map(({ monoid, over }) => ({ monoid, over: over.filter((axis) => !meshAxes.includes(axis)) }))
    .filter(({ over }) => over.length > 0);
}

/** The first of some mesh axes that the value's layout uses. */
export function firstUsed(value: WordOperand, meshAxes: readonly number[]): number | undefined {
  return meshAxes.find(
    (meshAxis) =>
      cutDimension(value, meshAxis) !== undefined ||
      pendingMonoid(value, meshAxis) !== undefined ||
      value.at.some((at) => at.meshAxis === meshAxis),
  );
}

/** To any layout of the same axes, over the whole mesh. */
export function reshard(operand: WordOperand, wanted: WordOperand, mesh: Pick<MeshModel, "axes">): WordResult {
  const [pending] = operand.pending;
  if (pending) return { problem: { kind: "still-pending", monoid: pending.monoid } };
  const meshAxes = mesh.axes.map((_, meshAxis) => meshAxis);
  const axes = operand.axes.map((axis, dimension) => ({ ...axis, cuts: wanted.axes[dimension]!.cuts }));
  return { change: { word: "reshard", meshAxes }, result: { axes, pending: [], at: wanted.at } };
}
