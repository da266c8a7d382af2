import type { TaskGraph } from "./task-graph.js";

/** The tasks of queue q in the order in which it issues them: `task[start[q] .. start[q + 1])`. */
export interface QueueOrder {
  readonly start: Uint32Array;
  readonly task: Int32Array;
}

/** Lists each queue's tasks by place. Joins are in no queue. */
export function orderQueues(graph: TaskGraph): QueueOrder {
  const { taskCount, queue, place } = graph;
  const start = new Uint32Array(graph.queues.length + 1);
  for (let task = 0; task < taskCount; task++) {
    const q = queue[task]!;
    if (q >= 0) start[q + 1]!++;
  }
  for (let q = 0; q < graph.queues.length; q++) start[q + 1]! += start[q]!;
  const task = new Int32Array(start[graph.queues.length]!);
  for (let t = 0; t < taskCount; t++) {
    const q = queue[t]!;
    if (q >= 0) task[start[q]! + place[t]!] = t;
  }
  return { start, task };
}

/** How many tasks each task waits for. */
export function countPredecessors(graph: TaskGraph): Int32Array {
  const count = new Int32Array(graph.taskCount);
  const { successor } = graph;
  for (let edge = 0; edge < successor.length; edge++) count[successor[edge]!]!++;
  return count;
}
