/** Slots of `keep`: a delivery that overwrites a chunk waits for all readers of that chunk. */
import { EdgeReason, TaskKind } from "../graph/task-graph.js";
import type { Lowered } from "../lower/lower.js";
import type { PlannedEdges } from "./edges.js";
import type { Replaced } from "./overwrites.js";

export function addReuse(lowered: Lowered, replaced: Replaced, edges: PlannedEdges): void {
  if (replaced.size === 0) return;
  const readers = dataSuccessors(lowered);
  for (const [delivery, before] of replaced)
    for (const reader of readers(before)) if (reader !== delivery) edges.add(reader, delivery, EdgeReason.reuse);
}

/** Tasks that read what a task writes, joins followed to those behind them. */
function dataSuccessors(lowered: Lowered): (task: number) => Iterable<number> {
  const { tasks } = lowered;
  const start = new Int32Array(tasks.count + 1);
  for (let i = 0; i < tasks.predecessor.length; i++) start[tasks.predecessor[i]! + 1]!++;
  for (let t = 0; t < tasks.count; t++) start[t + 1]! += start[t]!;
  const successor = new Int32Array(tasks.predecessor.length);
  const next = start.slice(0, -1);
  for (let t = 0; t < tasks.count; t++)
    for (let i = tasks.predecessorStart[t]!; i < tasks.predecessorStart[t + 1]!; i++)
      successor[next[tasks.predecessor[i]!]!++] = t;
  return (task) => {
    const found = new Set<number>();
    const visit = (t: number): void => {
      for (let i = start[t]!; i < start[t + 1]!; i++) {
        const reader = successor[i]!;
        if (tasks.kind[reader] === TaskKind.join) visit(reader);
        else found.add(reader);
      }
    };
    visit(task);
    return found;
  };
}
