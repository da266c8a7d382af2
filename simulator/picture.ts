import { orderQueues } from "../compiler/graph/queue-order.js";
import type { QueueOrder } from "../compiler/graph/queue-order.js";
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import { claimedSlots, measureActivity } from "./activity.js";
import type { Timeline } from "./timeline.js";

/** A timeline as areas to be drawn: for each engine of each rank, which statements hold how many of its slots when. */
export interface Picture {
  readonly ranks: readonly RankPicture[];
  /** Ranks left out, because there is no room for all. */
  readonly omittedRanks: number;
  /** What bars belong to, in order of appearance. */
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly communicates: boolean;
}

export interface RankPicture {
  readonly rank: number;
  readonly rows: readonly Row[];
  /** When communication is open and nothing computes: `begin, end` pairs, nanoseconds. */
  readonly exposed: Float64Array;
}

/** One queue: stacked areas that are constant between breaks. */
export interface Row {
  readonly name: string;
  readonly communicates: boolean;
  /** Nanoseconds, ascending. */
  readonly breaks: Float64Array;
  readonly areas: readonly Area[];
}

export interface Area {
  /** Index into the picture's series. */
  readonly series: number;
  /** Share of the row's slots between each two breaks. */
  readonly share: Float64Array;
  readonly tasks: number;
}

/** Ranks drawn where no other number is asked for, and cells of all rows together, whatever the size of the graph. */
const defaultRanks = 16;
const cellLimit = 24_000;

export interface DrawingOptions {
  /** Ranks drawn at most, at least 1. */
  readonly ranks?: number;
  /** A compute task has all slots of its row, whatever it claims. */
  readonly wholeDevice?: boolean;
}

/**
 * @param spanNs length of the axis, at least the makespan.
 * @param slowestRank is drawn even where there is no room for all.
 */
export function drawPicture(
  graph: TaskGraph,
  timeline: Timeline,
  spanNs: number,
  slowestRank: number,
  { ranks: rankLimit = defaultRanks, wholeDevice = false }: DrawingOptions = {},
): Picture {
  const activity = measureActivity(graph, timeline);
  const order = orderQueues(graph);
  const shown = Array.from({ length: Math.min(graph.rankCount, rankLimit) }, (_, rank) => rank);
  if (slowestRank >= rankLimit) shown[rankLimit - 1] = slowestRank;
  const queues = graph.queues.flatMap((queue, q) =>
    shown.includes(queue.rank) && order.start[q]! < order.start[q + 1]! ? [q] : [],
  );
  const cells = Math.max(100, Math.min(1200, Math.floor(cellLimit / Math.max(1, queues.length))));
  const series = numberSeries(graph);
  const shareOf = (task: number, width: number): number =>
    wholeDevice && graph.kind[task] === TaskKind.compute ? 1 : claimedSlots(graph, task) / width;
  const ranks = shown.map((rank) => ({
    rank,
    rows: queues
      .filter((q) => graph.queues[q]!.rank === rank)
      .map((q) => drawRow(graph, timeline, order, q, series.ofInstance, cells, spanNs, shareOf)),
    exposed: activity.exposed[rank]!,
  }));
  return { ranks, omittedRanks: graph.rankCount - shown.length, series: series.list };
}

/** One a name: parts of a split keep theirs, so that they can be told apart. */
function numberSeries(graph: TaskGraph): { list: Series[]; ofInstance: Int32Array } {
  const list: Series[] = [];
  const numbers = new Map<string, number>();
  const ofInstance = Int32Array.from(graph.instances, (instance) => {
    const known = numbers.get(instance.name);
    if (known !== undefined) return known;
    numbers.set(instance.name, list.length);
    return list.push({ name: instance.name, communicates: instance.kind === "word" }) - 1;
  });
  return { list, ofInstance };
}

function drawRow(
  graph: TaskGraph,
  timeline: Timeline,
  order: QueueOrder,
  q: number,
  seriesOfInstance: Int32Array,
  cells: number,
  spanNs: number,
  shareOf: (task: number, width: number) => number,
): Row {
  const { start, finish } = timeline;
  const queue = graph.queues[q]!;
  const tasks = order.task.subarray(order.start[q]!, order.start[q + 1]!);
  const breaks = breaksOf(tasks, timeline, cells, spanNs);
  const areas = new Map<number, { share: Float64Array; tasks: number }>();
  let communicates = true;
  for (const task of tasks) {
    if (Number.isNaN(finish[task]!)) continue;
    if (graph.kind[task] === TaskKind.compute) communicates = false;
    const series = seriesOfInstance[graph.instance[task]!]!;
    const area = areas.get(series) ?? { share: new Float64Array(breaks.length - 1), tasks: 0 };
    areas.set(series, area);
    area.tasks++;
    const slots = shareOf(task, queue.width);
    for (let cell = cellAt(breaks, start[task]!); cell < area.share.length; cell++) {
      const from = Math.max(breaks[cell]!, start[task]!);
      const to = Math.min(breaks[cell + 1]!, finish[task]!);
      if (to <= from) break;
      area.share[cell]! += (slots * (to - from)) / (breaks[cell + 1]! - breaks[cell]!);
    }
  }
  const list = [...areas].map(([series, area]) => ({ series, ...area })).toSorted((a, b) => a.series - b.series);
  return { name: queue.name, communicates, breaks, areas: list };
}

/** The times at which anything changes, where they are few; else evenly spaced, and shares are averages. */
function breaksOf(tasks: Int32Array, timeline: Timeline, cells: number, spanNs: number): Float64Array {
  const times = new Set<number>();
  for (const task of tasks) {
    if (Number.isNaN(timeline.finish[task]!)) continue;
    times.add(timeline.start[task]!).add(timeline.finish[task]!);
    if (times.size > cells + 1) return Float64Array.from({ length: cells + 1 }, (_, cell) => (cell * spanNs) / cells);
  }
  return Float64Array.from(times).sort();
}

/** The cell in which a time lies: the last whose begin is not after it. */
function cellAt(breaks: Float64Array, time: number): number {
  let low = 0;
  let high = breaks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (breaks[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
