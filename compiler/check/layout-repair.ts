/** The words that would turn one layout into another, and the bytes each moves: the fix-its of R1. */
import type { AxisCutIR, ValueIR, WordChange } from "./ir.js";
import { broadcast, reduceTo, sendTo } from "./position-words.js";
import { moveArguments } from "./print-move.js";
import { fan, shard } from "./view-layouts.js";
import type { ViewChange } from "./view-layouts.js";
import { bytesMoved } from "./word-bytes.js";
import type { BytesContext, MovedBytes } from "./word-bytes.js";
import { cutDimension, exchangeAll, gather, pendingMonoid, reduceAll, reduceScatter } from "./word-layouts.js";
import type { WordOperand } from "./word-layouts.js";

export interface Repair extends MovedBytes {
  readonly change: WordChange | ViewChange;
  /** `all_gather(` and `, tokens/ep)`, to stand around the value's text. */
  readonly before: string;
  readonly after: string;
  readonly result: WordOperand;
}

interface Wanted {
  readonly cuts: readonly (readonly AxisCutIR[])[];
  readonly pending: ValueIR["pending"];
  /** Absent: as it is. */
  readonly at?: ValueIR["at"];
}

type Step = { readonly change: WordChange | ViewChange; readonly result: WordOperand };

/**
 * Words and views, a mesh axis at a time, in the order in which they must stand; undefined where they cannot do it (of a
 * value that every rank has, none makes a pending one).
 */
export function repairLayout(
  value: WordOperand & { dtype: string },
  wanted: Wanted,
  context: BytesContext,
): Repair[] | undefined {
  const repairs: Repair[] = [];
  let current: WordOperand = value;
  const innermostFirst = context.mesh.axes.map((_, meshAxis) => meshAxis).toReversed();
  // A cut can be undone only while it is the last of its axis, and made only on those before it: some wait for others.
  for (let waits = false, turn = 0; !waits && turn <= 2 * innermostFirst.length; turn++) {
    waits = true;
    for (const meshAxis of innermostFirst) {
      const step = repairMeshAxis(current, wanted, meshAxis, context);
      if (step === undefined) continue;
      repairs.push(describe(value.dtype, current, step, context));
      current = step.result;
      waits = false;
    }
  }
  return isAsWanted(current, value, wanted) ? repairs : undefined;
}

/** The words that end what is pending over a mesh axis, or divided by it: all_reduce, or all_gather. */
export function repairMeshAxisToReplicated(
  value: WordOperand & { dtype: string },
  meshAxis: number,
  context: BytesContext,
): Repair | undefined {
  const dimension = cutDimension(value, meshAxis);
  const step = dimension === undefined ? reduceAll(value, [meshAxis]) : gather(value, dimension, [meshAxis]);
  return "problem" in step ? undefined : describe(value.dtype, value, step, context);
}

/** The next step along a mesh axis; undefined where it is as wanted, or has to wait, or cannot be. */
function repairMeshAxis(
  current: WordOperand,
  wanted: Wanted,
  meshAxis: number,
  { mesh, monoids }: BytesContext,
): Step | undefined {
  const done = (result: Step | { readonly problem: unknown }): Step | undefined =>
    "problem" in result ? undefined : result;
  const from = cutDimension(current, meshAxis);
  const to = wanted.cuts.findIndex((cuts) => cuts.some((cut) => cut.meshAxis === meshAxis));
  const cut = wanted.cuts[to]?.find((other) => other.meshAxis === meshAxis);
  const isPending = pendingMonoid(current, meshAxis);
  const shouldPend = pendingMonoid(wanted, meshAxis);
  const isAt = current.at.find((at) => at.meshAxis === meshAxis);
  const shouldBeAt = (wanted.at ?? current.at).find((at) => at.meshAxis === meshAxis);
  if (isPending !== undefined) {
    if (shouldPend !== undefined) return undefined;
    if (shouldBeAt) return done(reduceTo(current, [shouldBeAt], mesh));
    return done(cut ? reduceScatter(current, to, [cut]) : reduceAll(current, [meshAxis]));
  }
  if (isAt) {
    if (isAt.position === shouldBeAt?.position) return undefined;
    return done(shouldBeAt ? sendTo(current, [shouldBeAt], mesh) : broadcast(current, [meshAxis], mesh));
  }
  if (from === undefined) {
    const isNext = cut !== undefined && wanted.cuts[to]!.indexOf(cut) === current.axes[to]!.cuts.length;
    return isNext ? done(shard(current, to, [cut])) : undefined;
  }
  if (shouldPend !== undefined) {
    const monoid = monoids().find(({ name }) => name === shouldPend);
    return monoid && done(fan(current, from, [meshAxis], monoid));
  }
  if (!cut) return done(gather(current, from, [meshAxis]));
  const before = current.axes[from]!.cuts.find((other) => other.meshAxis === meshAxis)!;
  if (from === to && before.by === cut.by) return undefined;
  return done(exchangeAll(current, from, to, [cut]));
}

function isAsWanted(current: WordOperand, value: WordOperand, wanted: Wanted): boolean {
  const cutAlike = current.axes.every((axis, dimension) => {
    const cuts = wanted.cuts[dimension]!;
    return (
      axis.cuts.length === cuts.length &&
      axis.cuts.every((cut, depth) => cut.meshAxis === cuts[depth]!.meshAxis && cut.by === cuts[depth]!.by)
    );
  });
  const pendingText = ({ pending }: Pick<Wanted, "pending">) =>
    JSON.stringify(pending.flatMap(({ monoid, over }) => over.map((axis) => `${axis} ${monoid}`)).toSorted());
  const atText = (at: ValueIR["at"]) => JSON.stringify(at.map((one) => `${one.meshAxis} ${one.position}`).toSorted());
  return (
    cutAlike && pendingText(current) === pendingText(wanted) && atText(current.at) === atText(wanted.at ?? value.at)
  );
}

function describe(dtype: string, operand: WordOperand, { change, result }: Step, context: BytesContext): Repair {
  const { word, after } = moveArguments(operand, result, change, { mesh: context.mesh, params: new Map() });
  return {
    change,
    before: `${word}(`,
    after: `, ${after.join(", ")})`,
    result,
    ...bytesMoved(dtype, operand, result, change, context),
  };
}
