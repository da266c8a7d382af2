import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import type { Ends } from "./ends.js";
import type { CollectiveOperation, Operation, ReplayTimes, Steps } from "./operation.js";

/** Lanes of one rank: one computes, one sends and does collectives, and from 0 on one receives from each rank. */
const computeLane = -1;
const sendLane = -2;

/** An operation to wait for: its lane, and its number. */
interface Awaited {
  readonly lane: number;
  readonly number: number;
}

/** Lists the operations of a rank; what all ranks share is worked out once. */
export function operationsOf(
  steps: Steps,
  times: ReplayTimes,
): (rank: number) => Iterable<Operation | CollectiveOperation> {
  const { places, firstNotification } = steps;
  const { graph } = places;
  const { numberAt, message, stepsOf } = numberSteps(steps);

  /** Where `rank` sees that a step is done. */
  const awaited = (step: number, rank: number): Awaited => {
    const number = numberAt(step, rank);
    if (places.callOf(step) !== undefined) return { lane: sendLane, number };
    const { source, target } = endsOf(steps, step);
    if (source === target) return { lane: computeLane, number };
    return { lane: target === rank ? source : sendLane, number };
  };
  const told = (leaf: number, rank: number): Awaited =>
    awaited(steps.notificationAt.get(leaf * graph.rankCount + rank)!, rank);

  /** What the operation of a step on `rank` waits for, its lane left aside. */
  function* waitsOf(step: number, rank: number): Generator<Awaited> {
    const call = places.callOf(step);
    if (call !== undefined) {
      // All ranks of a call wait for the last of them, so one that has seen the leaf is enough.
      for (const leaf of steps.leaves(step)) {
        if (places.isSeenAt(leaf, rank)) yield awaited(leaf, rank);
        else if (rank === call.ranks[0] && !places.isSeenInGroup(leaf, step)) yield told(leaf, rank);
      }
    } else if (step >= firstNotification) {
      const { of, source } = steps.notifications[step - firstNotification]!;
      if (rank === source) yield awaited(of, rank);
    } else {
      const { source, target } = places.ends(step);
      for (const leaf of steps.leaves(step)) {
        const atSource = places.isSeenAt(leaf, source);
        if (rank === source && atSource) yield awaited(leaf, source);
        else if (atSource) continue;
        else if (places.isSeenAt(leaf, target)) {
          if (rank === target) yield awaited(leaf, target);
        } else if (rank === source) yield told(leaf, source);
      }
    }
  }

  return function* operations(rank) {
    const lanes = createLanes();
    let exact = 0;
    let written = 0;
    let number = 0;
    for (const step of stepsOf(rank)) {
      const call = places.callOf(step);
      if (call !== undefined) {
        const after = lanes.append(sendLane, number, waitsOf(step, rank));
        yield { kind: "collective", number: number++, call, group: places.groupOf(step), after };
        continue;
      }
      const { source, target } = endsOf(steps, step);
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
      const bytes = kind === "compute" ? 0 : bytesOf(graph, step);
      yield { number: number++, kind, nanoseconds, peer, bytes, message: message[step]!, after, task };
    }
    if (number === 0) {
      yield { number, kind: "compute", nanoseconds: 1, peer: rank, bytes: 0, message: 0, after: [], task: -1 };
    }
  };
}

/** Ranks of a task or of a notification. */
function endsOf({ places, notifications, firstNotification }: Steps, step: number): Ends {
  return step < firstNotification ? places.ends(step) : notifications[step - firstNotification]!;
}

interface StepNumbers {
  /** Number of a step's operation on one of its ranks. */
  numberAt(step: number, rank: number): number;
  /** Number of each message among those between its ranks. */
  readonly message: Int32Array;
  stepsOf(rank: number): Int32Array;
}

function numberSteps(steps: Steps): StepNumbers {
  const { places, order, notifications, firstNotification } = steps;
  const { taskCount, rankCount } = places.graph;
  const stepCount = firstNotification + notifications.length;
  const numberAtSource = new Int32Array(stepCount);
  const numberAtTarget = new Int32Array(stepCount);
  const numbersOfCall: Int32Array[] = [];
  const message = new Int32Array(stepCount);
  const operationCount = new Uint32Array(rankCount + 1);
  const messageCount = new Map<number, number>();
  for (const step of order) {
    const call = places.callOf(step);
    if (call !== undefined) {
      numbersOfCall[step - taskCount] = Int32Array.from(call.ranks, (rank) => operationCount[rank + 1]!++);
      continue;
    }
    const { source, target } = endsOf(steps, step);
    numberAtSource[step] = operationCount[source + 1]!++;
    if (source === target) continue;
    numberAtTarget[step] = operationCount[target + 1]!++;
    const pair = source * rankCount + target;
    message[step] = messageCount.get(pair) ?? 0;
    messageCount.set(pair, message[step]! + 1);
  }
  for (let rank = 0; rank < rankCount; rank++) operationCount[rank + 1]! += operationCount[rank]!;

  const numberAt = (step: number, rank: number): number => {
    const call = places.callOf(step);
    if (call !== undefined) return numbersOfCall[step - taskCount]![places.positionIn(step, rank)]!;
    const { source } = endsOf(steps, step);
    return rank === source ? numberAtSource[step]! : numberAtTarget[step]!;
  };
  const stepsOfRank = new Int32Array(operationCount[rankCount]!);
  for (const step of order) {
    const call = places.callOf(step);
    const { source, target } = call === undefined ? endsOf(steps, step) : { source: 0, target: 0 };
    for (const rank of call?.ranks ?? (source === target ? [source] : [source, target])) {
      stepsOfRank[operationCount[rank]! + numberAt(step, rank)] = step;
    }
  }
  return {
    numberAt,
    message,
    stepsOf: (rank) => stepsOfRank.subarray(operationCount[rank]!, operationCount[rank + 1]!),
  };
}

/** No simulator takes a message of no bytes, or of a part of one. */
function bytesOf(graph: TaskGraph, step: number): number {
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
