import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { ReplayTimes } from "../../compiler/emit/replay/operation.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { computeCosts } from "../../simulator/costs.js";
import { numberLaunches } from "../../simulator/launches.js";
import type { SimulatedTimeline } from "../../simulator/timeline.js";

/**
 * What a simulator that computes one task at a time must be told, from the costs of our own: a task holds its rank for
 * its time alone, times the share of the SMs it holds, but never for less than its memory traffic takes. Tasks that
 * fill the SMs take what they take alone, and those that fill them together take together what they take side by side.
 * The first task of a launch on a rank carries what the launch costs.
 */
export function replayTimes(graph: TaskGraph, machine: MachineModel, timeline: SimulatedTimeline): ReplayTimes {
  const { start, makespanNs } = timeline;
  const costs = computeCosts(graph, machine);
  const launches = numberLaunches(graph);
  const firstOfLaunch = new Int32Array(launches.count * graph.rankCount).fill(-1);
  const launchOf = (task: number): number =>
    launches.ofInstance[graph.instance[task]!]! * graph.rankCount + graph.rank[task]!;
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] !== TaskKind.compute) continue;
    const first = firstOfLaunch[launchOf(task)]!;
    if (first < 0 || start[task]! < start[first]!) firstOfLaunch[launchOf(task)] = task;
  }

  function duration(task: number): number {
    const cost = graph.classOf[task]!;
    const rank = graph.rank[task]!;
    if (graph.kind[task] !== TaskKind.compute) {
      return costs.latencyNs[cost]! + costs.bytes[cost]! / costs.fastestRate[cost]!;
    }
    const launchNs = firstOfLaunch[launchOf(task)] === task ? costs.launchNs[rank]! : 0;
    const deviceNs = costs.deviceNs[cost * costs.kindCount + costs.kindOfRank[rank]!]!;
    if (!Number.isNaN(deviceNs)) return launchNs + deviceNs;
    const slots = Math.min(graph.queues[graph.queue[task]!]!.width, graph.instances[graph.instance[task]!]!.slots);
    const tiles = costs.tiles[cost]!;
    const held = Math.min(tiles, slots);
    const alone = Math.ceil(tiles / held) * costs.tileNs[cost * costs.kindCount + costs.kindOfRank[rank]!]!;
    const share = Number.isFinite(slots) ? held / slots : 1;
    const memoryNs = costs.bytes[cost]! / costs.capacity[costs.memoryOfRank[rank]!]!;
    return launchNs + Math.max(alone * share, memoryNs);
  }
  return { start, makespanNs, duration };
}
