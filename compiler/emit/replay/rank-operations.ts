import { TaskKind } from "../../graph/task-graph.js";
import { endsOf, isSeenAt } from "./leaves.js";
import type { Operation, ReplayTimes, Steps } from "./operation.js";

/** Lanes of one rank: one computes, one sends, and from 0 on one receives from each rank. */
const computeLane = -1;
const sendLane = -2;

/** An operation to wait for: its lane, and its number. */
interface Awaited {
  readonly lane: number;
  readonly number: number;
}

/** Lists the operations of a rank; what all ranks share is worked out once. */
export function operationsOf(steps: Steps, times: ReplayTimes): (rank: number) => Iterable<Operation> {
  const { graph, order } = steps;
  const stepCount = graph.taskCount + steps.notifications.length;
  const ends = (step: number): { readonly source: number; readonly target: number } =>
    step < graph.taskCount ? endsOf(graph, step) : steps.notifications[step - graph.taskCount]!;

  /** Number of each step at its source, and at its target where that is another rank. */
  const numberAtSource = new Int32Array(stepCount);
  const numberAtTarget = new Int32Array(stepCount);
  const message = new Int32Array(stepCount);
  const operationCount = new Uint32Array(graph.rankCount + 1);
  const messageCount = new Map<number, number>();
  for (const step of order) {
    const { source, target } = ends(step);
    numberAtSource[step] = operationCount[source + 1]!++;
    if (source === target) continue;
    numberAtTarget[step] = operationCount[target + 1]!++;
    const pair = source * graph.rankCount + target;
    message[step] = messageCount.get(pair) ?? 0;
    messageCount.set(pair, message[step]! + 1);
  }
  for (let rank = 0; rank < graph.rankCount; rank++) operationCount[rank + 1]! += operationCount[rank]!;
  const stepsOfRank = new Int32Array(operationCount[graph.rankCount]!);
  for (const step of order) {
    const { source, target } = ends(step);
    stepsOfRank[operationCount[source]! + numberAtSource[step]!] = step;
    if (source !== target) stepsOfRank[operationCount[target]! + numberAtTarget[step]!] = step;
  }

  /** Where `rank` sees that a step is done. */
  const awaited = (step: number, rank: number): Awaited => {
    const { source, target } = ends(step);
    if (source === target) return { lane: computeLane, number: numberAtSource[step]! };
    if (target === rank) return { lane: source, number: numberAtTarget[step]! };
    return { lane: sendLane, number: numberAtSource[step]! };
  };

  /** What the operation of a step on `rank` waits for, its lane left aside. */
  function* waitsOf(step: number, rank: number): Generator<Awaited> {
    if (step >= graph.taskCount) {
      const { of, source } = steps.notifications[step - graph.taskCount]!;
      if (rank === source) yield awaited(of, rank);
      return;
    }
    const { source, target } = endsOf(graph, step);
    for (const leaf of steps.leaves(step)) {
      const atSource = isSeenAt(graph, leaf, source);
      if (rank === source && atSource) yield awaited(leaf, source);
      else if (atSource) continue;
      else if (isSeenAt(graph, leaf, target)) {
        if (rank === target) yield awaited(leaf, target);
      } else if (rank === source) yield awaited(steps.notificationAt.get(leaf * graph.rankCount + source)!, source);
    }
  }

  return function* operations(rank) {
    const first = operationCount[rank]!;
    const end = operationCount[rank + 1]!;
    const lanes = createLanes();
    let exact = 0;
    let written = 0;
    for (let index = first; index < end; index++) {
      const step = stepsOfRank[index]!;
      const number = index - first;
      const { source, target } = ends(step);
      const kind = source === target ? "compute" : source === rank ? "send" : "receive";
      const lane = kind === "compute" ? computeLane : kind === "send" ? sendLane : source;
      const after = lanes.append(lane, number, waitsOf(step, rank));
      const task = step < graph.taskCount ? step : -1;
      let nanoseconds = 0;
      if (kind === "compute") {
        // What is rounded off is carried on, so that the lane as a whole is right to the nanosecond.
        exact += times.duration(step);
        nanoseconds = Math.max(1, Math.round(exact - written));
        written += nanoseconds;
      }
      const peer = kind === "send" ? target : kind === "receive" ? source : rank;
      const bytes = kind === "compute" ? 0 : bytesOf(steps, step);
      yield { number, kind, nanoseconds, peer, bytes, message: message[step]!, after, task };
    }
    if (first === end) {
      yield { number: 0, kind: "compute", nanoseconds: 1, peer: rank, bytes: 0, message: 0, after: [], task: -1 };
    }
  };
}

/** No simulator takes a message of no bytes, or of a part of one. */
function bytesOf({ graph }: Steps, step: number): number {
  const cost =
    step < graph.taskCount && graph.kind[step] === TaskKind.transfer ? graph.classes[graph.classOf[step]!] : undefined;
  return cost?.kind === "transfer" ? Math.max(1, Math.ceil(cost.wireBytes)) : 1;
}

/**
 * Keeps, for each lane, up to where every other is known to be done: what an earlier operation of the lane waited for
 * need not be said again. So a rank has at most (lanes + 1) edges an operation, and in practice two.
 */
function createLanes(): { append(lane: number, number: number, waits: Iterable<Awaited>): number[] } {
  const knownOfLane = new Map<number, Map<number, number>>();
  return {
    append(lane, number, waits) {
      let known = knownOfLane.get(lane);
      if (known === undefined) knownOfLane.set(lane, (known = new Map()));
      const told = new Set<number>();
      if (known.has(lane)) told.add(lane);
      for (const wait of waits) {
        if (wait.number <= (known.get(wait.lane) ?? -1)) continue;
        known.set(wait.lane, wait.number);
        told.add(wait.lane);
      }
      const after = Array.from(told, (other) => known.get(other)!).sort((a, b) => a - b);
      known.set(lane, number);
      return after;
    },
  };
}
