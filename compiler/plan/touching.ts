/** Which tasks of an instance touch which rank's memory: an op and a combination their own rank, a transfer both its ends. */
import { TaskKind, type TransferClass } from "../graph/task-graph.js";
import type { Lowered } from "../lower/lower.js";

/** Tasks by (instance, rank): `task[start[instance * ranks + rank] .. ]`, in task order. Other joins touch nothing. */
export interface TouchingTasks {
  readonly start: Int32Array;
  readonly task: Int32Array;
  readonly rankCount: number;
}

export function tasksTouching(lowered: Lowered): TouchingTasks {
  const { tasks, classes, instances } = lowered;
  const rankCount = lowered.program.mesh.rankCount;
  const start = new Int32Array(instances.length * rankCount + 1);
  const targetOf = targetsOf(classes as readonly TransferClass[]);
  const visit = (report: (cell: number, task: number) => void): void => {
    for (let t = 0; t < tasks.count; t++) {
      const kind = tasks.kind[t]!;
      if (kind === TaskKind.join && tasks.block[t]! < 0) continue;
      const row = tasks.instance[t]! * rankCount;
      report(row + tasks.rank[t]!, t);
      if (kind === TaskKind.transfer) report(row + targetOf[tasks.classOf[t]!]!, t);
    }
  };
  visit((cell) => start[cell + 1]!++);
  for (let i = 1; i < start.length; i++) start[i]! += start[i - 1]!;
  const task = new Int32Array(start.at(-1)!);
  const next = start.slice(0, -1);
  visit((cell, t) => (task[next[cell]!++] = t));
  return { start, task, rankCount };
}

/** Tasks of an instance that touch a rank. */
export function tasksOf({ start, task, rankCount }: TouchingTasks, instance: number, rank: number): Int32Array {
  const cell = instance * rankCount + rank;
  return task.subarray(start[cell]!, start[cell + 1]!);
}

/** The first task of an instance that touches a rank; -1 where none does. */
export function firstTouching(touching: TouchingTasks, instance: number, rank: number): number {
  return tasksOf(touching, instance, rank)[0] ?? -1;
}

/** Receiving rank by class; -1 for compute classes. */
export function targetsOf(classes: readonly { readonly target?: number }[]): Int32Array {
  return Int32Array.from(classes, (c) => c.target ?? -1);
}
