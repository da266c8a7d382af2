/**
 * What ranks share while they run. A task is ready when `remaining` of it is 0; whoever finishes a task counts it off its
 * successors, executes the joins that this releases, and wakes the ranks of the other tasks that it releases. All access
 * is through Atomics, which also orders the plain reads and writes of the tasks themselves.
 */
import type { SharedGraph } from "./shared-graph.js";

export const TaskState = { waiting: 0, started: 1, finished: 2 } as const;

export interface SharedControl {
  /** Predecessors not yet finished, by task. */
  readonly remaining: Int32Array;
  /** A `TaskState`, by task. */
  readonly state: Int32Array;
  /** Place of the next task to issue, by queue. */
  readonly head: Int32Array;
  /** The task a rank is executing, -1 for none. */
  readonly current: Int32Array;
  /** Changes whenever something became ready for the rank. */
  readonly signal: Int32Array;
  /** Tasks finished by the rank's worker. */
  readonly progress: Int32Array;
  /** `stopCell`: not 0 when all are to stop. `arrivedCell`: ranks that are ready to begin. */
  readonly flags: Int32Array;
  /** When each task began and ended, by the workers' common clock, ns. */
  readonly start: Float64Array;
  readonly finish: Float64Array;
}
export const stopCell = 0;
export const arrivedCell = 1;

const cells = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));
const times = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count)).fill(NaN);

export function createControl(graph: SharedGraph): SharedControl {
  const remaining = cells(graph.taskCount);
  remaining.set(graph.predecessors);
  return {
    remaining,
    state: cells(graph.taskCount),
    head: cells(graph.queueRank.length),
    current: cells(graph.rankCount).fill(-1),
    signal: cells(graph.rankCount),
    progress: cells(graph.rankCount),
    flags: cells(2),
    start: times(graph.taskCount),
    finish: times(graph.taskCount),
  };
}

export function isStopped(control: SharedControl): boolean {
  return Atomics.load(control.flags, stopCell) !== 0;
}

export function wake(control: SharedControl, rank: number): void {
  Atomics.add(control.signal, rank, 1);
  Atomics.notify(control.signal, rank);
}

/** Ranks begin together, so that a measured timeline does not show how long they take to be ready: says that one more is. */
export function arrive({ flags }: SharedControl, rankCount: number): void {
  if (Atomics.add(flags, arrivedCell, 1) + 1 === rankCount) Atomics.notify(flags, arrivedCell);
}

/** How many ranks are ready where others are still awaited: what `arrivedCell` holds until one more is. */
export function arrivedSoFar(control: SharedControl, rankCount: number): number | undefined {
  const arrived = Atomics.load(control.flags, arrivedCell);
  return arrived >= rankCount || isStopped(control) ? undefined : arrived;
}

/** The rank whose worker executes a join that waits for nothing; joins may belong to no rank. */
export function joinOwner(graph: SharedGraph, task: number): number {
  return Math.max(0, graph.rank[task]!);
}

/** Predecessors as CSR: those of t are `task[start[t] .. start[t + 1])`. */
export interface Predecessors {
  readonly start: Uint32Array;
  readonly task: Int32Array;
}

export function listPredecessors(graph: SharedGraph): Predecessors {
  const start = new Uint32Array(new SharedArrayBuffer(4 * (graph.taskCount + 1)));
  for (let task = 0; task < graph.taskCount; task++) start[task + 1] = start[task]! + graph.predecessors[task]!;
  const next = start.slice(0, graph.taskCount);
  const task = cells(graph.successor.length);
  for (let t = 0; t < graph.taskCount; t++) {
    for (let edge = graph.successorStart[t]!; edge < graph.successorStart[t + 1]!; edge++) {
      const successor = graph.successor[edge]!;
      task[next[successor]!++] = t;
    }
  }
  return { start, task };
}
