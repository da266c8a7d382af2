import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { ReplayTimes } from "../../compiler/emit/replay/operation.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { taskNanoseconds } from "../../simulator/alone.js";
import { computeCosts } from "../../simulator/costs.js";
import { numberLaunches } from "../../simulator/launches.js";
import type { SimulatedTimeline } from "../../simulator/timeline.js";

/**
 * What a simulator that computes one task at a time must be told, from the costs of our own. The first task of a launch on a
 * rank carries what the launch costs.
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
    const isFirst = graph.kind[task] === TaskKind.compute && firstOfLaunch[launchOf(task)] === task;
    return (isFirst ? costs.launchNs[graph.rank[task]!]! : 0) + taskNanoseconds(graph, costs, task);
  }
  return { start, makespanNs, duration };
}
