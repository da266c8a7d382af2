import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import { endsOf, findLeaves, isSeenAt } from "./leaves.js";
import type { Replay, ReplayTimes } from "./operation.js";
import { orderTasks } from "./order.js";
import { operationsOf } from "./rank-operations.js";

/** Plans the replay of a graph: its order, what each task waits for, and what must be told to another rank. */
export function replayOf(graph: TaskGraph, times: ReplayTimes): Replay {
  const tasks = orderTasks(graph, times.start);
  const leaves = findLeaves(graph, tasks);
  const notifications: { of: number; source: number; target: number }[] = [];
  const notificationAt = new Map<number, number>();
  const order: number[] = [];
  let heldReceives = 0;
  for (const task of tasks) {
    if (graph.kind[task] === TaskKind.join) continue;
    const { source, target } = endsOf(graph, task);
    let held = false;
    for (const leaf of leaves(task)) {
      if (isSeenAt(graph, leaf, source)) continue;
      if (isSeenAt(graph, leaf, target)) held = true;
      else {
        const key = leaf * graph.rankCount + source;
        if (notificationAt.has(key)) continue;
        const step = graph.taskCount + notifications.length;
        notifications.push({ of: leaf, source: endsOf(graph, leaf).target, target: source });
        notificationAt.set(key, step);
        order.push(step);
      }
    }
    if (held) heldReceives++;
    order.push(task);
  }
  const steps = { graph, order: Int32Array.from(order), notifications, notificationAt, leaves };
  return {
    rankCount: graph.rankCount,
    notificationCount: notifications.length,
    heldReceives,
    operations: operationsOf(steps, times),
  };
}
