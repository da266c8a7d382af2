/** Why one task begins when it does: what it waits for, which of that comes last, and what waits for it. */
import { nameOfTask } from "../../compiler/graph/describe-task.js";
import type { Predecessors } from "../../compiler/graph/predecessors.js";
import { TaskKind, type Queue, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { waitersOf, waitsOf, type WaitingTask, type WaitReason } from "../../compiler/graph/waits.js";
import { Why, type SimulatedTimeline } from "../../simulator/timeline.js";

export interface Answer {
  readonly task: number;
  readonly queue: Queue;
  /** Of all that its queue issues: how many stand before it, and how many there are. */
  readonly place: number;
  readonly queueLength: number;
  readonly waitsFor: readonly WaitingTask[];
  readonly waitedForBy: readonly WaitingTask[];
  /** Undefined where it begins with the run. */
  readonly last?: LastWait;
}

/** The wait that was over last, when the task began. */
export interface LastWait {
  /** -1 where there is none: a launch that nothing came before. */
  readonly task: number;
  /** `slot`: it held a place in the queue, all of which were taken. `launch`: another of the statement had waited for it. */
  readonly reason: WaitReason | "slot" | "launch";
  /** After that, its statement was launched on the rank. */
  readonly launched: boolean;
}

export function answerFor(graph: TaskGraph, before: Predecessors, timeline: SimulatedTimeline, task: number): Answer {
  const waitsFor = waitsOf(graph, before, task);
  const last = lastWait(graph, timeline, waitsFor, task);
  const index = graph.queue[task]!;
  return {
    task,
    queue: graph.queues[index]!,
    place: graph.place[task]!,
    queueLength: graph.queue.reduce((count, queue) => count + (queue === index ? 1 : 0), 0),
    waitsFor,
    waitedForBy: waitersOf(graph, task),
    ...(last && { last }),
  };
}

function lastWait(
  graph: TaskGraph,
  timeline: SimulatedTimeline,
  waitsFor: readonly WaitingTask[],
  task: number,
): LastWait | undefined {
  const { cause, why, start, finish } = timeline;
  let by = cause[task]!;
  while (by >= 0 && graph.kind[by] === TaskKind.join) by = cause[by]!;
  const launched = why[task] === Why.launch;
  const ahead = waitsFor.find(({ reasons }) => reasons.includes("queue"))?.task;
  if (by < 0 && start[task] === 0) return undefined;
  if (by < 0)
    return launched || ahead === undefined
      ? { task: by, reason: "launch", launched }
      : { task: ahead, reason: "queue", launched };
  const isHeld = ahead !== undefined && start[ahead]! > finish[by]! && start[ahead]! < start[task]!;
  if (isHeld) return { task: ahead, reason: "queue", launched };
  const known = waitsFor.find((wait) => wait.task === by)?.reasons.find((reason) => reason !== "queue");
  if (known !== undefined) return { task: by, reason: known, launched };
  if (launched) return { task: by, reason: "launch", launched };
  const isFreed = graph.queue[by] === graph.queue[task] && finish[by] === start[task];
  return isFreed || ahead === undefined
    ? { task: by, reason: "slot", launched }
    : { task: ahead, reason: "queue", launched };
}

/** Source and target; both are the rank itself where nothing is sent. */
export function endsOf(graph: TaskGraph, task: number): readonly [number, number] {
  const cost = graph.classes[graph.classOf[task]!];
  return cost?.kind === "transfer" ? [cost.source, cost.target] : [graph.rank[task]!, graph.rank[task]!];
}

/** `h, block 3, on rank 2`; `sent, block 7, round 2, from rank 0 to rank 2`. */
export function fullName(graph: TaskGraph, task: number): string {
  return `${nameOfTask(graph, task)}, ${whereabouts([endsOf(graph, task)])}`;
}

/** Several tasks of one statement: `h, blocks 0 .. 31, on rank 2`; `sent, 12 blocks, from ranks 0, 1 to rank 2`. */
export function nameOfSeveral(graph: TaskGraph, tasks: readonly number[]): string {
  const [first] = tasks;
  if (tasks.length === 1) return fullName(graph, first!);
  const ends = tasks.map((task) => endsOf(graph, task));
  const blocks = [...new Set(tasks.map((task) => graph.block[task]!))].toSorted((a, b) => a - b);
  const oneEach = blocks.length === tasks.length && blocks.at(-1)! - blocks[0]! === blocks.length - 1;
  const which = oneEach ? `blocks ${blocks[0]} .. ${blocks.at(-1)}` : `${tasks.length} blocks`;
  return `${graph.instances[graph.instance[first!]!]!.name}, ${which}, ${whereabouts(ends)}`;
}

function whereabouts(ends: readonly (readonly [number, number])[]): string {
  if (ends.every(([source, target]) => source === target)) return `on ${ranks(ends.map(([source]) => source))}`;
  return `from ${ranks(ends.map(([source]) => source))} to ${ranks(ends.map(([, target]) => target))}`;
}

function ranks(list: readonly number[]): string {
  const sorted = [...new Set(list)].toSorted((a, b) => a - b);
  if (sorted.length === 1) return `rank ${sorted[0]}`;
  const dense = sorted.length > 2 && sorted.at(-1)! - sorted[0]! === sorted.length - 1;
  if (dense) return `ranks ${sorted[0]} .. ${sorted.at(-1)}`;
  return sorted.length > 6 ? `${sorted.length} ranks` : `ranks ${sorted.join(", ")}`;
}
