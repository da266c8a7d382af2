import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import type { WholeCall, WholeCalls } from "./whole-calls.js";

/** Ranks of a step that is no call: the sender and the receiver, or twice the rank that computes. */
export interface Ends {
  readonly source: number;
  readonly target: number;
}

/** Where steps (tasks, and calls from `taskCount` on) take place. */
export interface Places {
  readonly graph: TaskGraph;
  readonly whole: WholeCalls;
  /** The step that a task is done in. */
  stepOf(task: number): number;
  /** The call that a step is; undefined of a task. */
  callOf(step: number): WholeCall | undefined;
  ends(task: number): Ends;
  /** Whether a rank sees by itself that a step is done. */
  isSeenAt(step: number, rank: number): boolean;
  /** Whether one of the ranks of a call does. */
  isSeenInGroup(step: number, call: number): boolean;
  /** Place of a rank among those of a call. */
  positionIn(call: number, rank: number): number;
  /** Number of a call's group of ranks, among all different ones. */
  groupOf(step: number): number;
  readonly groups: readonly (readonly number[])[];
}

export function placesOf(graph: TaskGraph, whole: WholeCalls): Places {
  const { taskCount, rankCount } = graph;
  const groups: (readonly number[])[] = [];
  /** By group, then rank: its place in the group, or -1. */
  const positions: Int32Array[] = [];
  const known = new Map<string, number>();
  const groupOfCall = whole.calls.map(({ ranks }) => {
    const key = ranks.join();
    const found = known.get(key);
    if (found !== undefined) return found;
    const positionOf = new Int32Array(rankCount).fill(-1);
    ranks.forEach((rank, position) => (positionOf[rank] = position));
    positions.push(positionOf);
    known.set(key, groups.length);
    return groups.push(ranks) - 1;
  });
  const ends = (task: number): Ends => {
    const source = graph.rank[task]!;
    if (graph.kind[task] !== TaskKind.transfer) return { source, target: source };
    const cost = graph.classes[graph.classOf[task]!]!;
    return { source, target: cost.kind === "transfer" ? cost.target : source };
  };
  const positionIn = (call: number, rank: number): number => positions[groupOfCall[call - taskCount]!]![rank]!;
  return {
    graph,
    whole,
    groups,
    ends,
    stepOf: (task) => (whole.callOf[task]! < 0 ? task : taskCount + whole.callOf[task]!),
    callOf: (step) => (step < taskCount ? undefined : whole.calls[step - taskCount]),
    groupOf: (step) => groupOfCall[step - taskCount]!,
    positionIn,
    isSeenAt(step, rank) {
      if (step >= taskCount) return positionIn(step, rank) >= 0;
      const { source, target } = ends(step);
      return source === rank || target === rank;
    },
    isSeenInGroup(step, call) {
      if (step >= taskCount) return whole.calls[step - taskCount]!.ranks.some((rank) => positionIn(call, rank) >= 0);
      const { source, target } = ends(step);
      return positionIn(call, source) >= 0 || positionIn(call, target) >= 0;
    },
  };
}
