import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { MachineModel } from "../compiler/machine/model.js";
import { measureActivity } from "./activity.js";
import { lowerBound } from "./bound.js";
import { criticalPathOf } from "./critical-path.js";
import type { CriticalStep } from "./critical-path.js";
import { lengthOf } from "./intervals.js";
import { summarize } from "./summary.js";
import type { TimelineSummary } from "./summary.js";
import type { SimulatedTimeline } from "./timeline.js";
import { traffic } from "./traffic.js";

/** What a prediction comes to, in the words of `simulate --json`. Times are nanoseconds, sizes bytes. */
export interface SimulationResult extends TimelineSummary {
  /** No execution of this graph on this machine is faster. */
  readonly bound_ns: number;
  /** What sets the bound: `critical path`, `sms of rank 3`, `gpu[2] in`. */
  readonly bound_by: string;
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
  const bound = lowerBound(graph, machine);
  const makespan = timeline.makespanNs;
  const path = criticalPathOf(graph, timeline);
  const omitted = Math.max(0, path.length - criticalStepLimit);
  const { makespan_ns, ...summary } = summarize(graph, timeline, activity);
  return {
    makespan_ns,
    // The same sum in another order may differ in its last digits; a bound above the makespan by more is a fault to see.
    bound_ns: bound.boundNs <= makespan * (1 + 1e-9) ? Math.min(bound.boundNs, makespan) : bound.boundNs,
    bound_by: bound.setBy,
    ...summary,
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
