/**
 * Which of the steps that are possible comes next. A strategy scores them; the highest is taken, of several one at random.
 * That few tasks have to change places for most mistakes to show, and that random priorities find them, is from Burckhardt and
 * others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
 */
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { listQueues, taskOf } from "./frontier.js";
import type { Frontier, Step } from "./frontier.js";

/**
 * `slow rank`: one waits for the others. `late transfers`: they wait for all else. `last in`, `first in`: what became possible then
 * comes first. `weights`: each task has one. `held`: some tasks wait for all else. `one by one`: a task comes first, with no more
 * than it needs, then another.
 */
export const strategyNames = [
  ...(["uniform", "slow rank", "late transfers", "last in", "first in", "weights", "held", "one by one"] as const),
];
export type StrategyName = (typeof strategyNames)[number];

/** Numbers in [0, 1). */
export type Draws = () => number;

export interface Directions {
  /** Task that comes first, and all that it needs before it. */
  readonly hurry?: number;
  /** Task that neither starts nor finishes while anything else can. */
  readonly hold?: number;
}

type Score = (step: Step) => number;

/** Index of the next of some steps. */
export type Choose = (steps: readonly Step[]) => number;

const wholeBelow = (draws: Draws, count: number): number => Math.floor(draws() * count);

/** Each task is done before the next begins. */
export function createPlannedOrder(): Choose {
  return (steps) => {
    let best = 0;
    for (let i = 1; i < steps.length; i++) {
      const [a, b] = [steps[i]!, steps[best]!];
      if (a < 0 ? b >= 0 : b >= 0 && a < b) best = i;
    }
    return best;
  };
}

export function createStrategy(
  name: StrategyName,
  graph: TaskGraph,
  frontier: Frontier,
  draws: Draws,
  directions: Directions = {},
): Choose {
  const score = directed(directions, graph, scoreOf(name, graph, frontier, draws));
  // Some of the steps are anyone's, so that no two runs of a strategy are of one kind.
  const noise = directions.hurry === undefined && directions.hold === undefined && draws() < 0.5 ? 0.1 : 0;
  return (steps) => {
    if (noise > 0 && draws() < noise) return wholeBelow(draws, steps.length);
    let [best, count] = [-Infinity, 0];
    for (const step of steps) {
      const own = score(step);
      if (own === best) count++;
      if (own > best) [best, count] = [own, 1];
    }
    let which = count === 1 ? 0 : wholeBelow(draws, count);
    return steps.findIndex((step) => score(step) === best && which-- === 0);
  };
}

function scoreOf(name: StrategyName, graph: TaskGraph, frontier: Frontier, draws: Draws): Score {
  const { kind, rank } = graph;
  switch (name) {
    case "uniform":
      return () => 0;
    case "slow rank": {
      const slow = wholeBelow(draws, graph.rankCount);
      return (step) => (rank[taskOf(step)] === slow ? 0 : 1);
    }
    case "late transfers": {
      // Late to begin, or on their way for long.
      const isLateToBegin = draws() < 0.5;
      return (step) => (kind[taskOf(step)] === TaskKind.transfer && (step < 0 || isLateToBegin) ? 0 : 1);
    }
    case "last in":
      return (step) => frontier.since(step);
    case "first in":
      return (step) => -frontier.since(step);
    case "weights": {
      const weight = Float64Array.from({ length: graph.taskCount }, draws);
      return (step) => weight[taskOf(step)]!;
    }
    case "held": {
      const share = 2 ** -(1 + wholeBelow(draws, 6));
      const isHeld = Uint8Array.from({ length: graph.taskCount }, () => (draws() < share ? 1 : 0));
      return (step) => -isHeld[taskOf(step)]!;
    }
    case "one by one":
      return oneByOne(graph, frontier, draws);
  }
}

function oneByOne(graph: TaskGraph, { finished }: Frontier, draws: Draws): Score {
  const before = listBefore(graph);
  const order = Int32Array.from({ length: graph.taskCount }, (_, task) => task);
  for (let i = order.length - 1; i > 0; i--) {
    const other = wholeBelow(draws, i + 1);
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  const needed = new Uint8Array(2 * graph.taskCount);
  let next = 0;
  return (step) => {
    while (next < order.length && (next === 0 || finished[order[next - 1]!] === 1)) {
      markNeeded(before, order[next++]!, needed);
    }
    return needed[momentOf(step)]!;
  };
}

/** Of the directions' tasks first, then as another score says. */
function directed({ hurry, hold }: Directions, graph: TaskGraph, score: Score): Score {
  if (hurry === undefined && hold === undefined) return score;
  const needed = new Uint8Array(2 * graph.taskCount);
  if (hurry !== undefined) markNeeded(listBefore(graph), hurry, needed);
  return (step) => {
    if (taskOf(step) === hold) return -Infinity;
    return needed[momentOf(step)] === 1 ? Infinity : score(step);
  };
}

const startOf = (task: number): number => 2 * task;
const endOf = (task: number): number => 2 * task + 1;
const momentOf = (step: Step): number => (step < 0 ? endOf(taskOf(step)) : startOf(step));

/** Of each moment, those that come before it: a task's own start, the ends of its predecessors, the start of the task ahead in its queue. */
function listBefore(graph: TaskGraph): readonly (readonly number[])[] {
  const { taskCount, successorStart, successor, queues, queue } = graph;
  const before: number[][] = Array.from({ length: 2 * taskCount }, () => []);
  for (let task = 0; task < taskCount; task++) {
    before[endOf(task)]!.push(startOf(task));
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++)
      before[startOf(successor[edge]!)]!.push(endOf(task));
  }
  for (const list of listQueues(graph).values())
    list.forEach((task, position) => {
      if (position === 0) return;
      const ahead = list[position - 1]!;
      before[startOf(task)]!.push(queues[queue[task]!]!.width === 1 ? endOf(ahead) : startOf(ahead));
    });
  return before;
}

/** Marks the end of a task, and all that comes before it, as far as it is not marked yet. */
function markNeeded(before: readonly (readonly number[])[], task: number, needed: Uint8Array): void {
  const pending = [endOf(task)];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (needed[next] === 1) continue;
    needed[next] = 1;
    for (const other of before[next]!) pending.push(other);
  }
}
