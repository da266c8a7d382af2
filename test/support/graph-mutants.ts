/** Faults put into a planned graph, one at a time. */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";

/** Edge e of the graph, from the task that must finish first. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

export function edgesOf(graph: TaskGraph): Edge[] {
  return Array.from({ length: graph.taskCount }, (_, from) =>
    [...graph.successor.subarray(graph.successorStart[from]!, graph.successorStart[from + 1]!)].map((to) => ({
      from,
      to,
    })),
  ).flat();
}

export function withoutEdge(graph: TaskGraph, index: number): TaskGraph {
  return {
    ...graph,
    edgeCount: graph.edgeCount - 1,
    successorStart: graph.successorStart.map((start) => (start > index ? start - 1 : start)),
    successor: graph.successor.filter((_, e) => e !== index),
    reason: graph.reason.filter((_, e) => e !== index),
  };
}
