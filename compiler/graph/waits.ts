/** What a task waits for and what waits for it, joins passed over, and why: what the edges of a graph say to a person. */
import type { Predecessors } from "./predecessors.js";
import { EdgeReason, TaskKind, type TaskGraph } from "./task-graph.js";

/**
 * `data`: the later one needs the result of the earlier. `reuse`: it overwrites what the earlier reads. `order`: program
 * order. `contribution`: both are added into one block, one after the other. `queue`: the earlier is issued before it, by
 * an engine that issues in order; it need not have finished.
 */
export type WaitReason = "data" | "reuse" | "order" | "contribution" | "queue";

export interface WaitingTask {
  readonly task: number;
  /** One or several. */
  readonly reasons: readonly WaitReason[];
  /** Another of those waited for waits for this one itself, so that this edge adds nothing. */
  readonly implied: boolean;
}

/** Those a task waits for, in order of their numbers. */
export function waitsOf(graph: TaskGraph, before: Predecessors, task: number): WaitingTask[] {
  const found = throughJoins(graph, task, (t) => edgesOf(before.start, before.task, before.reason, t));
  const implied = impliedBy(graph, before, [...found.keys()]);
  const queue = graph.queue[task]!;
  if (queue >= 0 && graph.place[task]! > 0) addTo(found, neighbour(graph, task, -1), "queue");
  return listed(found, implied);
}

/** Those that wait for a task, in order of their numbers; none of them is `implied`. */
export function waitersOf(graph: TaskGraph, task: number): WaitingTask[] {
  const found = throughJoins(graph, task, (t) => edgesOf(graph.successorStart, graph.successor, graph.reason, t));
  const behind = neighbour(graph, task, 1);
  if (behind >= 0) addTo(found, behind, "queue");
  return listed(found, new Set());
}

type Found = Map<number, Set<WaitReason>>;

interface Edge {
  readonly to: number;
  readonly reason: EdgeReason;
}

function edgesOf(start: Uint32Array, task: ArrayLike<number>, reason: Uint8Array, t: number): Edge[] {
  const edges: Edge[] = [];
  for (let at = start[t]!; at < start[t + 1]!; at++) edges.push({ to: task[at]!, reason: reason[at] as EdgeReason });
  return edges;
}

/** A way through joins is as strict as its strictest edge: only where all of it is data, data is needed. */
const strictness: Readonly<Record<EdgeReason, number>> = {
  [EdgeReason.data]: 0,
  [EdgeReason.order]: 1,
  [EdgeReason.reuse]: 2,
};
const byStrictness = ["data", "order", "reuse"] as const;

function throughJoins(graph: TaskGraph, origin: number, edges: (task: number) => readonly Edge[]): Found {
  const found: Found = new Map();
  const seen = new Set<number>();
  const list: { readonly task: number; readonly level: number }[] = [{ task: origin, level: 0 }];
  for (const { task, level } of list)
    for (const { to, reason } of edges(task)) {
      const strict = Math.max(level, strictness[reason]);
      if (graph.kind[to] !== TaskKind.join) {
        const direct = task === origin && reason === EdgeReason.order;
        addTo(found, to, direct && isSameBlock(graph, origin, to) ? "contribution" : byStrictness[strict]!);
        continue;
      }
      const key = to * byStrictness.length + strict;
      if (seen.has(key)) continue;
      seen.add(key);
      list.push({ task: to, level: strict });
    }
  return found;
}

/** Program order is between statements: within one, what is ordered is what is added into one block. */
function isSameBlock(graph: TaskGraph, a: number, b: number): boolean {
  const isCompute = graph.kind[a] === TaskKind.compute && graph.kind[b] === TaskKind.compute;
  return isCompute && graph.instance[a] === graph.instance[b] && graph.rank[a] === graph.rank[b];
}

function addTo(found: Found, task: number, reason: WaitReason): void {
  const reasons = found.get(task);
  if (reasons === undefined) found.set(task, new Set([reason]));
  else reasons.add(reason);
}

function listed(found: Found, implied: ReadonlySet<number>): WaitingTask[] {
  return [...found]
    .toSorted(([a], [b]) => a - b)
    .map(([task, reasons]) => ({ task, reasons: [...reasons], implied: implied.has(task) }));
}

/** Those of several tasks that another of them comes after. One search backward from all, linear in the graph. */
function impliedBy(graph: TaskGraph, before: Predecessors, tasks: readonly number[]): Set<number> {
  const implied = new Set<number>();
  if (tasks.length < 2) return implied;
  const wanted = new Set(tasks);
  const seen = new Uint8Array(graph.taskCount);
  const list = [...tasks];
  while (list.length > 0) {
    const task = list.pop()!;
    for (let at = before.start[task]!; at < before.start[task + 1]!; at++) {
      const earlier = before.task[at]!;
      if (seen[earlier] === 1) continue;
      seen[earlier] = 1;
      if (wanted.has(earlier)) implied.add(earlier);
      list.push(earlier);
    }
  }
  return implied;
}

/** The task so many places on in the queue of one; -1 where there is none. */
function neighbour(graph: TaskGraph, task: number, offset: number): number {
  const queue = graph.queue[task]!;
  const place = graph.place[task]! + offset;
  if (queue < 0 || place < 0) return -1;
  for (let t = 0; t < graph.taskCount; t++) if (graph.queue[t] === queue && graph.place[t] === place) return t;
  return -1;
}
