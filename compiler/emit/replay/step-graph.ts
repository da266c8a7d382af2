import { orderQueues } from "../../graph/queue-order.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import type { WholeCalls } from "./whole-calls.js";

/**
 * What must come before what where calls stand for tasks: nodes 0 .. taskCount - 1 are tasks (those in a call have no
 * edges), and the calls follow. Edges of the graph, and the issue order of the queues among what is in no call.
 */
export interface StepGraph {
  readonly nodeCount: number;
  /** Successors of node v: `successor[start[v] .. start[v + 1])`, some of them more than once. */
  readonly start: Uint32Array;
  readonly successor: Uint32Array;
}

export function assembleSteps(graph: TaskGraph, { calls, callOf }: Pick<WholeCalls, "calls" | "callOf">): StepGraph {
  const { taskCount } = graph;
  const nodeCount = taskCount + calls.length;
  const behind = issuedNext(graph, callOf);
  const nodeOf = (task: number): number => (callOf[task]! < 0 ? task : taskCount + callOf[task]!);
  const forEachEdge = (report: (from: number, to: number) => void): void => {
    for (let task = 0; task < taskCount; task++) {
      const from = nodeOf(task);
      for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
        const to = nodeOf(graph.successor[edge]!);
        if (to !== from) report(from, to);
      }
      if (behind[task]! >= 0) report(task, behind[task]!);
    }
  };
  const start = new Uint32Array(nodeCount + 1);
  forEachEdge((from) => start[from + 1]!++);
  for (let node = 0; node < nodeCount; node++) start[node + 1]! += start[node]!;
  const successor = new Uint32Array(start[nodeCount]!);
  const next = start.slice(0, nodeCount);
  forEachEdge((from, to) => (successor[next[from]!++] = to));
  return { nodeCount, start, successor };
}

/** The task issued after each in its queue, those in calls left out; -1 where there is none. */
function issuedNext(graph: TaskGraph, callOf: Int32Array): Int32Array {
  const next = new Int32Array(graph.taskCount).fill(-1);
  const { start, task } = orderQueues(graph);
  for (let queue = 0; queue < graph.queues.length; queue++) {
    let last = -1;
    for (let index = start[queue]!; index < start[queue + 1]!; index++) {
      const each = task[index]!;
      if (callOf[each]! >= 0) continue;
      if (last >= 0) next[last] = each;
      last = each;
    }
  }
  return next;
}
