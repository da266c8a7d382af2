/**
 * Program order of the graph that will run: on each rank, what a statement waits for by its place in the program is over before
 * any of it begins. Liveness (plan/liveness.ts), and so the proof of memory and all sharing of it, stands on this.
 */
import type { TaskGraph } from "../graph/task-graph.js";
import type { Planned } from "../plan/plan.js";
import { tasksOf, type TouchingTasks } from "../plan/touching.js";
import type { Precedence } from "./precedence.js";

/** Task `second` may begin before `first` is over, though on that rank its statement comes after. */
export interface OutOfOrder {
  readonly rank: number;
  readonly first: number;
  readonly second: number;
}

/** The first one, if any. */
export function findOutOfOrder({ order, touching, graph }: Planned, precedence: Precedence): OutOfOrder | undefined {
  for (const [rank, { present, waits }] of order.entries()) {
    /** By instance: whether a task that stands for its end comes after all of it. */
    const known = new Map<number, Map<number, boolean>>();
    const tasks = new Map(present.map((instance) => [instance, tasksThere(graph, touching, instance, rank)]));
    for (const instance of present)
      for (const before of waits.get(instance)!) {
        let ends = known.get(before);
        if (ends === undefined) known.set(before, (ends = new Map()));
        for (const second of tasks.get(instance)!) {
          const first = precedence.firstUnordered(tasks.get(before)!, second, ends);
          if (first !== undefined) return { rank, first, second };
        }
      }
  }
  return undefined;
}

/** Those of an instance that are still its own in the graph. */
function tasksThere({ instance: own }: TaskGraph, touching: TouchingTasks, instance: number, rank: number): Int32Array {
  const tasks = tasksOf(touching, instance, rank);
  return tasks.every((task) => own[task] === instance) ? tasks : tasks.filter((task) => own[task] === instance);
}
