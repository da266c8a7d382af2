/** What is wrong with an order in which a graph is said to have been executed. */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { AdverseEvent } from "../../runtime/adversary/adversary.js";
import { closureOf } from "./graph-closure.js";
import { edgesOf } from "./graph-mutants.js";

/** Whether each task runs once, after all that it waits for, as its queue issues, no more at once than there may be. */
export function faultsOfOrder(
  graph: TaskGraph,
  order: readonly AdverseEvent[],
  { transfers = Infinity }: { readonly transfers?: number } = {},
): string[] {
  const faults: string[] = [];
  const moments = (at: AdverseEvent["at"]): Map<number, number> =>
    new Map(order.flatMap((event, moment) => (event.at === at ? [[event.task, moment] as const] : [])));
  const [starts, finishes] = [moments("start"), moments("finish")];
  if (order.length !== 2 * graph.taskCount || starts.size !== graph.taskCount || finishes.size !== graph.taskCount)
    faults.push(`${order.length} events of ${graph.taskCount} tasks`);
  for (const [task, moment] of finishes) {
    if (moment < starts.get(task)!) faults.push(`${task} finishes before it starts`);
  }
  const readers = order.filter(({ reads }) => reads).map(({ task }) => task);
  if (readers.length !== graph.taskCount || new Set(readers).size !== graph.taskCount)
    faults.push(`${readers.length} readings of ${graph.taskCount} tasks`);
  for (const { from, to } of edgesOf(graph))
    if (starts.get(to)! < finishes.get(from)!) faults.push(`${to} starts before ${from} has finished`);
  const inFlight = new Map<string, number>();
  const places = new Map<number, number>();
  for (const { task, at } of order) {
    const queue = graph.queue[task]!;
    const count = (key: string, most: number): void => {
      const under = (inFlight.get(key) ?? 0) + (at === "start" ? 1 : -1);
      inFlight.set(key, under);
      if (under > most) faults.push(`${under} in flight of ${key}`);
    };
    if (queue >= 0) count(`queue ${queue}`, graph.queues[queue]!.width);
    if (graph.kind[task] === TaskKind.transfer) count(`the transfers of rank ${graph.rank[task]}`, transfers);
    if (queue < 0 || at === "finish") continue;
    if (graph.place[task] !== (places.get(queue) ?? 0)) faults.push(`${task} is issued out of turn`);
    places.set(queue, graph.place[task]! + 1);
  }
  return faults;
}

/** Whether a task has always finished, or at least started, before another starts: by edges and by the order of queues. */
export function orderOf(
  graph: TaskGraph,
): Record<"isFinished" | "isStarted", (task: number, before: number) => boolean> {
  // Moments 2 t and 2 t + 1: task t starts, and finishes.
  const before: number[][] = Array.from({ length: 2 * graph.taskCount }, (_, moment) =>
    moment % 2 === 1 ? [moment - 1] : [],
  );
  for (const { from, to } of edgesOf(graph)) before[2 * to]!.push(2 * from + 1);
  const byPlace = new Map([...graph.queue].map((queue, task) => [`${queue} ${graph.place[task]}`, task]));
  for (let task = 0; task < graph.taskCount; task++) {
    const queue = graph.queue[task]!;
    const ahead = queue < 0 ? undefined : byPlace.get(`${queue} ${graph.place[task]! - 1}`);
    if (ahead !== undefined) before[2 * task]!.push(2 * ahead + (graph.queues[queue]!.width === 1 ? 1 : 0));
  }
  const closed = closureOf(before);
  const isBefore = (moment: number, task: number): boolean => ((closed[2 * task]! >> BigInt(moment)) & 1n) === 1n;
  return {
    isFinished: (task, other) => isBefore(2 * task + 1, other),
    isStarted: (task, other) => isBefore(2 * task, other),
  };
}
