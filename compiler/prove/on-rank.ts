/** A plan rank by rank: what touches the memory of each. */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { targetsOf } from "../plan/touching.js";
import type { Pass, TaskAccesses } from "./accesses.js";

/** What there is of a rank: its number, tasks that touch its memory, and what is passed on there. */
export interface OnRank {
  readonly rank: number;
  readonly tasks: Int32Array;
  readonly passes: readonly Pass[];
  readonly buffers: readonly number[];
  readonly outputs: readonly number[];
}

export function partitionByRank({ graph, buffers, outputs }: ExecutionPlan, accesses: TaskAccesses): OnRank[] {
  const { taskCount, rankCount } = graph;
  const targets = targetsOf(graph.classes as readonly { readonly target?: number }[]);
  const targetOf = (task: number): number => (graph.classOf[task]! < 0 ? -1 : targets[graph.classOf[task]!]!);
  const counts = new Int32Array(rankCount);
  const visit = (report: (rank: number, task: number) => void): void => {
    for (let task = 0; task < taskCount; task++) {
      const rank = graph.rank[task]!;
      report(rank, task);
      const target = targetOf(task);
      if (target >= 0 && target !== rank) report(target, task);
    }
  };
  visit((rank) => counts[rank]!++);
  const tasks = Array.from(counts, (count) => new Int32Array(count));
  const next = new Int32Array(rankCount);
  visit((rank, task) => (tasks[rank]![next[rank]!++] = task));
  const byRank = <T>(list: Iterable<T>, rankOf: (one: T) => number): T[][] => {
    const lists = Array.from({ length: rankCount }, (): T[] => []);
    for (const one of list) lists[rankOf(one)]!.push(one);
    return lists;
  };
  const rankOf = (buffer: number): number => buffers[buffer]!.rank;
  const passes = byRank(accesses.passes, ({ from }) => rankOf(from));
  const own = byRank(buffers.keys(), rankOf);
  const out = byRank(
    outputs.map(({ buffer }) => buffer),
    rankOf,
  );
  return tasks.map((list, rank) => ({
    ...{ rank, tasks: list, passes: passes[rank]!, buffers: own[rank]!, outputs: out[rank]! },
  }));
}
