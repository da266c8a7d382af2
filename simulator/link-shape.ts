import type { LinkShape } from "../compiler/machine/link-shape.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { MachineModel } from "../compiler/machine/model.js";
import { computeCosts } from "./costs.js";

/** What the transfers of a graph take of a machine's links and of its queues' caps; memories are the device's own. */
export function linkShape(graph: TaskGraph, machine: MachineModel): LinkShape {
  const costs = computeCosts(graph, machine);
  const memories = new Set(costs.memoryOfRank);
  return {
    resourceCount: costs.capacity.length,
    routeOf(task, payloadBytes) {
      const number = graph.classOf[task]!;
      const resources: number[] = [];
      const nsPerByte: number[] = [];
      const take = (resource: number, weight: number): void => {
        if (memories.has(resource) || costs.capacity[resource] === Infinity) return;
        resources.push(resource);
        nsPerByte.push((costs.bytes[number]! * weight) / costs.capacity[resource]! / Math.max(1, payloadBytes));
      };
      for (let claim = costs.claimStart[number]!; claim < costs.claimStart[number + 1]!; claim++)
        take(costs.claimResource[claim]!, costs.claimWeight[claim]!);
      const cap = costs.capOfQueue[graph.queue[task]!]!;
      if (cap >= 0) take(cap, costs.capWeight[number]!);
      return { resources, nsPerByte, latencyNs: costs.latencyNs[number]! };
    },
  };
}
