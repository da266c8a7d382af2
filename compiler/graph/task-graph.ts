import type { Word } from "../check/ir.js";
import type { Location } from "../diagnostics/types.js";
import type { BlockShape } from "../machine/block-shape.js";

/**
 * The contract between the compiler and everything behind it: what is to be done, on what, and before what.
 * Struct of arrays: task t is the t-th entry of each column. Any execution that respects the edges computes the layer.
 * What many tasks share stands once, in `classes` (cost and claims) and `instances` (statement, part, identity, span).
 */
export interface TaskGraph {
  readonly taskCount: number;
  /** A `TaskKind`. */
  readonly kind: Uint8Array;
  /** Rank that executes the task; of a transfer, the sender. */
  readonly rank: Int32Array;
  /** Index into `instances`; -1 for joins that belong to none. */
  readonly instance: Int32Array;
  /** Number of the task's block in its instance's blocks on its rank; of a transfer, its number in `instances[i].transfers`. */
  readonly block: Int32Array;
  /** Index into `classes`; -1 for joins. */
  readonly classOf: Int32Array;
  /** Index into `queues`; -1 for joins. */
  readonly queue: Int32Array;
  /** Place in the queue's issue order: 0, 1, .. within each queue; 0 for joins. */
  readonly place: Int32Array;

  /** Edges as CSR by the task that must finish first: successors of t are `successor[successorStart[t] .. successorStart[t + 1])`. */
  readonly edgeCount: number;
  readonly successorStart: Uint32Array;
  readonly successor: Uint32Array;
  /** Why each edge exists: an `EdgeReason`. */
  readonly reason: Uint8Array;

  readonly classes: readonly TaskClass[];
  readonly queues: readonly Queue[];
  readonly instances: readonly StatementInstance[];
  /** Ranks of the mesh: 0 .. rankCount - 1. */
  readonly rankCount: number;
}

export const TaskKind = { compute: 0, transfer: 1, join: 2 } as const;
export type TaskKind = (typeof TaskKind)[keyof typeof TaskKind];

export const EdgeReason = { data: 0, reuse: 1, order: 2 } as const;
export type EdgeReason = (typeof EdgeReason)[keyof typeof EdgeReason];

export type TaskClass = ComputeClass | TransferClass;

/** Cost of a compute task, exact for its block. */
export interface ComputeClass {
  readonly kind: "compute";
  /** Work of contractions, at the rate of `matrixDtype`. */
  readonly matrixFlops: number;
  readonly matrixDtype: string;
  /** All other arithmetic, at the f32 rate. */
  readonly vectorFlops: number;
  /** Arithmetic on the block's own elements that no guard masks; what it is executed as, above, is whole tiles. */
  readonly flops: number;
  /** Share of the statement's compulsory memory traffic on this rank, bytes. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Tiles the block is executed as, >= 1; each holds one SM for its time, waves of `slots` at once. */
  readonly tiles: number;
  readonly shape: BlockShape;
}

/** Cost of a transfer between two ranks. */
export interface TransferClass {
  readonly kind: "transfer";
  readonly source: number;
  readonly target: number;
  /** Bytes of the values themselves. */
  readonly payloadBytes: number;
  /** Bytes on the wire, metadata included. */
  readonly wireBytes: number;
  /** Combined into the target's state under a monoid (memory at the target reads and writes), else stored (writes). */
  readonly combining: boolean;
  /** Read from the sender's memory; false where the sender's own stores produce it (`stores`). */
  readonly readsSource: boolean;
  /** Memory traffic of combining is the memory's own (`run on memory`): no extra read at the target. */
  readonly combinesInMemory: boolean;
  /**
   * One of so many sends that the switch makes one of (`run on memory`): it combines them for their target, together with
   * what the target sends up itself, or copies what their source sends once for all, itself included.
   */
  readonly merged?: { readonly by: "combining" | "copying"; readonly sends: number };
  /** A copy within a rank, from a memory tier of it (`read`) or to it (`write`). */
  readonly tier?: { readonly name: string; readonly way: "read" | "write" };
}

/** One engine share of one rank; tasks are issued in order of `place`; a head that waits blocks those behind it. */
export interface Queue {
  readonly rank: number;
  readonly engine: "sms" | "copy" | "nic" | "stores" | "memory";
  /** `sms` | `copy` | `sms(20) out` | `memory(8) out`: for people. */
  readonly name: string;
  /** How many may be in flight: SMs of a compute queue (a tile an SM), else transfers. */
  readonly width: number;
  /**
   * Of a queue of transfers that SMs do or issue: bytes per second they can move together, of n sends that a switch makes one
   * of an n-th of each; Infinity otherwise.
   */
  readonly bytesPerSecond: number;
}

/** A statement of the layer, of one part, on all ranks. Shared by its tasks. */
export interface StatementInstance {
  /** `h`, `sent.take`, `h[1]` for a part. */
  readonly name: string;
  readonly kind: "op" | "word";
  /** Index of the statement in the layer IR after rewriting. */
  readonly statement: number;
  /** Index over the splits; [] where none. */
  readonly part: readonly number[];
  readonly location: Location;
  /** SMs that its compute tasks may hold at once, where an overlapping statement has reserved some; else the queue's width. */
  readonly slots: number;
  /** For a word: `ring`, `direct`. */
  readonly collective?: string;
  /** For a word: round of transfer k of this instance. */
  readonly rounds?: Int32Array;
  /** For a word: what it would be if each of its exchanges between the ranks of a group were done at once. */
  readonly calls?: WordCalls;
  /** Identity of the launch: instances that share it (`fuse`) are launched once. */
  readonly launch: number;
}

/**
 * A word as calls of a library of collectives: one for each group of ranks, and, where its chunks are sent in blocks, for
 * each block of all of them. Call of group g and block b is number g * blockCount + b.
 */
export interface WordCalls {
  readonly word: Word;
  /** Ranks of each group, by position. */
  readonly groups: readonly (readonly number[])[];
  readonly blockCount: number;
  /** Chunks that the value of a call is sent in, and deliveries of chunks in a call of which nothing is left out. */
  readonly chunkCount: number;
  readonly deliveries: number;
  /** Call of transfer k of the instance, and how many chunks it delivers. */
  readonly ofTransfer: Int32Array;
  readonly chunksOfTransfer: Int32Array;
  /** Call of combination k (the instance's joins of block k). */
  readonly ofCombination: Int32Array;
}

/** What one task is, for people and for the tools; slow, made when asked for. */
export interface TaskDescription {
  readonly label: string;
  readonly location: Location;
}
