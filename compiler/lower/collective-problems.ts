/** What can be wrong with a collective whose text is in order, at one size, and how it is said: with chunk, rank and round. */
import type { Span } from "../../grammar/ast.js";

/**
 * `span`: of the send at fault, in the collective's file. `states`: those of the run at fault; where something is sent, the
 * one at the receiver, if any, and then the one that is sent. `thing`: number of the chunk, as in `Delivery`.
 */
export type CollectiveProblem =
  /** It is not meant for this size, or cannot be run at it. */
  | { readonly kind: "size"; readonly message: string }
  /** A chunk is sent from where it is not. `comes`: the round in which it is brought there, too late. */
  | {
      readonly kind: "not-held";
      readonly round: number;
      readonly span: Span;
      readonly chunk: string;
      readonly rank: number;
      readonly target: number;
      readonly comes?: number;
      readonly thing: number;
      /** Events that bring it there, or lead away from where it is. */
      readonly events: readonly number[];
    }
  /** One contribution twice in one chunk. */
  | {
      readonly kind: "doubled";
      readonly round: number;
      readonly span: Span;
      readonly chunk: string;
      readonly rank: number;
      readonly contribution: number;
      readonly states: readonly number[];
    }
  /** What arrives is there already; or two deliveries of one round meet, and one does not combine. */
  | {
      readonly kind: "delivered-twice";
      readonly round: number;
      readonly span: Span;
      readonly chunk: string;
      readonly rank: number;
      readonly together: boolean;
      readonly states: readonly number[];
    }
  /** Of an ordered monoid: what arrives does not stand beside what is there. */
  | {
      readonly kind: "unordered";
      readonly round: number;
      readonly span: Span;
      readonly chunk: string;
      readonly rank: number;
      readonly states: readonly number[];
    }
  /** At the end, after so many `rounds`. `contribution`: whose; absent where the chunk is not there at all. */
  | {
      readonly kind: "missing";
      readonly rounds: number;
      readonly chunk: string;
      readonly rank: number;
      readonly contribution?: number;
      readonly states: readonly number[];
      readonly thing: number;
    }
  /** At the end: contributions that should not be there. */
  | {
      readonly kind: "too-much";
      readonly rounds: number;
      readonly chunk: string;
      readonly rank: number;
      readonly contribution: number;
      readonly states: readonly number[];
    }
  /** It arrives where it is neither kept nor passed on to where it is. */
  | {
      readonly kind: "misplaced";
      readonly round: number;
      readonly span: Span;
      readonly chunk: string;
      readonly rank: number;
      readonly states: readonly number[];
    };

export function describeProblem(problem: CollectiveProblem): string {
  switch (problem.kind) {
    case "size":
      return problem.message;
    case "not-held": {
      const { round, rank, chunk, comes } = problem;
      const late =
        comes === round ? "which comes there in that same round" : `which comes there only in round ${comes}`;
      const why = comes === undefined ? "which it does not hold: no send brings it there" : late;
      return `in round ${round} rank ${rank} sends ${chunk}, ${why}`;
    }
    case "doubled": {
      const { round, rank, chunk, contribution } = problem;
      return `in round ${round} rank ${rank} combines ${chunk} with rank ${contribution}'s contribution a second time`;
    }
    case "delivered-twice": {
      const { round, rank, chunk, together } = problem;
      if (together) return `in round ${round} ${chunk} is delivered to rank ${rank} twice, and not combined`;
      return `in round ${round} ${chunk} is delivered to rank ${rank}, which holds it already`;
    }
    case "unordered": {
      const { round, rank, chunk } = problem;
      return `in round ${round} what reaches ${chunk} on rank ${rank} does not stand beside what is there, and an ordered monoid joins neighbours only`;
    }
    case "missing": {
      const { rank, chunk, contribution } = problem;
      if (contribution === undefined) return `${atTheEnd(problem)} rank ${rank} does not hold ${chunk}`;
      return `${atTheEnd(problem)} ${chunk} on rank ${rank} lacks the contribution of rank ${contribution}`;
    }
    case "too-much": {
      const { rank, chunk, contribution } = problem;
      return `${atTheEnd(problem)} ${chunk} on rank ${rank} has the contribution of rank ${contribution}, which is not part of it`;
    }
    case "misplaced":
      return `in round ${problem.round} ${problem.chunk} reaches rank ${problem.rank}, which neither keeps it nor passes it on to a rank that does`;
  }
}

function atTheEnd({ rounds }: { readonly rounds: number }): string {
  return rounds === 0 ? "at the end, without any round," : `at the end, after round ${rounds - 1},`;
}
