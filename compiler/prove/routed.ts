import { TaskKind } from "../graph/task-graph.js";
import type { TaskGraph } from "../graph/task-graph.js";
import type { MachineModel } from "../machine/model.js";

/** A transfer between ranks that no link of the machine joins. */
export interface Unrouted {
  readonly instance: number;
  readonly source: number;
  readonly target: number;
}

/** The first transfer without a route of each instance that has one. */
export function findUnrouted(graph: TaskGraph, machine: MachineModel): Unrouted[] {
  const lacking = graph.classes.map(
    (cost) =>
      cost.kind === "transfer" && cost.source !== cost.target && machine.route(cost.source, cost.target) === undefined,
  );
  if (!lacking.includes(true)) return [];
  const found = new Map<number, Unrouted>();
  for (let task = 0; task < graph.taskCount; task++) {
    const index = graph.classOf[task]!;
    const instance = graph.instance[task]!;
    if (graph.kind[task] !== TaskKind.transfer || !lacking[index] || found.has(instance)) continue;
    const cost = graph.classes[index]!;
    if (cost.kind === "transfer") found.set(instance, { instance, source: cost.source, target: cost.target });
  }
  return [...found.values()];
}
