/**
 * Program order of the graph that will run: on each rank, what a statement waits for by its place in the program is over before
 * any of it begins. Liveness (plan/liveness.ts), and so the proof of memory and all sharing of it, stands on this.
 */
import type { Planned } from "../plan/plan.js";
import { forEachRank } from "../plan/program-order.js";
import { tasksOf } from "../plan/touching.js";
import type { Precedence } from "./precedence.js";

/** Task `second` may begin before `first` is over, though on that rank its statement comes after. */
export interface OutOfOrder {
  readonly rank: number;
  readonly first: number;
  readonly second: number;
}

/** The first one, if any. */
export function findOutOfOrder({ lowered, touching, graph }: Planned, precedence: Precedence): OutOfOrder | undefined {
  let found: OutOfOrder | undefined;
  forEachRank(lowered, touching, (rank, { present, waits }) => {
    /** By instance: whether a task that stands for its end comes after all of it. */
    const known = new Map<number, Map<number, boolean>>();
    for (const instance of present)
      for (const before of waits.get(instance)!) {
        if (found !== undefined) return;
        let ends = known.get(before);
        if (ends === undefined) known.set(before, (ends = new Map()));
        const earlier = tasksOf(touching, before, rank).filter((task) => graph.instance[task] === before);
        for (const second of tasksOf(touching, instance, rank)) {
          if (graph.instance[second] !== instance) continue;
          const first = precedence.firstUnordered(earlier, second, ends);
          if (first === undefined) continue;
          found = { rank, first, second };
          return;
        }
      }
  });
  return found;
}
