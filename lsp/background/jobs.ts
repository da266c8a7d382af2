/** What the server asks of the background, and what it is told. Plain data: it goes between threads. */
import type { WaitingFor } from "../protocol.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { Span } from "../../grammar/ast.js";
import type { Snapshot } from "../documents/snapshot.js";

/** Schedules are indices into those of the checked program. */
export type Ask =
  | { readonly kind: "predict"; readonly schedule: number }
  /** By name: a text that nobody has seen yet has schedules of other indices. */
  | { readonly kind: "prove"; readonly schedule: string }
  | { readonly kind: "timeline"; readonly schedule: number }
  | { readonly kind: "graph"; readonly schedule: number }
  /** `task`: as `explain --why` is given it. */
  | { readonly kind: "why"; readonly schedule: number; readonly task: string }
  /** `check`: index of one of the program's; absent: all. */
  | {
      readonly kind: "checks";
      readonly checks: readonly number[];
      readonly seed: number;
      readonly runs: number;
      readonly set?: Readonly<Record<string, string>>;
    };

export interface Answers {
  readonly predict: PredictedSchedule;
  /** Of one that cannot be, there is no answer but why. */
  readonly prove: true;
  readonly timeline: DrawnTimeline;
  readonly graph: StatementGraph;
  readonly why: WhyAnswer;
  readonly checks: readonly ClaimAnswer[];
}
export type AnswerTo<A extends Ask> = Answers[A["kind"]];

export interface Job {
  readonly id: number;
  readonly snapshot: Snapshot;
  readonly ask: Ask;
}

/** `refused`: what the program is to blame for. `fault`: what we are. */
export type JobAnswer = { readonly id: number } & (
  { readonly value: unknown } | { readonly refused: readonly Diagnostic[] } | { readonly fault: string }
);

/** What is wrong, in one sentence. */
export function refusalText(refused: readonly Diagnostic[]): string {
  const first = refused.find(({ severity }) => severity === "error");
  return first?.message ?? "There is no such schedule.";
}

export interface PredictedSchedule {
  readonly makespan_ns: number;
  readonly bound_ns: number;
  readonly bound_by: string;
  /** 1 - exposed / communication, of the slowest rank; undefined where nothing is sent. */
  readonly hidden?: number;
  readonly ranks: number;
  readonly machine: string;
  /** The first other schedule of the layer, and how many times as fast as that one this is. */
  readonly against?: { readonly schedule: string; readonly ratio: number };
  readonly statements: readonly StatementTime[];
}

/** When a statement runs, over all ranks and parts; nanoseconds since the run began. */
export interface StatementTime {
  /** Of the value that it makes: `sent.take`. */
  readonly value: string;
  readonly start_ns: number;
  readonly end_ns: number;
  /** The longest that one rank takes over it, from its first task to its last. */
  readonly longest_ns: number;
  readonly rank: number;
}

export interface DrawnTimeline {
  readonly makespan_ns: number;
  readonly bound_ns: number;
  readonly machine: string;
  readonly bars: readonly {
    readonly rank: number;
    readonly engine: string;
    readonly name: string;
    readonly communicates: boolean;
    readonly start_ns: number;
    readonly end_ns: number;
    readonly span: Span;
  }[];
  readonly tasks: number;
  readonly gap_ns: number;
  readonly omitted_ranks: number;
}

/** What statements wait for. Of a split one, all parts together. */
export interface StatementGraph {
  readonly nodes: readonly StatementNode[];
  readonly edges: readonly StatementEdge[];
}
export interface StatementNode {
  /** Of the value that it makes. */
  readonly value: string;
  readonly communicates: boolean;
  readonly tasks: number;
  readonly span: Span;
}
export interface StatementEdge {
  /** Indices into the nodes. */
  readonly from: number;
  readonly to: number;
  readonly why: WaitingFor;
}

export interface WhyAnswer {
  readonly text: string;
  /** Of the statements that are waited for, the one that ends last first. */
  readonly steps: readonly Span[];
}

export interface ClaimAnswer {
  /** Index of its check. */
  readonly check: number;
  readonly subject: string;
  readonly claim: string;
  readonly span: Span;
  /** Of all that a `for` ranges over. */
  readonly isProperty: boolean;
  readonly holds: boolean;
  readonly measured: string;
  readonly message?: string;
  readonly repeat?: string;
  readonly counterexample?: Readonly<Record<string, string>>;
  readonly milliseconds: number;
}
