import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";

/** What a message from one rank to another takes: latency + size / bandwidth. */
export interface Wire {
  readonly latencyNs: number;
  readonly bytesPerNs: number;
}

/** One latency and one bandwidth for all pairs of ranks. */
export interface UniformNetwork extends Wire {
  /** Whether the routes that the graph uses differ; then these are those of the slowest. */
  readonly isApproximate: boolean;
}

/** Bandwidth is what a route carries at once: its narrowest link, or the link with the largest share of a split. */
export function wireBetween(machine: MachineModel, source: number, target: number): Wire | undefined {
  const route = machine.route(source, target);
  if (route === undefined) return undefined;
  const rates = route.resources.map(
    (link, index) => machine.linkResources[link]!.bytesPerSecond / 1e9 / (route.shares?.[index] ?? 1),
  );
  return { latencyNs: route.latencySeconds * 1e9, bytesPerNs: Math.min(...rates) };
}

/** The network as the simplest of the simulators know it, taken from the routes of the graph's transfers. */
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
    const wire = wireBetween(machine, cost.source, cost.target);
    if (wire === undefined) continue;
    latencyNs = Math.max(latencyNs, wire.latencyNs);
    least = Math.min(least, wire.latencyNs);
    bytesPerNs = Math.min(bytesPerNs, wire.bytesPerNs);
    widest = Math.max(widest, wire.bytesPerNs);
  }
  const isApproximate = seen.size > 0 && (least !== latencyNs || widest !== bytesPerNs);
  // Without a limit, or without a message, any rate will do that the simulators can read.
  return { latencyNs, bytesPerNs: Number.isFinite(bytesPerNs) ? bytesPerNs : 1e6, isApproximate };
}
