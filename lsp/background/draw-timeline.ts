/** A predicted timeline as bars: what one statement does on one engine without a pause is one of them. */
import { orderQueues, type QueueOrder } from "../../compiler/graph/queue-order.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Prediction } from "../../evidence/predict.js";
import type { DrawnTimeline } from "./jobs.js";

/** More than these nobody can tell apart, and no page draws at once. */
const mostBars = 4000;

type Bar = DrawnTimeline["bars"][number];

export function drawTimeline({ planned, timeline, result }: Prediction): DrawnTimeline {
  const { graph } = planned;
  const order = orderQueues(graph);
  const { makespan_ns, bound_ns } = result;
  const drawn = (ranks: number, gap: number) => barsOf(graph, timeline, order, ranks, gap);
  let gap = 0;
  let ranks = graph.rankCount;
  let bars = drawn(ranks, gap);
  // Longer and longer pauses are drawn over; where even one bar a statement is too many, ranks are left out.
  while (bars.length > mostBars && gap < makespan_ns) {
    gap = gap === 0 ? makespan_ns / 4096 : gap * 2;
    bars = drawn(ranks, gap);
  }
  while (bars.length > mostBars && ranks > 1) {
    ranks = Math.ceil(ranks / 2);
    bars = drawn(ranks, gap);
  }
  const tasks = order.task.reduce((count, task) => count + (graph.rank[task]! < ranks ? 1 : 0), 0);
  const machine = planned.program.machine.name;
  return { makespan_ns, bound_ns, machine, bars, tasks, gap_ns: gap, omitted_ranks: graph.rankCount - ranks };
}

function barsOf(
  graph: TaskGraph,
  { start, finish }: Prediction["timeline"],
  order: QueueOrder,
  ranks: number,
  gap: number,
): Bar[] {
  const bars: Bar[] = [];
  graph.queues.forEach(({ rank, name: engine }, queue) => {
    if (rank >= ranks) return;
    /** The bar of each statement that may still grow: queues issue in order, so no task begins before the last one. */
    const open = new Map<number, { -readonly [K in keyof Bar]: Bar[K] }>();
    for (const task of order.task.subarray(order.start[queue], order.start[queue + 1])) {
      const instance = graph.instance[task]!;
      const last = open.get(instance);
      if (last !== undefined && start[task]! <= last.end_ns + gap) {
        last.end_ns = Math.max(last.end_ns, finish[task]!);
        continue;
      }
      const { name, kind, location } = graph.instances[instance]!;
      const times = { start_ns: start[task]!, end_ns: finish[task]! };
      const bar = { rank, engine, name, communicates: kind === "word", ...times, span: location.span };
      open.set(instance, bar);
      bars.push(bar);
    }
  });
  return bars;
}
