/**
 * shard, spread, partials and fan: changes of layout for which each rank has already all that it needs. None of them
 * moves a byte.
 *
 *   shard     v[a] -> v[a/m]                        each position keeps its part
 *   spread    v[a] -> y[i/m, a], y[i, a] = v[a]     each position's copy is an index of its own
 *   partials  v[i/m, a] -> y[a] pending u over m    y[a] = fold u of v[i, a] over i, each index a contribution
 *   fan       v[a/m] -> v[a] pending u over m       each position contributes its part, and the identity elsewhere
 */
import type { AxisCutIR, AxisIR, MeshModel, MonoidIR, ValueIR, View } from "./ir.js";
import { hasStretches, ranksAlong, refuseMonoid } from "./part-words.js";
import { firstUsed, withCuts, withoutCuts } from "./word-layouts.js";
import type { WordOperand, WordProblem } from "./word-layouts.js";

export interface ViewChange {
  readonly view: View;
  readonly meshAxes: readonly number[];
  readonly dimension: number;
  readonly monoid?: string;
}

export type ViewResult =
  { readonly change: ViewChange; readonly result: WordOperand } | { readonly problem: WordProblem };

type Mesh = Pick<MeshModel, "axes">;

export function shard(operand: WordOperand, dimension: number, cuts: readonly AxisCutIR[]): ViewResult {
  const meshAxes = cuts.map(({ meshAxis }) => meshAxis);
  const used = firstUsed(operand, meshAxes);
  if (used !== undefined) return { problem: { kind: "in-use", meshAxis: used } };
  const axes = withCuts(operand.axes, dimension, [...operand.axes[dimension]!.cuts, ...cuts]);
  return { change: { view: "shard", meshAxes, dimension }, result: { ...operand, axes } };
}

export function spread(operand: WordOperand, axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): ViewResult {
  const used = firstUsed(operand, meshAxes);
  if (used !== undefined) return { problem: { kind: "in-use", meshAxis: used } };
  const parts = ranksAlong(meshAxes, mesh);
  if (axis.size !== parts) return { problem: { kind: "not-one-each", axis: axis.name, size: axis.size, parts } };
  const leading = { ...axis, cuts: meshAxes.map((meshAxis) => ({ meshAxis })) };
  const result = { ...operand, axes: [leading, ...operand.axes] };
  return { change: { view: "spread", meshAxes, dimension: 0 }, result };
}

export function partials(
  operand: WordOperand,
  dimension: number,
  meshAxes: readonly number[],
  monoid: MonoidIR,
  mesh: Mesh,
): ViewResult {
  const axis = operand.axes[dimension]!;
  const left = withoutCuts(axis.cuts, meshAxes);
  if (!Array.isArray(left)) return { problem: { kind: "not-cut", dimension, ...left } };
  const parts = ranksAlong(meshAxes, mesh);
  if (!hasStretches(axis)) return { problem: { kind: "not-stretches", dimension } };
  if (axis.size !== parts || left.length > 0)
    return { problem: { kind: "not-one-each", axis: axis.name, size: axis.size, parts } };
  const refused = refuseMonoid(monoid) ?? refuseOver(operand, monoid, meshAxes);
  if (refused) return { problem: refused };
  const axes = operand.axes.toSpliced(dimension, 1);
  const result = { ...operand, axes, pending: withPending(operand, monoid.name, meshAxes) };
  return { change: { view: "partials", meshAxes, dimension, monoid: monoid.name }, result };
}

export function fan(
  operand: WordOperand,
  dimension: number,
  meshAxes: readonly number[],
  monoid: MonoidIR,
): ViewResult {
  const left = withoutCuts(operand.axes[dimension]!.cuts, meshAxes);
  if (!Array.isArray(left)) return { problem: { kind: "not-cut", dimension, ...left } };
  const refused = refuseMonoid(monoid) ?? refuseOver(operand, monoid, meshAxes);
  if (refused) return { problem: refused };
  const axes = withCuts(operand.axes, dimension, left);
  const result = { ...operand, axes, pending: withPending(operand, monoid.name, meshAxes) };
  return { change: { view: "fan", meshAxes, dimension, monoid: monoid.name }, result };
}

/** Which of two folds comes first would not be said: of two monoids, or of one that is ordered, over two mesh axes. */
function refuseOver(
  { pending }: WordOperand,
  { name, ordered }: MonoidIR,
  meshAxes: readonly number[],
): WordProblem | undefined {
  const other = pending.find(({ monoid }) => monoid !== name);
  if (other) return { kind: "pending-otherwise", monoid: other.monoid };
  if (!ordered || pending.length + meshAxes.length === 1) return undefined;
  return { kind: "monoid", monoid: name, reason: "it is ordered, and a value is pending under it over one mesh axis" };
}

function withPending(value: WordOperand, monoid: string, meshAxes: readonly number[]): ValueIR["pending"] {
  const known = value.pending.find((pending) => pending.monoid === monoid);
  if (!known) return [...value.pending, { monoid, over: meshAxes }];
  return value.pending.map((pending) =>
    pending === known ? { monoid, over: [...pending.over, ...meshAxes] } : pending,
  );
}
