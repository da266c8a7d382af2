import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";

/** Ranks at which it is seen that a task is done: where it computes, or both ends of a transfer. */
export function endsOf(graph: TaskGraph, task: number): { readonly source: number; readonly target: number } {
  const rank = graph.rank[task]!;
  if (graph.kind[task] !== TaskKind.transfer) return { source: rank, target: rank };
  const cost = graph.classes[graph.classOf[task]!]!;
  return { source: rank, target: cost.kind === "transfer" ? cost.target : rank };
}

/** Whether a rank sees by itself that a task is done. */
export function isSeenAt(graph: TaskGraph, task: number, rank: number): boolean {
  const { source, target } = endsOf(graph, task);
  return source === rank || target === rank;
}

/**
 * What each task waits for, joins replaced by what they stand for. The tasks of one pair of ranks (of one rank, where
 * they compute) are replayed one after the other, so only the last of each pair is kept: a join of n stands for a few.
 *
 * @param order every task after those it waits for
 * @returns by task; what a join stands for is made once
 */
export function findLeaves(graph: TaskGraph, order: Int32Array): (task: number) => readonly number[] {
  const { taskCount, successorStart, successor, kind, rankCount } = graph;
  const predecessorStart = new Uint32Array(taskCount + 1);
  for (const task of successor) predecessorStart[task + 1]!++;
  for (let task = 0; task < taskCount; task++) predecessorStart[task + 1]! += predecessorStart[task]!;
  const predecessor = new Int32Array(successor.length);
  const next = predecessorStart.slice(0, taskCount);
  for (let task = 0; task < taskCount; task++) {
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++) {
      predecessor[next[successor[edge]!]!++] = task;
    }
  }
  const position = new Int32Array(taskCount);
  order.forEach((task, index) => (position[task] = index));
  const ofJoin = new Map<number, readonly number[]>();

  function gather(task: number): readonly number[] {
    const from = predecessorStart[task]!;
    const to = predecessorStart[task + 1]!;
    if (from === to) return [];
    if (to - from === 1) {
      const only = predecessor[from]!;
      return kind[only] === TaskKind.join ? ofJoin.get(only)! : [only];
    }
    const lastOfPair = new Map<number, number>();
    const add = (leaf: number): void => {
      const { source, target } = endsOf(graph, leaf);
      const pair = source * rankCount + target;
      const known = lastOfPair.get(pair);
      if (known === undefined || position[known]! < position[leaf]!) lastOfPair.set(pair, leaf);
    };
    for (let edge = from; edge < to; edge++) {
      const before = predecessor[edge]!;
      if (kind[before] === TaskKind.join) ofJoin.get(before)!.forEach(add);
      else add(before);
    }
    return [...lastOfPair.values()];
  }

  for (const task of order) if (kind[task] === TaskKind.join) ofJoin.set(task, gather(task));
  return (task) => ofJoin.get(task) ?? gather(task);
}
