import { TaskKind } from "./task-graph.js";
import type { TaskDescription, TaskGraph } from "./task-graph.js";

/** What a task is, for people: the statement, where, and which block or which round. */
export function describeTask(graph: TaskGraph, task: number): TaskDescription {
  const instance = graph.instances[graph.instance[task]!];
  const location = instance?.location ?? { file: "", span: { start: 0, end: 0 } };
  const name = instance?.name ?? "join";
  if (graph.kind[task] === TaskKind.join) return { label: `${name} (all of these)`, location };
  const cost = graph.classes[graph.classOf[task]!]!;
  if (cost.kind === "compute") {
    return { label: `${name} rank ${graph.rank[task]} block ${graph.block[task]}`, location };
  }
  const round = instance?.rounds?.[graph.block[task]!];
  const suffix = round === undefined ? "" : ` round ${round}`;
  return { label: `${name} ${cost.source} -> ${cost.target}${suffix}`, location };
}

/** As messages name it, but for its rank: `out, block 3`; of a transfer its round too: `sent, block 7, round 2`. */
export function nameOfTask(graph: TaskGraph, task: number): string {
  const instance = graph.instances[graph.instance[task]!];
  if (instance === undefined || graph.kind[task] === TaskKind.join) return describeTask(graph, task).label;
  const block = graph.block[task]!;
  const round = instance.rounds?.[block];
  return `${instance.name}, block ${block}${round === undefined ? "" : `, round ${round}`}`;
}
