import type { EdgeReason, TaskGraph } from "./task-graph.js";

/** Edges by the task that waits: those it waits for are `task[start[t] .. start[t + 1])`, ascending, each for a reason. */
export interface Predecessors {
  readonly start: Uint32Array;
  readonly task: Int32Array;
  /** An `EdgeReason`. */
  readonly reason: Uint8Array;
}

export function listPredecessors(graph: TaskGraph): Predecessors {
  const { taskCount, edgeCount, successorStart, successor, reason } = graph;
  const start = new Uint32Array(taskCount + 1);
  for (let edge = 0; edge < edgeCount; edge++) start[successor[edge]! + 1]!++;
  for (let t = 0; t < taskCount; t++) start[t + 1]! += start[t]!;
  const next = start.slice(0, taskCount);
  const task = new Int32Array(edgeCount);
  const why = new Uint8Array(edgeCount);
  for (let t = 0; t < taskCount; t++)
    for (let edge = successorStart[t]!; edge < successorStart[t + 1]!; edge++) {
      const at = next[successor[edge]!]!++;
      task[at] = t;
      why[at] = reason[edge]! as EdgeReason;
    }
  return { start, task, reason: why };
}
