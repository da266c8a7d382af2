/**
 * What the verbs of a schedule ask for, gathered for lower and plan: one record a statement, and the relations
 * between statements. Verbs write it (compiler/plan/verbs); lower reads how work is cut, plan reads when and where.
 */
import type { AxisIR, CollectiveIR } from "../check/ir.js";

export interface SplitSetting {
  readonly axis: string;
  /** Index into mesh.axes: cut each rank's own part; absent: logical indices. */
  readonly within?: number;
  readonly count: number;
  readonly at?: readonly number[];
  readonly names: readonly string[];
}

/** How a dimension is cut into blocks: stretches between restarts, each in steps. */
export interface DimensionCut {
  /** Block length in elements; absent: each stretch is one block. */
  step?: number;
  /** True where the step is a tile: ragged rows then restart at each `to` group. */
  tiled: boolean;
  /** Layouts whose parts restart blocks (chunks that a word delivers or takes). */
  restarts: AxisIR[];
}

export type EngineName = "sms" | "copy" | "nic" | "stores" | "memory";

export interface StatementSettings {
  /** Per dimension of the result. */
  cuts: DimensionCut[];
  /** Explicit tile, per dimension of the result; absent: the default tile only sets how many tiles a block counts. */
  tile?: number[];
  /** Name of the reduced axis whose blocks are taken one at a time, and how it is cut. */
  accumulate?: { axis: string; cut: DimensionCut };
  /** Of a word. */
  collective?: CollectiveIR;
  engine?: EngineName;
  /** SMs reserved for it, which do or issue its tasks; statements of one `run` have one share together. */
  share?: { readonly sms: number; readonly of: number };
  async: boolean;
  /** Slots of its result kept on each rank. */
  keep?: number;
  /** Order of its blocks. */
  order?:
    | { readonly kind: "as"; readonly statement: number; readonly upstream: boolean }
    | { readonly kind: "by"; readonly axes: readonly string[] };
  /** Statements that are launched together share this number. */
  launch: number;
}

export interface Settings {
  readonly splits: SplitSetting[];
  readonly statements: StatementSettings[];
  /** Unordered pairs (a, b), as a * statementCount + b with a < b, that no barrier separates. */
  readonly relaxed: Set<number>;
  /** Groups of statements that overlap; words of one group issue round before statement. */
  readonly overlapGroups: number[][];
  /** Statements of which one is issued before the other in a queue that they share. */
  readonly priorities: { readonly above: number; readonly below: number }[];
}
