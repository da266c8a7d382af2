import { EdgeReason, TaskKind } from "./task-graph.js";
import type { StatementInstance, TaskClass, TaskGraph } from "./task-graph.js";

/** Failures reported at most; a broken graph is usually broken everywhere. */
const reportLimit = 20;

/**
 * States the invariants of a task graph (all but acyclicity, which `prove` shows with a witness).
 *
 * @returns one sentence for each invariant that fails, at most 20; empty where all hold.
 */
export function verifyGraph(graph: TaskGraph): string[] {
  const failures: string[] = [];
  const state = (holds: boolean, sentence: () => string): void => {
    if (!holds && failures.length < reportLimit) failures.push(sentence());
  };

  verifyColumns(graph, state);
  // Everything below indexes the columns, so it has meaning only where they have their lengths.
  if (failures.length > 0) return failures;
  verifyEdges(graph, state);
  graph.classes.forEach((cost, index) => verifyClass(cost, index, graph.rankCount, state));
  graph.queues.forEach((queue, index) => {
    state(
      queue.rank >= 0 && queue.rank < graph.rankCount,
      () => `queue ${index}: rank ${queue.rank} of ${graph.rankCount}`,
    );
    state(queue.width >= 1, () => `queue ${index}: width ${queue.width} is less than 1`);
    state(queue.bytesPerSecond > 0, () => `queue ${index}: moves ${queue.bytesPerSecond} bytes per second`);
  });
  graph.instances.forEach((instance, index) => verifyInstance(instance, index, state));
  verifyTasks(graph, state);
  if (failures.length === 0) verifyPlaces(graph, state);
  return failures;
}

type State = (holds: boolean, sentence: () => string) => void;

function verifyColumns(graph: TaskGraph, state: State): void {
  const n = graph.taskCount;
  const columns: readonly [string, number, number][] = [
    ["kind", graph.kind.length, n],
    ["rank", graph.rank.length, n],
    ["instance", graph.instance.length, n],
    ["block", graph.block.length, n],
    ["classOf", graph.classOf.length, n],
    ["queue", graph.queue.length, n],
    ["place", graph.place.length, n],
    ["successorStart", graph.successorStart.length, n + 1],
    ["successor", graph.successor.length, graph.edgeCount],
    ["reason", graph.reason.length, graph.edgeCount],
  ];
  for (const [name, length, expected] of columns) {
    state(length === expected, () => `column ${name} has ${length} entries, not ${expected}`);
  }
}

function verifyEdges(graph: TaskGraph, state: State): void {
  const { successorStart, successor, reason, taskCount } = graph;
  state(successorStart[0] === 0, () => `successorStart begins at ${successorStart[0]}, not 0`);
  state(
    successorStart[taskCount] === graph.edgeCount,
    () => `successorStart ends at ${successorStart[taskCount]}, not at the ${graph.edgeCount} edges`,
  );
  for (let task = 0; task < taskCount; task++) {
    const from = successorStart[task]!;
    const to = successorStart[task + 1]!;
    state(from <= to, () => `task ${task}: successorStart falls from ${from} to ${to}`);
    for (let edge = from; edge < Math.min(to, successor.length); edge++) {
      const next = successor[edge]!;
      state(next < taskCount, () => `edge ${edge}: ${task} -> ${next} leaves the graph`);
      state(next !== task, () => `edge ${edge}: task ${task} waits for itself`);
    }
  }
  for (let edge = 0; edge < reason.length; edge++) {
    state(reason[edge]! <= EdgeReason.order, () => `edge ${edge}: ${reason[edge]} is not a reason`);
  }
}

function verifyClass(cost: TaskClass, index: number, rankCount: number, state: State): void {
  const amounts: readonly [string, number][] =
    cost.kind === "compute"
      ? [
          ["matrixFlops", cost.matrixFlops],
          ["vectorFlops", cost.vectorFlops],
          ["flops", cost.flops],
          ["bytesRead", cost.bytesRead],
          ["bytesWritten", cost.bytesWritten],
        ]
      : [
          ["payloadBytes", cost.payloadBytes],
          ["wireBytes", cost.wireBytes],
        ];
  for (const [name, amount] of amounts) {
    state(Number.isFinite(amount) && amount >= 0, () => `class ${index}: ${name} is ${amount}`);
  }
  if (cost.kind === "compute") {
    state(Number.isInteger(cost.tiles) && cost.tiles >= 1, () => `class ${index}: ${cost.tiles} tiles`);
  } else {
    state(
      cost.source >= 0 && cost.source < rankCount && cost.target >= 0 && cost.target < rankCount,
      () => `class ${index}: ${cost.source} -> ${cost.target} among ${rankCount} ranks`,
    );
  }
}

function verifyInstance(instance: StatementInstance, index: number, state: State): void {
  state(instance.slots >= 1, () => `instance ${index} (${instance.name}): ${instance.slots} slots`);
  state(Number.isInteger(instance.launch), () => `instance ${index} (${instance.name}): launch ${instance.launch}`);
}

function verifyTasks(graph: TaskGraph, state: State): void {
  for (let task = 0; task < graph.taskCount; task++) {
    const kind = graph.kind[task]!;
    const rank = graph.rank[task]!;
    const instance = graph.instance[task]!;
    state(kind <= TaskKind.join, () => `task ${task}: ${kind} is not a kind`);
    state(instance >= -1 && instance < graph.instances.length, () => `task ${task}: instance ${instance}`);
    if (kind === TaskKind.join) {
      state(graph.queue[task] === -1, () => `task ${task}: a join stands in queue ${graph.queue[task]}`);
      state(graph.classOf[task] === -1, () => `task ${task}: a join has class ${graph.classOf[task]}`);
      state(graph.place[task] === 0, () => `task ${task}: a join has place ${graph.place[task]}`);
      continue;
    }
    state(rank >= 0 && rank < graph.rankCount, () => `task ${task}: rank ${rank} of ${graph.rankCount}`);
    state(instance >= 0, () => `task ${task}: belongs to no instance`);
    const cost = graph.classes[graph.classOf[task]!];
    const queue = graph.queues[graph.queue[task]!];
    state(cost !== undefined, () => `task ${task}: class ${graph.classOf[task]}`);
    state(queue !== undefined, () => `task ${task}: queue ${graph.queue[task]}`);
    if (cost === undefined || queue === undefined) continue;
    state(
      (cost.kind === "transfer") === (kind === TaskKind.transfer),
      () => `task ${task}: its class is a ${cost.kind}'s`,
    );
    state(queue.rank === rank, () => `task ${task}: of rank ${rank}, issued from a queue of rank ${queue.rank}`);
    state(
      cost.kind !== "transfer" || cost.source === rank,
      () => `task ${task}: of rank ${rank}, sends from another rank`,
    );
  }
}

/** Places of each queue are 0, 1, .. each once. */
function verifyPlaces(graph: TaskGraph, state: State): void {
  const queueStart = new Uint32Array(graph.queues.length + 1);
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.queue[task]! >= 0) queueStart[graph.queue[task]! + 1]!++;
  }
  for (let queue = 0; queue < graph.queues.length; queue++) queueStart[queue + 1]! += queueStart[queue]!;
  const taken = new Uint8Array(queueStart[graph.queues.length]!);
  for (let task = 0; task < graph.taskCount; task++) {
    const queue = graph.queue[task]!;
    if (queue < 0) continue;
    const place = graph.place[task]!;
    const count = queueStart[queue + 1]! - queueStart[queue]!;
    state(place >= 0 && place < count, () => `task ${task}: place ${place} in queue ${queue} of ${count} tasks`);
    if (place < 0 || place >= count) continue;
    const position = queueStart[queue]! + place;
    state(taken[position] === 0, () => `task ${task}: place ${place} of queue ${queue} is taken twice`);
    taken[position] = 1;
  }
}
