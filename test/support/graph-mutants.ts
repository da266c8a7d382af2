/** Faults put into a planned graph, one at a time. */
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";

/** Edge e of the graph, from the task that must finish first. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

export function edgesOf(graph: TaskGraph): Edge[] {
  return Array.from({ length: graph.taskCount }, (_, from) =>
    [...graph.successor.subarray(graph.successorStart[from]!, graph.successorStart[from + 1]!)].map((to) => ({
      from,
      to,
    })),
  ).flat();
}

export function withoutEdge(graph: TaskGraph, index: number): TaskGraph {
  return {
    ...graph,
    edgeCount: graph.edgeCount - 1,
    successorStart: graph.successorStart.map((start) => (start > index ? start - 1 : start)),
    successor: graph.successor.filter((_, e) => e !== index),
    reason: graph.reason.filter((_, e) => e !== index),
  };
}

/** Task t left out: nothing waits for it, and those issued behind it move up. */
export function withoutTask(graph: TaskGraph, task: number): TaskGraph {
  const kept = edgesOf(graph).map(({ from, to }) => from !== task && to !== task);
  const [queue, place] = [graph.queue[task]!, graph.place[task]!];
  let gone = 0;
  const successorStart = graph.successorStart.map((_, t) => {
    const first = t === 0 ? 0 : graph.successorStart[t - 1]!;
    const end = t === 0 ? 0 : graph.successorStart[t]!;
    for (let e = first; e < end; e++) if (!kept[e]!) gone++;
    return end - gone;
  });
  const without = <T extends Int32Array | Uint8Array>(column: T, value: number): T =>
    column.map((own, t) => (t === task ? value : own)) as T;
  return {
    ...graph,
    edgeCount: kept.filter(Boolean).length,
    successorStart,
    successor: graph.successor.filter((_, e) => kept[e]!),
    reason: graph.reason.filter((_, e) => kept[e]!),
    kind: without(graph.kind, TaskKind.join),
    instance: without(graph.instance, -1),
    block: without(graph.block, -1),
    classOf: without(graph.classOf, -1),
    queue: without(graph.queue, -1),
    place: graph.place.map((own, t) => (t === task ? 0 : graph.queue[t] === queue && own > place ? own - 1 : own)),
  };
}

/** Task t done once more, by a task of its own that is issued last. */
export function withTaskTwice(graph: TaskGraph, task: number): TaskGraph {
  const edges = edgesOf(graph);
  const copy = graph.taskCount;
  const all = edges.flatMap((edge, e) => {
    const own = { ...edge, reason: graph.reason[e]! };
    if (edge.from === task) return [own, { ...own, from: copy }];
    return edge.to === task ? [own, { ...own, to: copy }] : [own];
  });
  all.sort((a, b) => a.from - b.from);
  const successorStart = new Uint32Array(copy + 2);
  for (const { from } of all) successorStart[from + 1]!++;
  for (let t = 0; t <= copy; t++) successorStart[t + 1]! += successorStart[t]!;
  const again = <T extends Int32Array | Uint8Array>(column: T, make: (values: number[]) => T, last?: number): T =>
    make([...column, last ?? column[task]!]);
  const int = (values: number[]): Int32Array => Int32Array.from(values);
  const byte = (values: number[]): Uint8Array => Uint8Array.from(values);
  const inQueue = graph.queue.filter((queue) => queue === graph.queue[task]).length;
  return {
    ...graph,
    taskCount: copy + 1,
    edgeCount: all.length,
    successorStart,
    successor: Uint32Array.from(all, ({ to }) => to),
    reason: Uint8Array.from(all, ({ reason }) => reason),
    kind: again(graph.kind, byte),
    rank: again(graph.rank, int),
    instance: again(graph.instance, int),
    block: again(graph.block, int),
    classOf: again(graph.classOf, int),
    queue: again(graph.queue, int),
    place: again(graph.place, int, inQueue),
  };
}

/** Two tasks of a column change places: blocks of two sends, or places of two tasks of an engine. */
export function swapped(graph: TaskGraph, column: "block" | "place", a: number, b: number): TaskGraph {
  const changed = graph[column].slice();
  [changed[a], changed[b]] = [changed[b]!, changed[a]!];
  return { ...graph, [column]: changed };
}
