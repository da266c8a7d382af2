import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";

/** One latency and one bandwidth for all pairs of ranks. */
export interface UniformNetwork {
  readonly latencyNs: number;
  readonly bytesPerNs: number;
  /** Whether the routes that the graph uses differ; then these are those of the slowest. */
  readonly isApproximate: boolean;
}

/**
 * The network as the simulators know it: every message takes latency + size / bandwidth. Taken from the routes of the
 * graph's transfers; bandwidth is what a route carries at once, its
 * narrowest link or the link with the largest share of a split.
 */
export function uniformNetwork(graph: TaskGraph, machine: MachineModel): UniformNetwork {
  let latencyNs = 0;
  let bytesPerNs = Infinity;
  let least = Infinity;
  let widest = 0;
  const seen = new Set<number>();
  for (const cost of graph.classes) {
    if (cost.kind !== "transfer" || cost.source === cost.target) continue;
    const pair = cost.source * graph.rankCount + cost.target;
    if (seen.has(pair)) continue;
    seen.add(pair);
    const route = machine.route(cost.source, cost.target);
    if (route === undefined) continue;
    const rates = route.resources.map(
      (link, index) => machine.linkResources[link]!.bytesPerSecond / 1e9 / (route.shares?.[index] ?? 1),
    );
    const narrowest = Math.min(...rates);
    latencyNs = Math.max(latencyNs, route.latencySeconds * 1e9);
    least = Math.min(least, route.latencySeconds * 1e9);
    bytesPerNs = Math.min(bytesPerNs, narrowest);
    widest = Math.max(widest, narrowest);
  }
  const isApproximate = seen.size > 0 && (least !== latencyNs || widest !== bytesPerNs);
  // Without a limit, or without a message, any rate will do that the simulators can read.
  return { latencyNs, bytesPerNs: Number.isFinite(bytesPerNs) ? bytesPerNs : 1e6, isApproximate };
}
