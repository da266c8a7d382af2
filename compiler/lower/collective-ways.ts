/** Where contributions go in a run of a collective. */
import type { CollectiveRun } from "./collective-run.js";

/** The deliveries by which a position's contribution came into a state, the last first; none where it was there. */
export function wayOf(run: CollectiveRun, state: number, contribution: number): number[] {
  const way: number[] = [];
  for (let at = state; at >= 0;) {
    const { event, joins } = run.states[at]!;
    const holds = (other: number): boolean => hasContribution(run.states[other]!.contributions, contribution);
    if (joins !== undefined) at = joins.find(holds) ?? joins[0];
    else if (event < 0) break;
    else if (holds(run.events[event]!.sent)) {
      way.push(event);
      at = run.events[event]!.sent;
    } else at = run.events[event]!.into;
  }
  return way;
}

export function hasContribution(mask: bigint, position: number): boolean {
  return ((mask >> BigInt(position)) & 1n) === 1n;
}

/** Of a mask that is not empty. */
export function lowestContribution(mask: bigint): number {
  return (mask & -mask).toString(2).length - 1;
}
