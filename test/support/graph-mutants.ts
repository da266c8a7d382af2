/** Graphs that are no longer right, by one fault. */
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";

export interface Edge {
  /** The task that must finish first. */
  readonly from: number;
  readonly to: number;
  /** An `EdgeReason`. */
  readonly reason: number;
}

/** In the order of the graph: edge e is the e-th. */
export function edgesOf({ taskCount, successorStart, successor, reason }: TaskGraph): Edge[] {
  return Array.from({ length: taskCount }, (_, from) => from).flatMap((from) =>
    Array.from(successor.subarray(successorStart[from], successorStart[from + 1]), (to, i) => {
      return { from, to, reason: reason[successorStart[from]! + i]! };
    }),
  );
}

/** With other edges, in any order. */
export function withEdges(graph: TaskGraph, edges: readonly Edge[]): TaskGraph {
  const sorted = edges.toSorted((a, b) => a.from - b.from);
  const successorStart = new Uint32Array(graph.taskCount + 1);
  for (const { from } of sorted) successorStart[from + 1]!++;
  for (let task = 0; task < graph.taskCount; task++) successorStart[task + 1]! += successorStart[task]!;
  return {
    ...graph,
    edgeCount: sorted.length,
    successorStart,
    successor: Uint32Array.from(sorted, ({ to }) => to),
    reason: Uint8Array.from(sorted, ({ reason }) => reason),
  };
}

export function withoutEdge(graph: TaskGraph, index: number): TaskGraph {
  return withEdges(graph, edgesOf(graph).toSpliced(index, 1));
}

/** Task t left out: nothing waits for it, and those issued behind it move up. */
export function withoutTask(graph: TaskGraph, task: number): TaskGraph {
  const [queue, place] = [graph.queue[task]!, graph.place[task]!];
  const without = <T extends Int32Array | Uint8Array>(column: T, value: number): T =>
    column.map((own, t) => (t === task ? value : own)) as T;
  const others = edgesOf(graph).filter(({ from, to }) => from !== task && to !== task);
  return {
    ...withEdges(graph, others),
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
  const copy = graph.taskCount;
  const edges = edgesOf(graph).flatMap((edge): Edge[] => {
    if (edge.from === task) return [edge, { ...edge, from: copy }];
    return edge.to === task ? [edge, { ...edge, to: copy }] : [edge];
  });
  const int = (column: Int32Array, last = column[task]!): Int32Array => Int32Array.from([...column, last]);
  const inQueue = graph.queue.filter((queue) => queue === graph.queue[task]).length;
  const columns = {
    kind: Uint8Array.from([...graph.kind, graph.kind[task]!]),
    rank: int(graph.rank),
    instance: int(graph.instance),
    block: int(graph.block),
    classOf: int(graph.classOf),
    queue: int(graph.queue),
    place: int(graph.place, inQueue),
  };
  return withEdges({ ...graph, taskCount: copy + 1, ...columns }, edges);
}

/** Two tasks of a column change places: blocks of two sends, or places of two tasks of an engine. */
export function swapped(graph: TaskGraph, column: "block" | "place", a: number, b: number): TaskGraph {
  const changed = graph[column].slice();
  [changed[a], changed[b]] = [changed[b]!, changed[a]!];
  return { ...graph, [column]: changed };
}
