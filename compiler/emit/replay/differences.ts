import type { TaskGraph } from "../../graph/task-graph.js";
import type { Replay } from "./operation.js";

/** What a simulator of one compute lane, one send lane and one network will not show of a schedule: a sentence each. */
export function differences(graph: TaskGraph, replay: Replay<unknown>): string[] {
  const sendQueues = new Int32Array(graph.rankCount);
  const computeQueues = new Int32Array(graph.rankCount);
  const kindsOfQueue = new Uint8Array(graph.queues.length);
  let partial = 0;
  let combining = 0;
  let merged = 0;
  let local = 0;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (cost === undefined || replay.whole.callOf[task]! >= 0) continue;
    const queue = graph.queue[task]!;
    kindsOfQueue[queue]! |= cost.kind === "compute" ? 1 : 2;
    if (cost.kind === "compute") partial += cost.tiles < graph.queues[queue]!.width ? 1 : 0;
    else {
      combining += cost.combining ? 1 : 0;
      merged += cost.merged === undefined ? 0 : 1;
      local += cost.source === cost.target ? 1 : 0;
    }
  }
  graph.queues.forEach((queue, index) => {
    if ((kindsOfQueue[index]! & 1) !== 0) computeQueues[queue.rank]!++;
    if ((kindsOfQueue[index]! & 2) !== 0) sendQueues[queue.rank]! += queue.width;
  });
  const sends = sendQueues.reduce((a, b) => Math.max(a, b), 0);
  const computes = computeQueues.reduce((a, b) => Math.max(a, b), 0);
  const count = (n: number, one: string, several = `${one}s`): string => `${n} ${n === 1 ? one : several}`;
  const found: [boolean, string][] = [
    [
      sends > 1,
      `A rank sends one message at a time, in the order in which they are predicted to start; the schedule has up to ${sends} in flight.`,
    ],
    [
      computes > 1 || partial > 0,
      `A rank computes one task at a time, and each takes the time alone on the SMs, times the share of them that it holds: ${count(partial, "task")} of fewer tiles than SMs overlap in the schedule and follow each other here.`,
    ],
    [true, "SMs, copy engines and memory are not contended for by transfers; links are not shared."],
    [
      true,
      "The cost of a launch is in the time of the first task that computes in it; a launch that only moves data costs nothing.",
    ],
    [combining > 0, `${count(combining, "transfer")} combine at the target; that costs no memory bandwidth here.`],
    [
      merged > 0,
      `${count(merged, "transfer")} of the schedule add or are copied in the switch, and share a port; here each goes its own way, in full.`,
    ],
    [
      local > 0,
      `${count(local, "copy", "copies")} within a rank, to or from another memory, hold the lane that computes, and no work goes on beside them.`,
    ],
    [
      replay.heldReceives > 0,
      `${count(replay.heldReceives, "transfer")} wait for a task of the target; here the message leaves, and its receive waits.`,
    ],
    [
      replay.notificationCount > 0,
      `${count(replay.notificationCount, "message")} of one byte tell a rank that a task of another is done.`,
    ],
  ];
  return found.flatMap(([holds, sentence]) => (holds ? [sentence] : []));
}
