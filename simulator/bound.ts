import { countPredecessors } from "../compiler/graph/queue-order.js";
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { MachineModel } from "../compiler/machine/model.js";
import { computeCosts } from "./costs.js";
import type { Costs } from "./costs.js";
import { numberLaunches } from "./launches.js";
import { createStack, createTimeOrdered } from "./ready-list.js";

/** A time no execution of the graph on the machine can beat, and what sets it. */
export interface Bound {
  readonly boundNs: number;
  /** `critical path`, `sms of rank 3`, `copy of rank 0`, `hbm of rank 1`, `gpu[2] in`. */
  readonly setBy: string;
  readonly criticalPathNs: number;
}

/**
 * The largest of: the critical path with unlimited resources (each task as fast as it can go alone, latencies
 * included, launches where every order has them); for each queue and each rank's SMs, the work of its tasks over its
 * width; for each memory, link and cap, the bytes through it over its bandwidth. (Brent's two laws, J. ACM 21(2), 1974,
 * once a resource.) Never more than a simulated makespan, but for rounding.
 *
 * @returns nanoseconds. A graph with a cycle has a bound over what can run.
 */
export function lowerBound(graph: TaskGraph, machine: MachineModel): Bound {
  const costs = computeCosts(graph, machine);
  const fastest = fastestTimes(graph, costs);
  const criticalPathNs = criticalPath(graph, costs, fastest);
  let boundNs = criticalPathNs;
  let setBy = "critical path";
  const consider = (time: number, name: () => string): void => {
    if (time <= boundNs) return;
    boundNs = time;
    setBy = name();
  };

  const work = slotWork(graph, costs, fastest);
  graph.queues.forEach((queue, index) => {
    consider(work.ofQueue[index]! / queue.width, () => `${queue.name} of rank ${queue.rank}`);
  });
  for (let rank = 0; rank < graph.rankCount; rank++) {
    const sms = Math.max(machine.kinds[machine.kindOfRank[rank]!]!.sms, work.computeWidth[rank]!);
    consider(work.ofRank[rank]! / sms, () => `sms of rank ${rank}`);
  }
  work.ofDevice.forEach((ns, rank) => consider(ns, () => `device of rank ${rank}`));
  const bytes = bytesThrough(graph, costs);
  for (let resource = 0; resource < bytes.length; resource++) {
    consider(bytes[resource]! / costs.capacity[resource]!, () => nameResource(resource, graph, machine, costs));
  }
  return { boundNs, setBy, criticalPathNs };
}

/** Each task's time with all resources to itself; 0 for joins. */
function fastestTimes(graph: TaskGraph, costs: Costs): Float64Array {
  const { kind, classOf, queue, rank, instance } = graph;
  const fastest = new Float64Array(graph.taskCount);
  for (let task = 0; task < graph.taskCount; task++) {
    if (kind[task] === TaskKind.join) continue;
    const cost = classOf[task]!;
    const bytes = costs.bytes[cost]!;
    const deviceNs = deviceTime(task, graph, costs);
    if (deviceNs !== undefined) fastest[task] = deviceNs;
    else if (kind[task] === TaskKind.compute) {
      const limit = Math.min(graph.queues[queue[task]!]!.width, graph.instances[instance[task]!]!.slots);
      const waves = Math.ceil(costs.tiles[cost]! / Math.min(costs.tiles[cost]!, limit));
      fastest[task] = Math.max(
        waves * costs.tileNs[cost * costs.kindCount + costs.kindOfRank[rank[task]!]!]!,
        bytes / costs.capacity[costs.memoryOfRank[rank[task]!]!]!,
      );
    } else {
      const cap = costs.capOfQueue[queue[task]!]!;
      const rate = Math.min(
        costs.fastestRate[cost]!,
        cap < 0 ? Infinity : costs.capacity[cap]! / costs.capWeight[cost]!,
      );
      fastest[task] = costs.latencyNs[cost]! + bytes / rate;
    }
  }
  return fastest;
}

/** Of a compute task on a rank whose tasks run one at a time. */
function deviceTime(task: number, { kind, classOf, rank }: TaskGraph, costs: Costs): number | undefined {
  if (kind[task] !== TaskKind.compute) return undefined;
  const ns = costs.deviceNs[classOf[task]! * costs.kindCount + costs.kindOfRank[rank[task]!]!]!;
  return Number.isNaN(ns) ? undefined : ns;
}

/**
 * Longest path where a statement's tasks on a rank begin no earlier than its launch is done, and that is asked for no
 * earlier than the first of them could begin. Tasks are taken by the time at which they could, so that it is known.
 */
function criticalPath(graph: TaskGraph, costs: Costs, fastest: Float64Array): number {
  const { successorStart, successor, kind, rank, instance } = graph;
  const waitsFor = countPredecessors(graph);
  const launches = numberLaunches(graph);
  const launchedAt = new Float64Array(launches.count * graph.rankCount).fill(NaN);
  const ready = costs.launchNs.some((ns) => ns > 0) ? createTimeOrdered() : createStack();
  const readyAt = new Float64Array(graph.taskCount);
  for (let task = 0; task < graph.taskCount; task++) if (waitsFor[task] === 0) ready.add(task, 0);
  let last = 0;
  for (let task = ready.take(); task >= 0; task = ready.take()) {
    let begin = readyAt[task]!;
    const launchNs = costs.launchNs[rank[task]!]!;
    if (kind[task] !== TaskKind.join && launchNs > 0) {
      const launch = launches.ofInstance[instance[task]!]! * graph.rankCount + rank[task]!;
      if (Number.isNaN(launchedAt[launch]!)) launchedAt[launch] = begin + launchNs;
      begin = Math.max(begin, launchedAt[launch]!);
    }
    const finish = begin + fastest[task]!;
    if (finish > last) last = finish;
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++) {
      const next = successor[edge]!;
      if (finish > readyAt[next]!) readyAt[next] = finish;
      if (--waitsFor[next]! === 0) ready.add(next, readyAt[next]!);
    }
  }
  return last;
}

/**
 * Slot-nanoseconds that each queue, and each rank's SMs, cannot do without; idle slots of last waves left out. Nanoseconds of
 * ranks whose tasks run one at a time stand apart.
 */
function slotWork(
  graph: TaskGraph,
  costs: Costs,
  fastest: Float64Array,
): { ofQueue: Float64Array; ofRank: Float64Array; ofDevice: Float64Array; computeWidth: Float64Array } {
  const { kind, classOf, queue, rank } = graph;
  const ofQueue = new Float64Array(graph.queues.length);
  const ofRank = new Float64Array(graph.rankCount);
  const ofDevice = new Float64Array(graph.rankCount);
  const computes = new Uint8Array(graph.queues.length);
  for (let task = 0; task < graph.taskCount; task++) {
    const q = queue[task]!;
    if (kind[task] === TaskKind.transfer) ofQueue[q]! += fastest[task]!;
    else if (deviceTime(task, graph, costs) !== undefined) ofDevice[rank[task]!]! += fastest[task]!;
    else if (kind[task] === TaskKind.compute) {
      const cost = classOf[task]!;
      const tileNs = costs.tileNs[cost * costs.kindCount + costs.kindOfRank[rank[task]!]!]!;
      ofQueue[q]! += costs.tiles[cost]! * tileNs;
      ofRank[rank[task]!]! += costs.tiles[cost]! * tileNs;
      computes[q] = 1;
    }
  }
  const computeWidth = new Float64Array(graph.rankCount);
  graph.queues.forEach((q, index) => {
    if (computes[index] === 1) computeWidth[q.rank]! += q.width;
  });
  return { ofQueue, ofRank, ofDevice, computeWidth };
}

function bytesThrough(graph: TaskGraph, costs: Costs): Float64Array {
  const { kind, classOf, queue, rank } = graph;
  const bytes = new Float64Array(costs.capacity.length);
  for (let task = 0; task < graph.taskCount; task++) {
    if (kind[task] === TaskKind.join) continue;
    const cost = classOf[task]!;
    if (deviceTime(task, graph, costs) !== undefined) continue;
    if (kind[task] === TaskKind.compute) {
      bytes[costs.memoryOfRank[rank[task]!]!]! += costs.bytes[cost]!;
      continue;
    }
    for (let claim = costs.claimStart[cost]!; claim < costs.claimStart[cost + 1]!; claim++) {
      bytes[costs.claimResource[claim]!]! += costs.bytes[cost]! * costs.claimWeight[claim]!;
    }
    const cap = costs.capOfQueue[queue[task]!]!;
    if (cap >= 0) bytes[cap]! += costs.bytes[cost]! * costs.capWeight[cost]!;
  }
  return bytes;
}

function nameResource(resource: number, graph: TaskGraph, machine: MachineModel, costs: Costs): string {
  const link = machine.linkResources[resource];
  if (link !== undefined) return link.name;
  const rank = costs.memoryOfRank.indexOf(resource);
  if (rank >= 0) return `${machine.kinds[machine.kindOfRank[rank]!]!.memory.name} of rank ${rank}`;
  const queue = graph.queues[costs.capOfQueue.indexOf(resource)]!;
  return `${queue.name} of rank ${queue.rank}`;
}
