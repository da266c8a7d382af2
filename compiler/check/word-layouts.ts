/**
 * The four words as changes of layout along one mesh axis (R2). What a word does to the tensor itself is the identity, or
 * the fold of the monoid it was pending under. Only the last cut of an axis can be undone: `x/a/b` is cut by a, then b. Of
 * rows, those by `from` and those by `to` are apart.
 */
import type { AxisCutIR, AxisIR, ValueIR, Word } from "./ir.js";

export type WordOperand = Pick<ValueIR, "axes" | "pending" | "at">;

export interface WordChange {
  readonly word: Word;
  readonly meshAxis: number;
  readonly cutBefore?: number;
  readonly cutAfter?: number;
  readonly monoid?: string;
}

export type WordProblem =
  /** The dimension's last cut is not by this mesh axis. */
  | { readonly kind: "not-cut"; readonly dimension: number; readonly meshAxis: number }
  | { readonly kind: "not-pending"; readonly meshAxis: number | undefined }
  /** The mesh axis is in use already: it cuts this dimension, or the value is pending over it, or at a position. */
  | { readonly kind: "in-use"; readonly meshAxis: number; readonly dimension?: number };

export type WordResult =
  { readonly change: WordChange; readonly result: WordOperand } | { readonly problem: WordProblem };

export function gather(operand: WordOperand, dimension: number, meshAxis: number): WordResult {
  const axis = operand.axes[dimension]!;
  const left = withoutCut(axis.cuts, meshAxis);
  if (!left) return { problem: { kind: "not-cut", dimension, meshAxis } };
  return {
    change: { word: "all_gather", meshAxis, cutBefore: dimension },
    result: { ...operand, axes: withCuts(operand.axes, dimension, left) },
  };
}

export function reduceScatter(operand: WordOperand, dimension: number, cut: AxisCutIR): WordResult {
  const { meshAxis } = cut;
  const monoid = pendingMonoid(operand, meshAxis);
  if (monoid === undefined) return { problem: { kind: "not-pending", meshAxis } };
  const used = cutDimension(operand, meshAxis);
  if (used !== undefined) return { problem: { kind: "in-use", meshAxis, dimension: used } };
  return {
    change: { word: "reduce_scatter", meshAxis, cutAfter: dimension, monoid },
    result: {
      ...operand,
      axes: withCuts(operand.axes, dimension, [...operand.axes[dimension]!.cuts, cut]),
      pending: withoutPending(operand, meshAxis),
    },
  };
}

export function reduceAll(operand: WordOperand, meshAxis: number): WordResult {
  const monoid = pendingMonoid(operand, meshAxis);
  if (monoid === undefined) return { problem: { kind: "not-pending", meshAxis } };
  return {
    change: { word: "all_reduce", meshAxis, monoid },
    result: { ...operand, pending: withoutPending(operand, meshAxis) },
  };
}

/** Cuts `to` (with `cut`) where `from` was cut before; the same dimension where rows change from one column to the other. */
export function exchangeAll(operand: WordOperand, from: number, to: number, cut: AxisCutIR): WordResult {
  const { meshAxis } = cut;
  const left = withoutCut(operand.axes[from]!.cuts, meshAxis);
  if (!left) return { problem: { kind: "not-cut", dimension: from, meshAxis } };
  const gathered = withCuts(operand.axes, from, left);
  const target = gathered[to]!;
  if (target.cuts.some((other) => other.meshAxis === meshAxis)) {
    return { problem: { kind: "in-use", meshAxis, dimension: to } };
  }
  return {
    change: { word: "all_to_all", meshAxis, cutBefore: from, cutAfter: to },
    result: { ...operand, axes: withCuts(gathered, to, [...target.cuts, cut]) },
  };
}

/** The cuts without the one by a mesh axis; undefined where that is not there, or a later one is inside it. */
function withoutCut(cuts: readonly AxisCutIR[], meshAxis: number): AxisCutIR[] | undefined {
  const found = cuts.findIndex((cut) => cut.meshAxis === meshAxis);
  if (found < 0 || cuts.slice(found + 1).some((later) => later.by === cuts[found]!.by)) return undefined;
  return cuts.filter((_, depth) => depth !== found);
}

function withCuts(axes: readonly AxisIR[], dimension: number, cuts: readonly AxisCutIR[]): readonly AxisIR[] {
  return axes.map((axis, index) => (index === dimension ? { ...axis, cuts } : axis));
}

export function pendingMonoid(value: Pick<ValueIR, "pending">, meshAxis: number): string | undefined {
  return value.pending.find(({ over }) => over.includes(meshAxis))?.monoid;
}

/** The dimension a mesh axis cuts, if one. */
export function cutDimension(value: Pick<ValueIR, "axes">, meshAxis: number): number | undefined {
  const found = value.axes.findIndex((axis) => axis.cuts.some((cut) => cut.meshAxis === meshAxis));
  return found < 0 ? undefined : found;
}

function withoutPending(value: WordOperand, meshAxis: number): ValueIR["pending"] {
  return value.pending
    .map(({ monoid, over }) => ({ monoid, over: over.filter((axis) => axis !== meshAxis) }))
    .filter(({ over }) => over.length > 0);
}
