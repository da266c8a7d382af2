/**
 * Order of issue under priorities. One for all queues of all ranks, of which each takes its part: since it respects what
 * statements wait for, as the order it is made from does, no queue waits for what stands behind it in another.
 */
import type { LayerIR } from "../check/ir.js";
import type { InstanceRecord } from "../lower/context.js";
import type { Settings } from "../lower/settings.js";
import { allWaits, directWaits } from "./waits.js";

/**
 * @param inOrder instances as they are issued without priorities.
 * @returns the same: before the first of a statement stands all of what has priority above it, with what that waits for.
 */
export function byPriority(
  layer: LayerIR,
  settings: Settings,
  instances: readonly InstanceRecord[],
  inOrder: readonly number[],
): readonly number[] {
  const { priorities } = settings;
  if (priorities.length === 0) return inOrder;
  const above = new Map<number, number[]>();
  for (const { above: first, below } of priorities) above.set(below, [...(above.get(below) ?? []), first]);
  const waits = directWaits(layer, settings);
  const statements = inOrder.map((i) => instances[i]!.statement);
  const order: number[] = [];
  const isIssued = new Uint8Array(inOrder.length);
  const isLifted = new Set<number>();

  function lift(statement: number): void {
    if (isLifted.has(statement)) return;
    isLifted.add(statement);
    const needed = allWaits(waits, statement);
    const last = statements.lastIndexOf(statement);
    for (let at = 0; at <= last; at++) if (statements[at] === statement || needed.has(statements[at]!)) issue(at);
  }

  function issue(at: number): void {
    if (isIssued[at]) return;
    isIssued[at] = 1;
    for (const first of above.get(statements[at]!) ?? []) lift(first);
    order.push(inOrder[at]!);
  }

  for (let at = 0; at < inOrder.length; at++) issue(at);
  return order;
}
