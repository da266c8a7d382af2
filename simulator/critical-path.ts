import { describeTask } from "../compiler/graph/describe-task.js";
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { Location } from "../compiler/diagnostics/types.js";
import { whyNames } from "./timeline.js";
import type { SimulatedTimeline } from "./timeline.js";

/** A step of the critical path: tasks of one statement on one rank, one after the other. */
export interface CriticalStep {
  /** The first task of the step. */
  readonly task: number;
  readonly label: string;
  readonly location: Location;
  readonly start_ns: number;
  readonly finish_ns: number;
  /** What the first task waited for last. */
  readonly why: (typeof whyNames)[number];
  /** How many tasks on the path the step stands for: waves of tiles, mostly. */
  readonly tasks: number;
}

/**
 * Walks back from the last task to finish, each time to the task whose end let it begin: a predecessor, or one that
 * gave up its slot of the queue. Joins are passed over. First step first.
 */
export function criticalPathOf(graph: TaskGraph, timeline: SimulatedTimeline): CriticalStep[] {
  const tasks: number[] = [];
  for (let task = lastToFinish(timeline.finish); task >= 0; task = timeline.cause[task]!) {
    if (graph.kind[task] !== TaskKind.join) tasks.push(task);
  }
  tasks.reverse();
  const steps: CriticalStep[] = [];
  for (let index = 0; index < tasks.length;) {
    const first = tasks[index]!;
    let end = index + 1;
    while (end < tasks.length && continues(graph, first, tasks[end]!)) end++;
    steps.push({
      task: first,
      ...describeTask(graph, first),
      start_ns: timeline.start[first]!,
      finish_ns: timeline.finish[tasks[end - 1]!]!,
      why: whyNames[timeline.why[first]!]!,
      tasks: end - index,
    });
    index = end;
  }
  return steps;
}

/** Only compute tasks are put together: of a word, each round is of interest. */
function continues(graph: TaskGraph, first: number, next: number): boolean {
  return (
    graph.kind[first] === TaskKind.compute &&
    graph.kind[next] === TaskKind.compute &&
    graph.instance[first] === graph.instance[next] &&
    graph.rank[first] === graph.rank[next]
  );
}

function lastToFinish(finish: Float64Array): number {
  let last = -1;
  for (let task = 0; task < finish.length; task++) {
    if (finish[task]! >= 0 && (last < 0 || finish[task]! > finish[last]!)) last = task;
  }
  return last;
}
