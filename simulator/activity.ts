import { orderQueues } from "../compiler/graph/queue-order.js";
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import { createIntervals, without } from "./intervals.js";
import type { Timeline } from "./timeline.js";

/** When the engines of each rank are at work; each a union of disjoint, ascending `begin, end` pairs in nanoseconds. */
export interface Activity {
  /** Per queue: one of its tasks is running. */
  readonly ofQueue: readonly Float64Array[];
  /** Per queue: slot-nanoseconds in use. */
  readonly slotNs: Float64Array;
  /** Per rank: a compute task is running. */
  readonly compute: readonly Float64Array[];
  /** Per rank: a transfer is open of which it is the sender or the receiver. */
  readonly communication: readonly Float64Array[];
  /** Per rank: such a transfer is open and no compute task is running. */
  readonly exposed: readonly Float64Array[];
  /** Per rank: end of the last task that it takes part in. */
  readonly lastFinish: Float64Array;
}

export function measureActivity(graph: TaskGraph, timeline: Timeline): Activity {
  const { start, finish } = timeline;
  const order = orderQueues(graph);
  const ofQueue = graph.queues.map(createIntervals);
  const slotNs = new Float64Array(graph.queues.length);
  const compute = Array.from({ length: graph.rankCount }, createIntervals);
  const communication = Array.from({ length: graph.rankCount }, createIntervals);
  const lastFinish = new Float64Array(graph.rankCount);
  // Queue by queue: within one, tasks begin in order, so that intervals merge as they come.
  graph.queues.forEach((queue, q) => {
    for (let position = order.start[q]!; position < order.start[q + 1]!; position++) {
      const task = order.task[position]!;
      const begin = start[task]!;
      const end = finish[task]!;
      if (Number.isNaN(end)) continue;
      ofQueue[q]!.add(begin, end);
      slotNs[q]! += (end - begin) * claimedSlots(graph, task);
      lastFinish[queue.rank] = Math.max(lastFinish[queue.rank]!, end);
      if (graph.kind[task] === TaskKind.compute) compute[queue.rank]!.add(begin, end);
      else {
        const target = targetOf(graph, task);
        communication[queue.rank]!.add(begin, end);
        if (target !== queue.rank) communication[target]!.add(begin, end);
        lastFinish[target] = Math.max(lastFinish[target]!, end);
      }
    }
  });
  const computing = compute.map((intervals) => intervals.union());
  const communicating = communication.map((intervals) => intervals.union());
  return {
    ofQueue: ofQueue.map((intervals) => intervals.union()),
    slotNs,
    compute: computing,
    communication: communicating,
    exposed: communicating.map((open, rank) => without(open, computing[rank]!)),
    lastFinish,
  };
}

/** Slots of its queue that a task holds while it runs: SMs of a compute task, one of a transfer. */
export function claimedSlots(graph: TaskGraph, task: number): number {
  const cost = graph.classes[graph.classOf[task]!]!;
  if (cost.kind === "transfer") return 1;
  const slots = graph.instances[graph.instance[task]!]!.slots;
  return Math.min(cost.tiles, graph.queues[graph.queue[task]!]!.width, slots);
}

/** The rank whose memory a transfer writes. */
export function targetOf(graph: TaskGraph, task: number): number {
  const cost = graph.classes[graph.classOf[task]!]!;
  return cost.kind === "transfer" ? cost.target : graph.rank[task]!;
}
