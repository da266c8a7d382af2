/** What lowering builds up: statement instances, who writes which block of which value, and the tasks. */
import type { CheckedProgram, LayerIR, OpStatement, ValueId, ValueIR, WordStatement } from "../check/ir.js";
import type { Access } from "./access.js";
import { Domains, type PartSelection } from "./domains.js";
import { GuardShares } from "./guard-shares.js";
import type { Partition } from "./partition.js";
import type { Runs } from "../graph/runs.js";
import type { Settings, StatementSettings } from "./settings.js";
import { TaskWriter, type GrowingInt32 } from "./task-writer.js";
import type { CollectiveRun } from "./collective-run.js";

export interface LoweringContext {
  readonly program: CheckedProgram;
  readonly layer: LayerIR;
  readonly settings: Settings;
  readonly domains: Domains;
  readonly writer: TaskWriter;
  readonly guardShares: GuardShares;
  readonly instances: InstanceRecord[];
  /** By value, then rank: what writes it. Inputs have none. */
  readonly pieces: Map<ValueId, (Piece[] | undefined)[]>;
}

/** Nothing is lowered yet. */
export function createLoweringContext(program: CheckedProgram, layer: LayerIR, settings: Settings): LoweringContext {
  return {
    ...{ program, layer, settings },
    domains: new Domains(program),
    writer: new TaskWriter(),
    guardShares: new GuardShares(program.tables),
    instances: [],
    pieces: new Map(),
  };
}

/** What one instance writes of a value on one rank. */
export interface Piece {
  /** Per dimension; block number is row-major over their block counts. */
  readonly partitions: readonly Partition[];
  /** Task that a reader of block b waits for: writers[b], or `base + b` where there is no list. `stays` for what stays in place. */
  readonly writers?: Int32Array;
  readonly base: number;
  /** Value that a block which stays in place is read through; `through` where it has other axes than this one. */
  readonly alias?: ValueIR;
  readonly through?: (region: readonly Runs[]) => readonly Runs[];
}
/** Writer of a block that the word leaves where it was: its writers are those of the word's operand there. */
export const stays = -1;
/** Writer of a block that is there before the run: the identity of a monoid. */
export const given = -2;

export type InstanceRecord = OpInstance | WordInstance;

interface InstanceBase {
  readonly statement: number;
  readonly part: readonly number[];
  readonly selections: readonly PartSelection[];
  readonly name: string;
  readonly settings: StatementSettings;
}

export interface OpInstance extends InstanceBase {
  readonly kind: "op";
  readonly ir: OpStatement;
  readonly accesses: readonly Access[];
  /** By rank; undefined where the value does not exist. */
  readonly onRank: (OpOnRank | undefined)[];
}

export interface OpOnRank {
  /** First task; block b is task base + b while lowering (demand renumbers). */
  readonly base: number;
  readonly partitions: readonly Partition[];
  /** Blocks of the accumulated reduction, innermost in the block number; one where nothing is accumulated. */
  readonly accumulateVariable: number | undefined;
  readonly accumulate: readonly Runs[];
  /** Blocks that contribute nothing, because a guard masks them whole: they are not done. */
  readonly masked: ReadonlySet<number>;
  /** Range of each variable of the kernel on this rank (outputs: the whole instance's). */
  readonly ranges: readonly Runs[];
}

export interface WordInstance extends InstanceBase {
  readonly kind: "word";
  readonly ir: WordStatement;
  readonly run: CollectiveRun;
  /** One group of ranks for each combination of positions on the other mesh axes. */
  readonly groups: WordGroup[];
  /** Transfer k of the instance: group, event of the run, and block within the chunk. */
  readonly transferGroup: GrowingInt32;
  readonly transferEvent: GrowingInt32;
  readonly transferBlock: GrowingInt32;
  /** Of a transfer that takes several chunks along, one block of each: the events after the first. */
  readonly transferRest: Map<number, readonly number[]>;
  /** Combination k is done by the instance's join of block k; other joins have block -1. */
  readonly combinations: Combination[];
}

/** Events of transfer k: what is on its way from one rank to another in one round is one message. */
export function eventsOf({ transferEvent, transferRest }: WordInstance, k: number): readonly number[] {
  const rest = transferRest.get(k);
  return rest === undefined ? [transferEvent.data[k]!] : [transferEvent.data[k]!, ...rest];
}

export interface WordGroup {
  readonly ranks: readonly number[];
  /** Blocks of each chunk (by chunk key of the run): products of runs; the block number is row-major. */
  chunk(key: number): ChunkBlocks;
  /** The chunk as it lies in the result of the rank at a position: shift leaves it under other indices. */
  placed(key: number, position: number): ChunkBlocks;
}
export interface ChunkBlocks {
  /** Per dimension, the pieces it is cut into. */
  readonly pieces: readonly (readonly Runs[])[];
  readonly blockCount: number;
}

/** A state of a block that holds several contributions: two states combined, left and right. */
export interface Combination {
  readonly group: number;
  /** State of the run that it makes, and the state that something is combined with. */
  readonly state: number;
  readonly own: number;
  /** The delivery that is combined with it, or another state on that rank; and whether that stands left. */
  readonly other: { readonly event: number; readonly leads: boolean } | { readonly state: number };
  readonly block: number;
}
