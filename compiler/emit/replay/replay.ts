import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import { placesOf } from "./ends.js";
import { findLeaves } from "./leaves.js";
import type { CollectiveOperation, Notification, Operation, Replay, ReplayTimes } from "./operation.js";
import { orderSteps } from "./order.js";
import { operationsOf } from "./rank-operations.js";
import { noCalls } from "./whole-calls.js";
import type { WholeCalls } from "./whole-calls.js";

/** Plans the replay of a graph as messages: its order, what each step waits for, and what must be told to another rank. */
export function replayOf(graph: TaskGraph, times: ReplayTimes): Replay {
  // Without a call there is no collective.
  return replayWithCalls(graph, times, noCalls(graph)) as Replay;
}

/** The same with calls in the place of the transfers that they stand for. */
export function replayWithCalls(
  graph: TaskGraph,
  times: ReplayTimes,
  whole: WholeCalls,
): Replay<Operation | CollectiveOperation> {
  const places = placesOf(graph, whole);
  const steps = orderSteps(graph, times.start, whole);
  const leaves = findLeaves(places, steps);
  const notifications: Notification[] = [];
  const notificationAt = new Map<number, number>();
  const firstNotification = graph.taskCount + whole.calls.length;
  const order: number[] = [];
  let heldReceives = 0;

  /** Has the end of a step told to a rank, once. */
  const tell = (leaf: number, target: number): void => {
    const key = leaf * graph.rankCount + target;
    if (notificationAt.has(key)) return;
    const source = places.callOf(leaf)?.ranks[0] ?? places.ends(leaf).target;
    const step = firstNotification + notifications.push({ of: leaf, source, target }) - 1;
    notificationAt.set(key, step);
    order.push(step);
  };
  for (const step of steps) {
    const call = places.callOf(step);
    if (call !== undefined) {
      for (const leaf of leaves(step)) {
        if (!places.isSeenInGroup(leaf, step)) tell(leaf, call.ranks[0]!);
      }
    } else if (graph.kind[step] === TaskKind.join) continue;
    else {
      const { source, target } = places.ends(step);
      let held = false;
      for (const leaf of leaves(step)) {
        if (places.isSeenAt(leaf, source)) continue;
        if (places.isSeenAt(leaf, target)) held = true;
        else tell(leaf, source);
      }
      if (held) heldReceives++;
    }
    order.push(step);
  }
  return {
    rankCount: graph.rankCount,
    whole,
    groups: places.groups,
    notificationCount: notifications.length,
    heldReceives,
    operations: operationsOf(
      { places, order: Int32Array.from(order), notifications, notificationAt, firstNotification, leaves },
      times,
    ),
  };
}
