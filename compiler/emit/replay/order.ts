import { assertInvariant } from "../../diagnostics/internal-fault.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import { assembleSteps } from "./step-graph.js";
import type { StepGraph } from "./step-graph.js";
import type { WholeCalls } from "./whole-calls.js";

/**
 * All tasks that are in no call, and all calls (`taskCount` + number), each after those it waits for and after those its
 * queue issues before it; where that leaves a choice, by when they are predicted to start: a call, when its first
 * message starts, but not before what all of it waits for.
 *
 * @param start when each task is predicted to start; no edge may lead back in it
 */
export function orderSteps(graph: TaskGraph, start: Float64Array, whole: WholeCalls): Int32Array {
  const steps = assembleSteps(graph, whole);
  const sorted = sortTopologically(steps);
  const startOf = new Float64Array(steps.nodeCount).fill(Infinity);
  startOf.set(start);
  for (let task = 0; task < graph.taskCount; task++) {
    const call = whole.callOf[task]!;
    if (call < 0) continue;
    const node = graph.taskCount + call;
    startOf[node] = Math.min(startOf[node]!, start[task]!);
  }
  const position = new Int32Array(steps.nodeCount);
  sorted.forEach((node, index) => {
    position[node] = index;
    for (let edge = steps.start[node]!; edge < steps.start[node + 1]!; edge++) {
      const next = steps.successor[edge]!;
      startOf[next] = Math.max(startOf[next]!, startOf[node]!);
    }
  });
  const order = sorted.filter((node) => node >= graph.taskCount || whole.callOf[node]! < 0);
  return order.sort((a, b) => startOf[a]! - startOf[b]! || position[a]! - position[b]!);
}

/** Breadth first (Kahn, CACM 5(11), 1962). */
function sortTopologically({ nodeCount, start, successor }: StepGraph): Int32Array {
  const waitsFor = new Int32Array(nodeCount);
  for (const node of successor) waitsFor[node]!++;
  const order = new Int32Array(nodeCount);
  let count = 0;
  for (let node = 0; node < nodeCount; node++) if (waitsFor[node] === 0) order[count++] = node;
  for (let index = 0; index < count; index++) {
    const node = order[index]!;
    for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
      const next = successor[edge]!;
      if (--waitsFor[next]! === 0) order[count++] = next;
    }
  }
  assertInvariant(count === nodeCount, "emit", `${nodeCount - count} tasks wait for each other`);
  return order;
}
