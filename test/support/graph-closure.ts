import type { TaskGraph } from "../../compiler/graph/task-graph.js";

/** For each task, all that must be over before it begins, as bits. `before[t]` are the tasks said to be before t. */
export function closureOf(before: readonly (readonly number[])[]): bigint[] {
  const closed: (bigint | undefined)[] = [];
  const visit = (task: number): bigint => {
    const known = closed[task];
    if (known !== undefined) return known;
    let bits = 0n;
    for (const other of before[task]!) bits |= visit(other) | (1n << BigInt(other));
    return (closed[task] = bits);
  };
  return before.map((_, task) => visit(task));
}

/** Direct predecessors of each task, by the reason of the edge where one is given. */
export function predecessorsOf(graph: TaskGraph, reasons?: readonly number[]): number[][] {
  const before: number[][] = Array.from({ length: graph.taskCount }, () => []);
  for (let task = 0; task < graph.taskCount; task++)
    for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++)
      if (reasons === undefined || reasons.includes(graph.reason[edge]!)) before[graph.successor[edge]!]!.push(task);
  return before;
}

/** The bits of the tasks that hold. */
export function bitsOf(graph: TaskGraph, holds: (task: number) => boolean): bigint {
  let bits = 0n;
  for (let task = 0; task < graph.taskCount; task++) if (holds(task)) bits |= 1n << BigInt(task);
  return bits;
}
