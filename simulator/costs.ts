import { assertInvariant } from "../compiler/diagnostics/internal-fault.js";
import type { ComputeClass, TaskGraph, TransferClass } from "../compiler/graph/task-graph.js";
import { kernelNanoseconds } from "../compiler/machine/kernel-rates.js";
import type { DeviceRates, MachineModel, RankKind } from "../compiler/machine/model.js";

/**
 * What each class of task costs on a machine, in nanoseconds and bytes per nanosecond.
 *
 * Resources are numbered: links first, then one memory a rank, then the caps of the queues that have one. A resource
 * without a limit is claimed by nobody.
 */
export interface Costs {
  /** Bytes per nanosecond of each resource. */
  readonly capacity: Float64Array;
  readonly memoryOfRank: Int32Array;
  /** Resource of each queue's cap, -1 where it has none. */
  readonly capOfQueue: Int32Array;
  readonly launchNs: Float64Array;
  readonly kindCount: number;
  readonly kindOfRank: Uint16Array;

  /** Per class: tiles of a compute task, 1 of a transfer. */
  readonly tiles: Float64Array;
  /** Time of one tile on one SM: entry `class * kindCount + kind`. */
  readonly tileNs: Float64Array;
  /**
   * Of a compute task on a kind whose tasks run one at a time, the time it takes, memory and all: entry
   * `class * kindCount + kind`. NaN on other kinds.
   */
  readonly deviceNs: Float64Array;
  /** Memory traffic of a compute task, bytes; of a transfer, its bytes on the wire. */
  readonly bytes: Float64Array;
  readonly latencyNs: Float64Array;
  /** Claims of transfer class c: `claimStart[c] .. claimStart[c + 1]`; a byte on the wire costs `claimWeight` bytes. */
  readonly claimStart: Uint32Array;
  readonly claimResource: Int32Array;
  readonly claimWeight: Float64Array;
  /** Highest rate of a transfer class, bytes per nanosecond, its queue's cap left out. */
  readonly fastestRate: Float64Array;
  /** What a byte on the wire of a transfer class costs of its queue's cap: of n sends that a switch makes one of, an n-th. */
  readonly capWeight: Float64Array;
}

export function computeCosts(graph: TaskGraph, machine: MachineModel): Costs {
  const linkCount = machine.linkResources.length;
  const classCount = graph.classes.length;
  const kindCount = machine.kinds.length;
  const capped = graph.queues.map((queue) => Number.isFinite(queue.bytesPerSecond));
  const capacity = new Float64Array(linkCount + graph.rankCount + capped.filter(Boolean).length);
  machine.linkResources.forEach((link, index) => (capacity[index] = link.bytesPerSecond / 1e9));

  const memoryOfRank = new Int32Array(graph.rankCount);
  const launchNs = new Float64Array(graph.rankCount);
  for (let rank = 0; rank < graph.rankCount; rank++) {
    const kind = machine.kinds[machine.kindOfRank[rank]!]!;
    memoryOfRank[rank] = linkCount + rank;
    capacity[linkCount + rank] = kind.memory.bytesPerSecond / 1e9;
    launchNs[rank] = kind.launchSeconds * 1e9;
  }
  const capOfQueue = new Int32Array(graph.queues.length).fill(-1);
  let nextCap = linkCount + graph.rankCount;
  graph.queues.forEach((queue, index) => {
    if (!capped[index]) return;
    capacity[nextCap] = queue.bytesPerSecond / 1e9;
    capOfQueue[index] = nextCap++;
  });

  const tiles = new Float64Array(classCount).fill(1);
  const tileNs = new Float64Array(classCount * kindCount);
  const deviceNs = new Float64Array(classCount * kindCount).fill(NaN);
  const bytes = new Float64Array(classCount);
  const latencyNs = new Float64Array(classCount);
  const claimStart = new Uint32Array(classCount + 1);
  const claimResource: number[] = [];
  const claimWeight: number[] = [];
  const fastestRate = new Float64Array(classCount).fill(Infinity);
  const capWeight = new Float64Array(classCount).fill(1);
  graph.classes.forEach((cost, index) => {
    if (cost.kind === "compute") {
      tiles[index] = cost.tiles;
      bytes[index] = cost.bytesRead + cost.bytesWritten;
      machine.kinds.forEach((kind, k) => {
        tileNs[index * kindCount + k] = tileNanoseconds(cost, kind);
        if (kind.device) deviceNs[index * kindCount + k] = deviceNanoseconds(cost, kind, kind.device);
      });
    } else {
      bytes[index] = cost.wireBytes;
      if (cost.merged) capWeight[index] = 1 / cost.merged.sends;
      const claims = claimsOfTransfer(cost, machine, memoryOfRank);
      latencyNs[index] = claims.latencyNs;
      for (const [resource, weight] of claims.weights) {
        if (capacity[resource] === Infinity) continue;
        claimResource.push(resource);
        claimWeight.push(weight);
        fastestRate[index] = Math.min(fastestRate[index]!, capacity[resource]! / weight);
      }
    }
    claimStart[index + 1] = claimResource.length;
  });
  return {
    capacity,
    memoryOfRank,
    capOfQueue,
    launchNs,
    kindCount,
    kindOfRank: machine.kindOfRank,
    tiles,
    tileNs,
    deviceNs,
    bytes,
    latencyNs,
    claimStart,
    claimResource: Int32Array.from(claimResource),
    claimWeight: Float64Array.from(claimWeight),
    fastestRate,
    capWeight,
  };
}

/**
 * Time of one tile on one SM, memory left aside: its share of the flops at an SM's share of the rate that ops reach.
 * (Roofline's horizontal roof: Williams, Waterman, Patterson, CACM 52(4), 2009.)
 */
function tileNanoseconds(cost: ComputeClass, kind: RankKind): number {
  const perTile = (flops: number, dtype: string): number => {
    if (flops === 0) return 0;
    const rates = kind.computeFlopsPerSecond;
    const rate = rates[dtype] ?? rates["f32"] ?? Math.min(...Object.values(rates));
    assertInvariant(rate > 0 && rate < Infinity, "simulate", `${kind.name} states no rate to compute at`);
    return (flops / cost.tiles / ((rate * kind.efficiency) / kind.sms)) * 1e9;
  };
  return perTile(cost.matrixFlops, cost.matrixDtype) + perTile(cost.vectorFlops, "f32");
}

/** A dispatch and its kernel, as fast as it was measured; where none of its sort was, as fast as the peaks let it. */
function deviceNanoseconds(cost: ComputeClass, kind: RankKind, device: DeviceRates): number {
  const measured = kernelNanoseconds(cost, device);
  const bytes = cost.bytesRead + cost.bytesWritten;
  const peak = (): number =>
    Math.max(cost.tiles * (tileNanoseconds(cost, kind) / kind.sms), (bytes / kind.memory.bytesPerSecond) * 1e9);
  return device.dispatchSeconds * 1e9 + (measured ?? peak());
}

/**
 * What a byte of a transfer costs: one byte on each link of its route, or the share that goes over it, one of the
 * source's memory where it is read from there, one of the target's, or two where it is combined into what stands there.
 * Of n sends that a switch combines, the target receives one n-th of a byte each, for which it sends and reads as much of
 * its own; of n that it copies, the source sends one n-th each, and has as much come back.
 */
function claimsOfTransfer(
  cost: TransferClass,
  machine: MachineModel,
  memoryOfRank: Int32Array,
): { latencyNs: number; weights: Map<number, number> } {
  const weights = new Map<number, number>();
  const claim = (resource: number, weight: number): void => {
    weights.set(resource, (weights.get(resource) ?? 0) + weight);
  };
  const { source, target, merged, tier } = cost;
  if (tier) {
    const found = machine.tiers.find(({ name, instanceOfRank }) => name === tier.name && instanceOfRank[source] !== -1);
    assertInvariant(found !== undefined, "simulate", `rank ${source} has no tier ${tier.name}`);
    claim(found.instances[found.instanceOfRank[source]!]![tier.way], 1);
    claim(memoryOfRank[source]!, 1);
    return { latencyNs: found.latencySeconds * 1e9, weights };
  }
  const share = merged ? 1 / merged.sends : 1;
  const combined = merged?.by === "combining";
  const copied = merged?.by === "copying";
  let latencyNs = 0;
  if (source !== target) {
    const route = machine.route(source, target);
    assertInvariant(route !== undefined, "simulate", `${machine.name} has no route from rank ${source} to ${target}`);
    latencyNs = route.latencySeconds * 1e9;
    if (merged) {
      const [out, into] = route.resources;
      const { inSwitch } = route;
      assertInvariant(inSwitch !== undefined, "simulate", `no switch joins rank ${source} and ${target} by itself`);
      claim(out!, copied ? share : 1);
      claim(into!, combined ? share : 1);
      claim(combined ? inSwitch.targetOut : inSwitch.sourceIn, share);
    } else route.resources.forEach((link, index) => claim(link, route.shares?.[index] ?? 1));
  }
  if (cost.readsSource) claim(memoryOfRank[source]!, copied ? share : 1);
  const atTarget = cost.combining && !cost.combinesInMemory ? 2 : 1;
  claim(memoryOfRank[target]!, combined ? 2 * share : atTarget);
  return { latencyNs, weights };
}
