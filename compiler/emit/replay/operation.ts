import type { Places } from "./ends.js";
import type { WholeCall, WholeCalls } from "./whole-calls.js";

/** What the replay of a graph needs to know that the graph does not say. Times in nanoseconds. */
export interface ReplayTimes {
  /** When each task is predicted to start. */
  readonly start: Float64Array;
  /** When the last is predicted to end. */
  readonly makespanNs: number;
  /** How long a compute task, or a transfer within a rank, holds all that the rank computes with. */
  duration(task: number): number;
}

/** A step of one rank, which all simulators of messages understand. */
export interface Operation {
  /** 0, 1, .. on its rank. */
  readonly number: number;
  readonly kind: "compute" | "send" | "receive";
  /** Whole nanoseconds of computing, >= 1; 0 of a message. */
  readonly nanoseconds: number;
  /** Of a message: the other rank, its bytes, >= 1, and its number among those from its source to its target. */
  readonly peer: number;
  readonly bytes: number;
  readonly message: number;
  /** Numbers of operations of the same rank, all lower, that must have finished. */
  readonly after: readonly number[];
  /** Task of the graph; -1 of a notification and of an idle rank. */
  readonly task: number;
}

/** What all ranks of a group do together, and which of `Replay.groups` they are. */
export interface CollectiveOperation extends Pick<Operation, "number" | "after"> {
  readonly kind: "collective";
  readonly call: WholeCall;
  readonly group: number;
}

/**
 * A graph as one list of operations a rank. Each rank has a lane of compute operations, one of sends and collectives,
 * and one of receives for each source; a lane runs in order. One order of all steps is behind all of them, so they
 * cannot block each other, all members of a group have its collectives in one order, and joins are gone.
 */
export interface Replay<O = Operation> {
  readonly rankCount: number;
  readonly whole: WholeCalls;
  /** The groups of ranks, each ascending, that collectives are of. */
  readonly groups: readonly (readonly number[])[];
  /** Messages of one byte, where a step waits for one of which none of its ranks sees the end. */
  readonly notificationCount: number;
  /** Transfers that wait for their target: what waits in the replay is their receive. */
  readonly heldReceives: number;
  /** Made while it is read; at least one operation for each rank. */
  operations(rank: number): Iterable<O>;
}

/** Tells a rank that a step is done, of which it sees nothing. */
export interface Notification {
  readonly of: number;
  readonly source: number;
  readonly target: number;
}

/** Steps of all ranks in one order: tasks below `taskCount`, calls below `firstNotification`, and notifications. */
export interface Steps {
  readonly places: Places;
  readonly order: Int32Array;
  readonly notifications: readonly Notification[];
  /** `of * rankCount + target` to the step. */
  readonly notificationAt: ReadonlyMap<number, number>;
  readonly firstNotification: number;
  leaves(step: number): readonly number[];
}
