import { assertInvariant } from "../../diagnostics/internal-fault.js";
import { countPredecessors, orderQueues } from "../../graph/queue-order.js";
import type { TaskGraph } from "../../graph/task-graph.js";

/**
 * All tasks, each after those it waits for and after those its queue issues before it; where that leaves a choice, by
 * when they are predicted to start.
 *
 * @param start when each task is predicted to start; no edge may lead back in it
 */
export function orderTasks(graph: TaskGraph, start: Float64Array): Int32Array {
  const position = new Int32Array(graph.taskCount);
  sortTopologically(graph).forEach((task, index) => (position[task] = index));
  const order = Int32Array.from(position, (_, task) => task);
  return order.sort((a, b) => start[a]! - start[b]! || position[a]! - position[b]!);
}

/** Breadth first over the edges and the queues' orders (Kahn, CACM 5(11), 1962). */
function sortTopologically(graph: TaskGraph): Int32Array {
  const { taskCount, successorStart, successor, queue, place } = graph;
  const queues = orderQueues(graph);
  const waitsFor = countPredecessors(graph);
  for (let task = 0; task < taskCount; task++) if (queue[task]! >= 0 && place[task]! > 0) waitsFor[task]!++;
  const order = new Int32Array(taskCount);
  let count = 0;
  const release = (task: number): void => {
    if (--waitsFor[task]! === 0) order[count++] = task;
  };
  for (let task = 0; task < taskCount; task++) if (waitsFor[task] === 0) order[count++] = task;
  for (let index = 0; index < count; index++) {
    const task = order[index]!;
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++) release(successor[edge]!);
    const q = queue[task]!;
    const next = q < 0 ? Infinity : queues.start[q]! + place[task]! + 1;
    if (q >= 0 && next < queues.start[q + 1]!) release(queues.task[next]!);
  }
  assertInvariant(count === taskCount, "emit", `${taskCount - count} tasks wait for each other`);
  return order;
}
