import { TaskKind } from "../../graph/task-graph.js";
import type { Places } from "./ends.js";

/**
 * What each step waits for, joins replaced by what they stand for. The tasks of one pair of ranks (of one rank, where
 * they compute) are replayed one after the other, and so are the calls of one group, so only the last of each is kept: a
 * join of n stands for a few.
 *
 * @param order every step after those it waits for
 * @returns by step; what a join or a call waits for is made once
 */
export function findLeaves(places: Places, order: Int32Array): (step: number) => readonly number[] {
  const { graph, whole, stepOf, ends } = places;
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
  const position = new Int32Array(taskCount + whole.calls.length);
  order.forEach((step, index) => (position[step] = index));
  const tasksOfCall: number[][] = whole.calls.map(() => []);
  whole.callOf.forEach((call, task) => call >= 0 && tasksOfCall[call]!.push(task));
  const made = new Map<number, readonly number[]>();

  /** The tasks of one pair of ranks, or the calls of one group. */
  const laneOf = (step: number): number => {
    if (step >= taskCount) return rankCount * rankCount + places.groupOf(step);
    const { source, target } = ends(step);
    return source * rankCount + target;
  };

  function gather(step: number): readonly number[] {
    const tasks = step < taskCount ? [step] : tasksOfCall[step - taskCount]!;
    const lastOfLane = new Map<number, number>();
    const add = (leaf: number): void => {
      const lane = laneOf(leaf);
      const known = lastOfLane.get(lane);
      if (known === undefined || position[known]! < position[leaf]!) lastOfLane.set(lane, leaf);
    };
    for (const task of tasks) {
      const from = predecessorStart[task]!;
      const to = predecessorStart[task + 1]!;
      // Most tasks wait for one join.
      if (tasks.length === 1 && to - from === 1 && kind[predecessor[from]!] === TaskKind.join) {
        const only = made.get(predecessor[from]!);
        if (only !== undefined) return only;
      }
      for (let edge = from; edge < to; edge++) {
        const before = stepOf(predecessor[edge]!);
        if (before === step) continue;
        if (before < taskCount && kind[before] === TaskKind.join) made.get(before)!.forEach((leaf) => add(leaf));
        else add(before);
      }
    }
    return [...lastOfLane.values()];
  }

  for (const step of order) {
    if (step >= taskCount || kind[step] === TaskKind.join) made.set(step, gather(step));
  }
  return (step) => made.get(step) ?? gather(step);
}
