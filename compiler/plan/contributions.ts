/** Contributions to one accumulated block are taken one after another, in the order in which they are issued. */
import { EdgeReason, TaskKind } from "../graph/task-graph.js";
import type { Lowered } from "../lower/lower.js";
import type { PlannedEdges } from "./edges.js";
import type { PlannedQueues } from "./queues.js";

/** Place of each contribution in its block's chain: 0 first; -1 for tasks that accumulate nothing. */
export interface Contributions {
  readonly place: Int32Array;
  readonly count: Int32Array;
}

export function addContributionChains(lowered: Lowered, queues: PlannedQueues, edges: PlannedEdges): Contributions {
  const { tasks, instances } = lowered;
  const place = new Int32Array(tasks.count).fill(-1);
  const count = new Int32Array(tasks.count);
  const chains = new Map<string, number[]>();
  for (let t = 0; t < tasks.count; t++) {
    if (tasks.kind[t] !== TaskKind.compute) continue;
    const instance = instances[tasks.instance[t]!]!;
    if (instance.kind !== "op" || instance.settings.accumulate === undefined) continue;
    const pieces = instance.onRank[tasks.rank[t]!]!.accumulate.length;
    if (pieces < 2) continue;
    const key = `${tasks.instance[t]} ${tasks.rank[t]} ${Math.floor(tasks.block[t]! / pieces)}`;
    const chain = chains.get(key);
    if (chain === undefined) chains.set(key, [t]);
    else chain.push(t);
  }
  for (const chain of chains.values()) {
    chain.sort((a, b) => queues.place[a]! - queues.place[b]!);
    chain.forEach((t, i) => {
      place[t] = i;
      count[t] = chain.length;
      if (i > 0) edges.add(chain[i - 1]!, t, EdgeReason.order);
    });
  }
  return { place, count };
}
