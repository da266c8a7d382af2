import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Draw } from "./random-draw.js";

/**
 * Plays the graph as engines issue it: the head of each queue begins once all it waits for is over; what has begun ends
 * at some time. Tasks in the order in which they begin; those that never begin are missing.
 */
export function issueInOrder(graph: TaskGraph, draw: Draw): number[] {
  const waiting = new Int32Array(graph.taskCount);
  for (const next of graph.successor) waiting[next]!++;
  const queues = graph.queues.map((_, q) =>
    Array.from({ length: graph.taskCount }, (_unused, task) => task)
      .filter((task) => graph.queue[task] === q)
      .toSorted((a, b) => graph.place[a]! - graph.place[b]!),
  );
  const joins = Array.from({ length: graph.taskCount }, (_, task) => task).filter((task) => graph.queue[task]! < 0);
  const order: number[] = [];
  const running: number[] = [];
  for (;;) {
    const heads = queues.filter((queue) => queue.length > 0 && waiting[queue[0]!] === 0);
    const free = joins.findIndex((task) => waiting[task] === 0);
    const moves = heads.length + (free >= 0 ? 1 : 0) + running.length;
    if (moves === 0) return order;
    const move = draw.integer(0, moves - 1);
    if (move < heads.length) {
      const task = heads[move]!.shift()!;
      order.push(task);
      running.push(task);
    } else if (free >= 0 && move === heads.length) {
      const [task] = joins.splice(free, 1) as [number];
      order.push(task);
      running.push(task);
    } else {
      const [task] = running.splice(move - heads.length - (free >= 0 ? 1 : 0), 1) as [number];
      for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++)
        waiting[graph.successor[edge]!]!--;
    }
  }
}
