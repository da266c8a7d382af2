/** Watches a run for progress, and says what it hangs on when there is none. */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { TaskState, arrivedCell, listPredecessors } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";
import type { SharedGraph } from "../protocol/shared-graph.js";

export interface Stall {
  readonly rank: number;
  readonly task: number;
  readonly message: string;
}

/** What a task is called in messages: `out, block 3, on rank 1`. */
export function taskName(graph: TaskGraph, task: number): string {
  const instance = graph.instances[graph.instance[task]!];
  if (instance === undefined) return `join ${task}`;
  return `${instance.name}, block ${graph.block[task]}, on rank ${graph.rank[task]}`;
}

/** Workers may take long to start on a busy machine; that is no stall yet. */
const startSeconds = 30;

/** Calls `stalled` once when no task finished for that many seconds. Returns how to stop watching. */
export function watchProgress(control: SharedControl, seconds: number, stalled: () => void): () => void {
  let last = -1;
  let since = performance.now();
  const look = (): void => {
    const arrived = Atomics.load(control.flags, arrivedCell);
    const patience = arrived < control.progress.length ? Math.max(seconds, startSeconds) : seconds;
    let progress = arrived;
    for (let rank = 0; rank < control.progress.length; rank++) progress += Atomics.load(control.progress, rank);
    const now = performance.now();
    if (progress !== last) {
      last = progress;
      since = now;
    } else if (now - since >= patience * 1000) {
      clearInterval(timer);
      stalled();
    }
  };
  const timer = setInterval(look, Math.max(5, Math.min(1000, seconds * 100)));
  return () => clearInterval(timer);
}

/** The rank and task that a run without progress hangs on: one that is being executed, else the head of a queue. */
export function explainStall(graph: TaskGraph, shared: SharedGraph, control: SharedControl, seconds: number): Stall {
  const { rank, task, awaited } = whereItStands(shared, control);
  if (task < 0) return { rank, task, message: `no rank began within ${seconds} s` };
  const name = taskName(graph, task);
  if (awaited === undefined)
    return { rank, task, message: `rank ${rank} has been executing ${name}, for ${seconds} s` };
  const what = awaited < 0 ? "nothing" : taskName(graph, awaited);
  return { rank, task, message: `no task finished for ${seconds} s: rank ${rank} waits with ${name}, for ${what}` };
}

/** Where a run was that is ended from outside. */
export function explainStop(graph: TaskGraph, shared: SharedGraph, control: SharedControl, reason: string): Stall {
  const { rank, task, awaited } = whereItStands(shared, control);
  if (task < 0) return { rank, task, message: `${reason}; no task had begun` };
  const did = awaited === undefined ? "was executing" : "waited with";
  return { rank, task, message: `${reason}; rank ${rank} ${did} ${taskName(graph, task)}` };
}

/** Of each rank: `rank 0, at h, block 3, on rank 0; rank 1, before ..`. */
export function explainRanks(graph: TaskGraph, shared: SharedGraph, control: SharedControl): string {
  return Array.from({ length: shared.rankCount }, (_, rank) => {
    const task = Atomics.load(control.current, rank);
    return `rank ${rank}${whereRankStands(graph, shared, control, rank, task)}`;
  }).join("; ");
}

/** Of a rank that failed at a task, or, with -1, between tasks: `, at h, block 3, on rank 2`, or the next one of its queues. */
export function whereRankStands(
  graph: TaskGraph,
  shared: SharedGraph,
  control: SharedControl,
  rank: number,
  task: number,
): string {
  if (task >= 0) return `, at ${taskName(graph, task)}`;
  const next = nextOfQueues(shared, control, rank);
  return next < 0 ? "" : `, before ${taskName(graph, next)}`;
}

/** The head of the first queue that is not empty: of a rank, or of any; -1 where all are. */
function nextOfQueues(shared: SharedGraph, control: SharedControl, rank?: number): number {
  for (let queue = 0; queue < shared.queueRank.length; queue++) {
    const at = shared.queueStart[queue]! + Atomics.load(control.head, queue);
    const isOwn = rank === undefined || shared.queueRank[queue] === rank;
    if (isOwn && at < shared.queueStart[queue + 1]!) return shared.queueTask[at]!;
  }
  return -1;
}

/** A task that is being executed, or one that waits, and what for: -1 for nothing that is known. Task -1: no rank has begun. */
function whereItStands(
  shared: SharedGraph,
  control: SharedControl,
): { readonly rank: number; readonly task: number; readonly awaited?: number } {
  for (let rank = 0; rank < shared.rankCount; rank++) {
    const task = Atomics.load(control.current, rank);
    if (task >= 0) return { rank, task };
  }
  if (Atomics.load(control.flags, arrivedCell) < shared.rankCount) return { rank: 0, task: -1 };
  const task = nextOfQueues(shared, control);
  if (task < 0) return { rank: 0, task };
  return { rank: shared.rank[task]!, task, awaited: unfinishedPredecessor(shared, control, task) ?? -1 };
}

/** Follows joins back to the task that holds them up. */
function unfinishedPredecessor(shared: SharedGraph, control: SharedControl, task: number): number | undefined {
  const { start, task: list } = listPredecessors(shared);
  const seen = new Set([task]);
  const pending = [task];
  let join: number | undefined;
  while (pending.length > 0) {
    const next = pending.pop()!;
    for (let i = start[next]!; i < start[next + 1]!; i++) {
      const predecessor = list[i]!;
      if (seen.has(predecessor) || Atomics.load(control.state, predecessor) === TaskState.finished) continue;
      if (!shared.isJoin[predecessor]) return predecessor;
      join ??= predecessor;
      seen.add(predecessor);
      pending.push(predecessor);
    }
  }
  return join;
}
