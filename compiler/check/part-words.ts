/** shift and scan: words between the parts of one axis, which leave the layout as it is; and scans of contributions. */
import type { AxisIR, MeshModel, MonoidIR } from "./ir.js";
import { isStateful } from "../graph/monoid-states.js";
import { finishOfNothing } from "./monoid-laws.js";
import { reduceAll } from "./word-layouts.js";
import type { WordOperand, WordProblem, WordResult } from "./word-layouts.js";

type Mesh = Pick<MeshModel, "axes">;

/**
 * Part p of the result is part p - offset of the operand, cyclically, within what the cuts before leave. Only parts of
 * one size can take each other's place.
 */
export function shift(
  operand: WordOperand,
  dimension: number,
  meshAxes: readonly number[],
  offset: number,
  mesh: Mesh,
): WordResult {
  const axis = operand.axes[dimension]!;
  const depth = depthOf(axis, meshAxes);
  if (depth === undefined) return notCut(operand, dimension, meshAxes);
  const parts = ranksAlong(meshAxes, mesh);
  const all = ranksAlong(
    axis.cuts.slice(0, depth + meshAxes.length).map((cut) => cut.meshAxis),
    mesh,
  );
  if (!hasStretches(axis)) return { problem: { kind: "not-stretches", dimension } };
  if (axis.size % all !== 0) return { problem: { kind: "unequal", dimension, parts: all } };
  const places = ((offset % parts) + parts) % parts;
  const part = axis.size / all;
  const cycle = { length: part * parts, by: part * places };
  const change = { word: "shift", meshAxes, cutBefore: dimension, cutAfter: dimension } as const;
  return { change: { ...change, offset: places, cycle }, result: operand };
}

/** y[i] is the fold of x[j] for j < i, or j <= i: each position has one index. */
export function scan(
  operand: WordOperand,
  dimension: number,
  meshAxes: readonly number[],
  monoid: MonoidIR,
  inclusive: boolean,
  mesh: Mesh,
): WordResult {
  const axis = operand.axes[dimension]!;
  const parts = ranksAlong(meshAxes, mesh);
  if (depthOf(axis, meshAxes) !== 0 || axis.cuts.length > meshAxes.length) return notCut(operand, dimension, meshAxes);
  if (!hasStretches(axis)) return { problem: { kind: "not-stretches", dimension } };
  if (axis.size !== parts) return { problem: { kind: "not-one-each", axis: axis.name, size: axis.size, parts } };
  const refused = refuseMonoid(monoid) ?? refusePending(operand);
  if (refused) return { problem: refused };
  const change = { word: "scan", meshAxes, cutBefore: dimension, cutAfter: dimension, monoid: monoid.name } as const;
  return { change: { ...change, inclusive }, result: operand };
}

/**
 * Of what is pending: y[i] is the fold of what positions j < i contribute, or j <= i, and finished. y has a new first axis,
 * one index a position, divided by the mesh axes.
 */
export function scanPending(
  operand: WordOperand,
  axis: AxisIR,
  meshAxes: readonly number[],
  monoids: readonly MonoidIR[],
  inclusive: boolean,
  mesh: Mesh,
): WordResult {
  const reduced = reduceAll(operand, meshAxes);
  if ("problem" in reduced) return reduced;
  const parts = ranksAlong(meshAxes, mesh);
  if (axis.size !== parts) return { problem: { kind: "not-one-each", axis: axis.name, size: axis.size, parts } };
  const monoid = monoids.find(({ name }) => name === reduced.change.monoid)!;
  const { pending } = reduced.result;
  const left =
    pending.find(({ monoid: name }) => name !== monoid.name) ??
    (isStateful(monoid) || monoid.ordered ? pending[0] : undefined);
  if (left) return { problem: { kind: "pending-otherwise", monoid: left.monoid } };
  if (!inclusive && Number.isNaN(finishOfNothing(monoid))) {
    const reason = "what stands before the first is nothing, and to finish nothing gives no number: say `inclusive`";
    return { problem: { kind: "monoid", monoid: monoid.name, reason } };
  }
  const leading = { ...axis, cuts: meshAxes.map((meshAxis) => ({ meshAxis })) };
  return {
    change: { word: "scan", meshAxes, cutAfter: 0, monoid: monoid.name, inclusive },
    result: { ...reduced.result, axes: [leading, ...operand.axes] },
  };
}

/** A value's elements are states of a monoid only where a state is one number that is what it says. */
export function refuseMonoid(monoid: MonoidIR): WordProblem | undefined {
  if (monoid.components.length === 1 && monoid.finish.kind === "argument") return undefined;
  const reason = "a value's elements are no states of it, but what states of it are finished to";
  return { kind: "monoid", monoid: monoid.name, reason };
}

/** The fold of sums is not a sum of folds. */
function refusePending({ pending }: WordOperand): WordProblem | undefined {
  const [first] = pending;
  return first && { kind: "pending-otherwise", monoid: first.monoid };
}

/** Whether each position has a stretch of the axis, one after another. */
export function hasStretches({ table, cuts }: AxisIR): boolean {
  return table === undefined && cuts.every((cut) => cut.by === undefined);
}

export function ranksAlong(meshAxes: readonly number[], mesh: Mesh): number {
  return meshAxes.reduce((count, meshAxis) => count * mesh.axes[meshAxis]!.size, 1);
}

/** How many cuts stand before those by the mesh axes, which stand next to each other. */
function depthOf({ cuts }: AxisIR, meshAxes: readonly number[]): number | undefined {
  const depth = cuts.findIndex((cut) => cut.meshAxis === meshAxes[0]);
  const adjacent = depth >= 0 && meshAxes.every((meshAxis, k) => cuts[depth + k]?.meshAxis === meshAxis);
  return adjacent ? depth : undefined;
}

function notCut(operand: WordOperand, dimension: number, meshAxes: readonly number[]): WordResult {
  const { cuts } = operand.axes[dimension]!;
  const absent = meshAxes.find((meshAxis) => !cuts.some((cut) => cut.meshAxis === meshAxis));
  if (cuts.length === 0 || absent !== undefined)
    return { problem: { kind: "not-cut", dimension, ...(absent !== undefined && { meshAxis: absent }) } };
  return { problem: { kind: "not-adjacent", dimension } };
}
