/**
 * Deadlock-freedom of the graph that will run: data, reuse and order edges (finish before start) together with the issue
 * order of in-order queues (start before start) have no cycle. Kahn's algorithm, linear in tasks and edges. What is left
 * over contains a cycle; the witness is a shortest one through some task that is left.
 */
import { countPredecessors, orderQueues } from "../graph/queue-order.js";
import type { TaskGraph } from "../graph/task-graph.js";

/** Tasks of a cycle, each waiting for the one before it (the first for the last); undefined where there is none. */
export function findDeadlock(graph: TaskGraph): number[] | undefined {
  const { taskCount, successorStart, successor } = graph;
  const waiting = countPredecessors(graph);
  const behind = nextInQueue(graph);
  for (let t = 0; t < taskCount; t++) if (behind[t]! >= 0) waiting[behind[t]!]!++;
  const ready = new Int32Array(taskCount);
  let count = 0;
  for (let t = 0; t < taskCount; t++) if (waiting[t] === 0) ready[count++] = t;
  const release = (task: number): void => {
    if (--waiting[task]! === 0) ready[count++] = task;
  };
  for (let i = 0; i < count; i++) {
    const t = ready[i]!;
    for (let e = successorStart[t]!; e < successorStart[t + 1]!; e++) release(successor[e]!);
    if (behind[t]! >= 0) release(behind[t]!);
  }
  if (count === taskCount) return undefined;
  return shortestCycle(graph, behind, waiting);
}

/** The task issued after each in its queue; -1 for the last, and for joins. */
export function nextInQueue(graph: TaskGraph): Int32Array {
  const next = new Int32Array(graph.taskCount).fill(-1);
  const { start, task } = orderQueues(graph);
  for (let q = 0; q < graph.queues.length; q++)
    for (let i = start[q]!; i + 1 < start[q + 1]!; i++) next[task[i]!] = task[i + 1]!;
  return next;
}

/** How many tasks a search for a short witness may begin from. */
const witnessSearches = 64;

function shortestCycle(graph: TaskGraph, behind: Int32Array, waiting: Int32Array): number[] {
  let best: number[] = [];
  let searches = 0;
  for (let t = 0; t < graph.taskCount && searches < witnessSearches; t++) {
    if (waiting[t]! <= 0) continue;
    searches++;
    const cycle = cycleThrough(graph, behind, waiting, t);
    if (cycle !== undefined && (best.length === 0 || cycle.length < best.length)) best = cycle;
  }
  return best;
}

function cycleThrough(graph: TaskGraph, behind: Int32Array, waiting: Int32Array, origin: number): number[] | undefined {
  const { successorStart, successor } = graph;
  const from = new Map<number, number>([[origin, -1]]);
  const queue = [origin];
  for (const t of queue) {
    const next = [...successor.subarray(successorStart[t]!, successorStart[t + 1]!)];
    if (behind[t]! >= 0) next.push(behind[t]!);
    for (const s of next) {
      if (s === origin) {
        const cycle: number[] = [];
        for (let at = t; at >= 0; at = from.get(at)!) cycle.push(at);
        return cycle.toReversed();
      }
      if (waiting[s]! <= 0 || from.has(s)) continue;
      from.set(s, t);
      queue.push(s);
    }
  }
  return undefined;
}
