import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import { computeCosts } from "./costs.js";
import type { Costs } from "./costs.js";
import type { MachineModel } from "../compiler/machine/model.js";

/**
 * Nanoseconds that a task holds its rank or its route, launches aside: a compute task its time alone times the share of
 * the SMs it holds, but never less than its memory traffic takes, so that those that fill the SMs together take together
 * what they take side by side.
 */
export function taskNanoseconds(graph: TaskGraph, costs: Costs, task: number): number {
  const cost = graph.classOf[task]!;
  const rank = graph.rank[task]!;
  if (graph.kind[task] !== TaskKind.compute) {
    return costs.latencyNs[cost]! + costs.bytes[cost]! / costs.fastestRate[cost]!;
  }
  const deviceNs = costs.deviceNs[cost * costs.kindCount + costs.kindOfRank[rank]!]!;
  if (!Number.isNaN(deviceNs)) return deviceNs;
  const slots = Math.min(graph.queues[graph.queue[task]!]!.width, graph.instances[graph.instance[task]!]!.slots);
  const tiles = costs.tiles[cost]!;
  const held = Math.min(tiles, slots);
  const alone = Math.ceil(tiles / held) * costs.tileNs[cost * costs.kindCount + costs.kindOfRank[rank]!]!;
  const share = Number.isFinite(slots) ? held / slots : 1;
  const memoryNs = costs.bytes[cost]! / costs.capacity[costs.memoryOfRank[rank]!]!;
  return Math.max(alone * share, memoryNs);
}

/** Of all compute tasks together. */
export function computeNanoseconds(graph: TaskGraph, machine: MachineModel): number {
  const costs = computeCosts(graph, machine);
  let sum = 0;
  for (let task = 0; task < graph.taskCount; task++)
    if (graph.kind[task] === TaskKind.compute) sum += taskNanoseconds(graph, costs, task);
  return sum;
}
