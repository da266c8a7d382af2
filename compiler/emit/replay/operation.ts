import type { TaskGraph } from "../../graph/task-graph.js";

/** What the replay of a graph needs to know that the graph does not say. Times in nanoseconds. */
export interface ReplayTimes {
  /** When each task is predicted to start. */
  readonly start: Float64Array;
  /** When the last is predicted to end. */
  readonly makespanNs: number;
  /** How long a compute task, or a transfer within a rank, holds all that the rank computes with. */
  duration(task: number): number;
}

/** A step of one rank, which the simulators of point-to-point messages understand. */
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

/**
 * A graph as one list of operations a rank. Each rank has a lane of compute operations, one of sends, and one of
 * receives for each source; a lane runs in order. One order of all tasks is behind all of them, so they cannot block
 * each other, and joins are gone.
 */
export interface Replay {
  readonly rankCount: number;
  /** Messages of one byte, where a task waits for one of which neither of its ranks sees the end. */
  readonly notificationCount: number;
  /** Transfers that wait for their target: what waits in the replay is their receive. */
  readonly heldReceives: number;
  /** Made while it is read; at least one operation for each rank. */
  operations(rank: number): Iterable<Operation>;
}

/** Steps of all ranks in one order: tasks below `taskCount`, and notifications from there on. */
export interface Steps {
  readonly graph: TaskGraph;
  readonly order: Int32Array;
  /** Of each notification: the task whose end it tells, from where to where. */
  readonly notifications: readonly { readonly of: number; readonly source: number; readonly target: number }[];
  /** `of * rankCount + target` to the step. */
  readonly notificationAt: ReadonlyMap<number, number>;
  leaves(task: number): readonly number[];
}
