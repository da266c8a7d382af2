/**
 * Which of the steps that are possible comes next. A strategy scores them; the highest is taken, of several one at random.
 * Random weights that are lowered now and then find an order of few tasks with a probability that is known: Burckhardt and
 * others, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010.
 */
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { listQueues, taskOf } from "./frontier.js";
import type { Frontier, Step } from "./frontier.js";

export const strategyNames = ["uniform", "slow rank", "late transfers", "last in", "first in", "weights"] as const;
/** One rank is slow; transfers wait for all else; what became possible last, or first, comes first; each task has a weight. */
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
    case "weights":
      return weights(graph, draws);
  }
}

/** Tasks whose weight is lowered below all others, so many a run. */
const lowered = 3;

function weights({ taskCount }: TaskGraph, draws: Draws): Score {
  const weight = Float64Array.from({ length: taskCount }, draws);
  for (let i = 0; i < lowered && taskCount > 0; i++) weight[wholeBelow(draws, taskCount)] = -draws();
  return (step) => weight[taskOf(step)]!;
}

/** Of the directions' tasks first, then as another score says. */
function directed({ hurry, hold }: Directions, graph: TaskGraph, score: Score): Score {
  if (hurry === undefined && hold === undefined) return score;
  const needed = hurry === undefined ? undefined : neededBy(graph, hurry);
  return (step) => {
    const task = taskOf(step);
    if (task === hold) return -2e15;
    return needed?.[task] === 1 ? 1e15 : score(step) / 1e3;
  };
}

/** The tasks that finish, or at least start, before a task can: predecessors, and those ahead of it in its queue. */
function neededBy(graph: TaskGraph, task: number): Uint8Array {
  const { taskCount, successorStart, successor } = graph;
  const before: number[][] = Array.from({ length: taskCount }, () => []);
  for (let from = 0; from < taskCount; from++)
    for (let edge = successorStart[from]!; edge < successorStart[from + 1]!; edge++)
      before[successor[edge]!]!.push(from);
  for (const list of listQueues(graph).values())
    list.forEach((own, position) => position > 0 && before[own]!.push(list[position - 1]!));
  const needed = new Uint8Array(taskCount);
  const pending = [task];
  while (pending.length > 0) {
    const next = pending.pop()!;
    if (needed[next] === 1) continue;
    needed[next] = 1;
    pending.push(...before[next]!);
  }
  return needed;
}
