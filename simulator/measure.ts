import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { MachineModel } from "../compiler/machine/model.js";
import { measureActivity } from "./activity.js";
import type { Activity } from "./activity.js";
import { lowerBound } from "./bound.js";
import { criticalPathOf } from "./critical-path.js";
import type { CriticalStep } from "./critical-path.js";
import { lengthOf } from "./intervals.js";
import type { SimulatedTimeline } from "./timeline.js";
import { traffic } from "./traffic.js";

/** What a prediction comes to, in the words of `simulate --json`. Times are nanoseconds, sizes bytes. */
export interface SimulationResult {
  readonly makespan_ns: number;
  /** No execution of this graph on this machine is faster. */
  readonly bound_ns: number;
  /** What sets the bound: `critical path`, `sms of rank 3`, `gpu[2] in`. */
  readonly bound_by: string;
  /** The rank that ends last (of several, the one with most exposed), of which the next three times are. */
  readonly slowest_rank: number;
  /** A compute task is running. */
  readonly compute_ns: number;
  /** A transfer is open of which the rank is the sender or the receiver. */
  readonly communication_ns: number;
  /** Such a transfer is open and no compute task is running. */
  readonly exposed_communication_ns: number;
  /** 1 - exposed / communication; 1 where there is none. */
  readonly hidden: number;
  readonly busy: readonly EngineUse[];
  /** On the wire between ranks, all ranks together. */
  readonly bytes_moved: number;
  /** The most that one rank sends, or receives. */
  readonly bytes_per_rank: number;
  /** Transfers between ranks. */
  readonly messages: number;
  /** Rounds of all words. */
  readonly rounds: number;
  readonly critical_path: readonly CriticalStep[];
  /** Steps of the middle of the critical path that are left out above. */
  readonly critical_path_omitted: number;
}

/** How much one queue of one rank was used. */
export interface EngineUse {
  readonly rank: number;
  readonly engine: string;
  readonly name: string;
  /** At least one of its tasks was running. */
  readonly busy_ns: number;
  /** Share of its slots in use, over the makespan. */
  readonly used: number;
}

/** Steps of the critical path given at most: as many from its beginning as from its end. */
const criticalStepLimit = 200;

export function measure(graph: TaskGraph, machine: MachineModel, timeline: SimulatedTimeline): SimulationResult {
  const activity = measureActivity(graph, timeline);
  const moved = traffic(graph);
  const rank = slowestRank(activity);
  const communication = lengthOf(activity.communication[rank]!);
  const exposed = lengthOf(activity.exposed[rank]!);
  const bound = lowerBound(graph, machine);
  const makespan = timeline.makespanNs;
  const path = criticalPathOf(graph, timeline);
  const omitted = Math.max(0, path.length - criticalStepLimit);
  return {
    makespan_ns: makespan,
    // The same sum in another order may differ in its last digits; a bound above the makespan by more is a fault to see.
    bound_ns: bound.boundNs <= makespan * (1 + 1e-9) ? Math.min(bound.boundNs, makespan) : bound.boundNs,
    bound_by: bound.setBy,
    slowest_rank: rank,
    compute_ns: lengthOf(activity.compute[rank]!),
    communication_ns: communication,
    exposed_communication_ns: exposed,
    hidden: communication === 0 ? 1 : 1 - exposed / communication,
    busy: graph.queues.map((queue, q) => ({
      rank: queue.rank,
      engine: queue.engine,
      name: queue.name,
      busy_ns: lengthOf(activity.ofQueue[q]!),
      used: makespan === 0 ? 0 : activity.slotNs[q]! / (queue.width * makespan),
    })),
    bytes_moved: moved.bytes,
    bytes_per_rank: moved.bytesPerRank,
    messages: moved.messages,
    rounds: countRounds(graph),
    critical_path: omitted === 0 ? path : path.toSpliced(criticalStepLimit / 2, omitted),
    critical_path_omitted: omitted,
  };
}

function slowestRank(activity: Activity): number {
  let slowest = 0;
  for (let rank = 1; rank < activity.lastFinish.length; rank++) {
    const later = activity.lastFinish[rank]! - activity.lastFinish[slowest]!;
    if (later > 0 || (later === 0 && lengthOf(activity.exposed[rank]!) > lengthOf(activity.exposed[slowest]!))) {
      slowest = rank;
    }
  }
  return slowest;
}

/** Of each word, the rounds that its collective has; a word without numbered rounds has one. */
function countRounds(graph: TaskGraph): number {
  const lastRound = new Int32Array(graph.instances.length).fill(-1);
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] !== TaskKind.transfer) continue;
    const instance = graph.instance[task]!;
    const round = graph.instances[instance]!.rounds?.[graph.block[task]!] ?? 0;
    lastRound[instance] = Math.max(lastRound[instance]!, round);
  }
  return lastRound.reduce((sum, round) => sum + round + 1, 0);
}
