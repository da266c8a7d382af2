/** What a word leaves on a rank as it is there before: chunks of the operand, and what nothing was folded into. */
import { scansPending } from "../lower/chunks.js";
import type { WordInstance } from "../lower/context.js";

export interface LeftInPlace {
  readonly group: number;
  /** State of the run; a chunk of the operand, or, where it is given, the monoid's identity. */
  readonly state: number;
  readonly isGiven: boolean;
  readonly rank: number;
}

export function leftInPlace({ run, groups }: WordInstance): LeftInPlace[] {
  return groups.flatMap((group, g) =>
    run.states.flatMap(({ final, deliveries, joins, initial, chunk, position }, state) =>
      final && deliveries === 0 && joins === undefined && group.chunk(chunk).blockCount > 0
        ? [{ group: g, state, isGiven: !initial, rank: group.ranks[position]! }]
        : [],
    ),
  );
}

/** Whether a word itself reads what it has put into its result: sends it on, or combines it with more. */
export function readsResult({ ir, run: { events, states } }: WordInstance): boolean {
  if (scansPending(ir)) return false;
  const isInResult = (state: number): boolean => {
    if (state < 0 || !states[state]!.final) return false;
    const { initial, deliveries, joins } = states[state]!;
    return !initial || deliveries > 0 || joins !== undefined;
  };
  return (
    events.some(({ sent, into }) => isInResult(sent) || isInResult(into)) ||
    states.some(({ joins }) => joins?.some(isInResult))
  );
}

/** Whether a word has a buffer of nothing but the identity, from which it goes on. */
export const keepsIdentity = ({ ir, run }: WordInstance): boolean =>
  scansPending(ir) && run.states.some(({ contributions }) => contributions === 0n);
