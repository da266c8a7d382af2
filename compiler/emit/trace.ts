import type { Location } from "../diagnostics/types.js";
import { describeTask } from "../graph/describe-task.js";
import { orderQueues } from "../graph/queue-order.js";
import { TaskKind } from "../graph/task-graph.js";
import type { TaskGraph } from "../graph/task-graph.js";
import { chunked, lines } from "./json-chunks.js";
import { assignLanes } from "./lanes.js";
import type { Lanes } from "./lanes.js";

/** When each task ran, nanoseconds; NaN where it did not. */
export interface TaskTimes {
  readonly start: Float64Array;
  readonly finish: Float64Array;
}

export interface TraceOptions {
  /** Line and column of a place in the source, where the text is at hand; both from 1. */
  readonly positionOf?: (location: Location) => { readonly line: number; readonly column: number } | undefined;
}

/**
 * A timeline, predicted or measured, in the Chrome trace event format, which https://ui.perfetto.dev opens: a process a
 * rank, a track for each slot of an engine and each open arrival, a flow arrow from each transfer to its arrival.
 * (Trace Event Format, Google, 2016: phases X, M, s, f; times in microseconds.)
 *
 * @returns chunks of JSON text; the whole is never in memory at once.
 */
export function emitTrace(graph: TaskGraph, timeline: TaskTimes, options: TraceOptions = {}): Iterable<string> {
  return chunked(pieces(graph, timeline, options));
}

function* pieces(graph: TaskGraph, timeline: TaskTimes, options: TraceOptions): Generator<string> {
  yield `{"displayTimeUnit":"ns","traceEvents":[`;
  yield* lines(eventsOf(graph, timeline, options));
  yield `]}\n`;
}

type TraceEvent = Readonly<Record<string, unknown>>;

function* eventsOf(graph: TaskGraph, timeline: TaskTimes, options: TraceOptions): Generator<TraceEvent> {
  const order = orderQueues(graph);
  const nextTrack = new Int32Array(graph.rankCount).fill(1);
  for (let rank = 0; rank < graph.rankCount; rank++) {
    yield { ph: "M", pid: rank, tid: 0, name: "process_name", args: { name: `rank ${rank}` } };
    yield { ph: "M", pid: rank, tid: 0, name: "process_sort_index", args: { sort_index: rank } };
  }
  const arriving: number[][] = Array.from({ length: graph.rankCount }, () => []);
  for (let q = 0; q < graph.queues.length; q++) {
    const queue = graph.queues[q]!;
    const tasks = Array.from(order.task.subarray(order.start[q]!, order.start[q + 1]!));
    const lanes = assignLanes(tasks, timeline.start, timeline.finish);
    yield* tracks(queue.rank, nextTrack[queue.rank]!, queue.name, lanes.count);
    yield* slices(graph, timeline, options, lanes, queue.rank, nextTrack[queue.rank]!, false);
    nextTrack[queue.rank]! += lanes.count;
    for (const task of lanes.order) {
      const cost = graph.classes[graph.classOf[task]!]!;
      if (cost.kind === "transfer" && cost.target !== cost.source) arriving[cost.target]!.push(task);
    }
  }
  for (let rank = 0; rank < graph.rankCount; rank++) {
    const lanes = assignLanes(arriving[rank]!, timeline.start, timeline.finish);
    yield* tracks(rank, nextTrack[rank]!, "arriving", lanes.count);
    yield* slices(graph, timeline, options, lanes, rank, nextTrack[rank]!, true);
  }
}

function* tracks(rank: number, first: number, name: string, count: number): Generator<TraceEvent> {
  for (let lane = 0; lane < count; lane++) {
    const label = count === 1 ? name : `${name} ${lane}`;
    yield { ph: "M", pid: rank, tid: first + lane, name: "thread_name", args: { name: label } };
    yield { ph: "M", pid: rank, tid: first + lane, name: "thread_sort_index", args: { sort_index: first + lane } };
  }
}

function* slices(
  graph: TaskGraph,
  timeline: TaskTimes,
  options: TraceOptions,
  lanes: Lanes,
  rank: number,
  firstTrack: number,
  arriving: boolean,
): Generator<TraceEvent> {
  for (let index = 0; index < lanes.order.length; index++) {
    const task = lanes.order[index]!;
    const start = timeline.start[task]!;
    const tid = firstTrack + lanes.lane[index]!;
    const instance = graph.instances[graph.instance[task]!];
    const isTransfer = graph.kind[task] === TaskKind.transfer;
    const duration = microseconds(timeline.finish[task]! - start);
    yield {
      ph: "X",
      pid: rank,
      tid,
      ts: microseconds(start),
      dur: duration,
      name: instance?.name ?? "join",
      cat: isTransfer ? "transfer" : "compute",
      args: argumentsOf(graph, task, options),
    };
    if (!isTransfer || isLocal(graph, task)) continue;
    const flow = { pid: rank, tid, id: task, name: "transfer", cat: "transfer" };
    // An arrow's end binds to the slice around it, so it must lie inside.
    if (arriving) yield { ph: "f", bp: "e", ts: microseconds(start + (timeline.finish[task]! - start) / 2), ...flow };
    else yield { ph: "s", ts: microseconds(start), ...flow };
  }
}

function argumentsOf(graph: TaskGraph, task: number, options: TraceOptions): TraceEvent {
  const { label, location } = describeTask(graph, task);
  const cost = graph.classes[graph.classOf[task]!]!;
  const position = options.positionOf?.(location);
  const place = position === undefined ? location.file : `${location.file}:${position.line}:${position.column}`;
  if (cost.kind === "transfer") return { task, label, source: place, bytes: cost.wireBytes };
  return {
    task,
    label,
    source: place,
    flops: cost.flops,
    bytes: cost.bytesRead + cost.bytesWritten,
    tiles: cost.tiles,
  };
}

function isLocal(graph: TaskGraph, task: number): boolean {
  const cost = graph.classes[graph.classOf[task]!]!;
  return cost.kind === "transfer" && cost.source === cost.target;
}

/** To the femtosecond, without the digits that rounding leaves. */
function microseconds(nanoseconds: number): number {
  return Number((nanoseconds / 1000).toFixed(9));
}
