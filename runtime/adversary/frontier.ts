/** What may happen next in a run of a graph, of which nothing is taken for granted but that its edges name tasks. */
import { countPredecessors } from "../../compiler/graph/queue-order.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";

/** How much may be in flight at once; absent: as much as queues are wide. */
export interface Limits {
  /** Transfers that a rank sends. */
  readonly transfers?: number;
  /** Tasks of a queue. */
  readonly tasks?: number;
}

/** That task t starts: t; that it finishes: -1 - t. */
export type Step = number;
export const finishOf = (task: number): Step => -1 - task;
export const taskOf = (step: Step): number => (step < 0 ? -1 - step : step);

export interface Frontier {
  /**
   * The starts of heads of queues and of joins, all of whose predecessors have finished, as far as there is room for them, and the
   * finishes of what has started. Valid until the next `take`.
   */
  steps(): readonly Step[];
  take(step: Step): void;
  /** When a step became possible, as a count of steps; of a head, as far as its predecessors go. */
  since(step: Step): number;
  /** By task. */
  readonly started: Uint8Array;
  readonly finished: Uint8Array;
}

/** The tasks of each queue in issue order, whatever their places are numbered. */
export function listQueues({ taskCount, queue, place }: TaskGraph): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>();
  for (let task = 0; task < taskCount; task++) {
    const own = queue[task]!;
    if (own < 0) continue;
    const list = lists.get(own);
    if (list === undefined) lists.set(own, [task]);
    else list.push(task);
  }
  for (const list of lists.values()) list.sort((a, b) => place[a]! - place[b]! || a - b);
  return lists;
}

export function createFrontier(graph: TaskGraph, limits: Limits = {}): Frontier {
  const { taskCount, rank, kind, queue } = graph;
  const queues = [...listQueues(graph)].map(([number, tasks]) => {
    const width = Math.min(graph.queues[number]!.width, limits.tasks ?? Infinity);
    return { number, tasks, width, head: 0, inFlight: 0 };
  });
  const queueOf = new Map(queues.map((one) => [one.number, one]));
  const transfersOf = new Int32Array(graph.rankCount);
  const remaining = countPredecessors(graph);
  const [started, finished] = [new Uint8Array(taskCount), new Uint8Array(taskCount)];
  const [readySince, startedSince] = [new Float64Array(taskCount), new Float64Array(taskCount)];
  const joins = createBag(taskCount);
  const inFlight = createBag(taskCount);
  const steps: Step[] = [];
  let taken = 0;

  for (let task = 0; task < taskCount; task++) if (queue[task]! < 0 && remaining[task] === 0) joins.add(task);

  const hasRoom = (task: number): boolean =>
    kind[task] !== TaskKind.transfer || transfersOf[rank[task]!]! < (limits.transfers ?? Infinity);

  const start = (task: number): void => {
    const own = queueOf.get(queue[task]!);
    if (own === undefined) joins.remove(task);
    else {
      own.head++;
      own.inFlight++;
    }
    if (kind[task] === TaskKind.transfer) transfersOf[rank[task]!]!++;
    started[task] = 1;
    startedSince[task] = taken;
    inFlight.add(task);
  };
  const finish = (task: number): void => {
    const own = queueOf.get(queue[task]!);
    if (own !== undefined) own.inFlight--;
    if (kind[task] === TaskKind.transfer) transfersOf[rank[task]!]!--;
    finished[task] = 1;
    inFlight.remove(task);
    for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
      const next = graph.successor[edge]!;
      if (--remaining[next]! !== 0) continue;
      readySince[next] = taken;
      if (queue[next]! < 0) joins.add(next);
    }
  };

  return {
    steps() {
      steps.length = 0;
      for (const { tasks, head, width, inFlight: under } of queues) {
        if (head === tasks.length || under >= width) continue;
        const task = tasks[head]!;
        if (remaining[task] === 0 && hasRoom(task)) steps.push(task);
      }
      for (const task of joins.tasks) steps.push(task);
      for (const task of inFlight.tasks) steps.push(finishOf(task));
      return steps;
    },
    take(step) {
      taken++;
      if (step < 0) finish(taskOf(step));
      else start(step);
    },
    since: (step) => (step < 0 ? startedSince[taskOf(step)]! : readySince[step]!),
    started,
    finished,
  };
}

/** A set of tasks whose members are removed in any order without moving the others. */
function createBag(taskCount: number): {
  readonly tasks: readonly number[];
  add(task: number): void;
  remove(task: number): void;
} {
  const tasks: number[] = [];
  const places = new Int32Array(taskCount);
  return {
    tasks,
    add(task) {
      places[task] = tasks.push(task) - 1;
    },
    remove(task) {
      const last = tasks.pop()!;
      if (last === task) return;
      tasks[places[task]!] = last;
      places[last] = places[task]!;
    },
  };
}
