import { countPredecessors, orderQueues } from "../compiler/graph/queue-order.js";
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import type { MachineModel } from "../compiler/machine/model.js";
import { createComputeStreams } from "./compute-streams.js";
import { computeCosts } from "./costs.js";
import { createEventHeap } from "./event-heap.js";
import { createFluid } from "./fluid.js";
import { numberLaunches } from "./launches.js";
import { Why } from "./timeline.js";
import type { SimulatedTimeline } from "./timeline.js";

/** What an event is about: a task's end that nothing can move, the end of a latency, a flow's end, a launch's end. */
const EventKind = { fixedEnd: 0, latencyEnd: 1, transferEnd: 2, stream: 3, launchEnd: 4 } as const;

/**
 * Predicts when each task runs: deterministic discrete events over fluid bandwidth, as docs/simulator.md describes.
 * A task begins as soon as its predecessors are done, it is the head of its queue, the queue has room for what it
 * claims and its statement is launched on its rank.
 *
 * @param graph any graph that `verifyGraph` accepts; one with a cycle gives a timeline whose `stuck` is not empty.
 * @param machine has a rank for each of the graph's, and a route for each of its transfers.
 * @returns times in nanoseconds.
 */
export function simulate(graph: TaskGraph, machine: MachineModel): SimulatedTimeline {
  const { taskCount, kind, rank, instance, classOf, queue, place, successorStart, successor, reason } = graph;
  const costs = computeCosts(graph, machine);
  const order = orderQueues(graph);
  const waitsFor = countPredecessors(graph);
  const events = createEventHeap();
  const fluid = createFluid(costs.capacity, largestClaim(costs.claimStart) + 1);
  const streams = createComputeStreams(costs.memoryOfRank, fluid, events, () => acquireHandle(EventKind.stream, -1));

  const start = new Float64Array(taskCount).fill(NaN);
  const finish = new Float64Array(taskCount).fill(NaN);
  const cause = new Int32Array(taskCount).fill(-1);
  const why = new Uint8Array(taskCount);

  const queueCount = graph.queues.length;
  const width = Float64Array.from(graph.queues, (q) => q.width);
  const occupied = new Float64Array(queueCount);
  /** Position in `order.task` of each queue's head. */
  const head = order.start.slice(0, queueCount);
  const lastReleased = new Int32Array(queueCount).fill(-1);
  const toTry = createWorklist(queueCount);

  const slots = Float64Array.from(graph.instances, (i) => i.slots);
  /** Whether a rank's compute tasks run one at a time, whether one does now, and the queues that then wait for it. */
  const isDevice = Uint8Array.from({ length: graph.rankCount }, (_, r) =>
    machine.kinds[machine.kindOfRank[r]!]!.device === undefined ? 0 : 1,
  );
  const isBusy = new Uint8Array(graph.rankCount);
  const queuesOfRank = Array.from({ length: graph.rankCount }, (_, r) =>
    isDevice[r] === 0 ? [] : graph.queues.flatMap((each, q) => (each.rank === r ? [q] : [])),
  );
  const launches = numberLaunches(graph);
  /** When each launch is done on each rank; NaN where it has not been asked for. */
  const launchedAt = new Float64Array(launches.count * graph.rankCount).fill(NaN);

  const eventKind: number[] = [];
  const subject: number[] = [];
  const flowOf: number[] = [];
  const bytesLeft: number[] = [];
  const rateSince: number[] = [];
  const rateOf: number[] = [];

  const finished: number[] = [];
  let now = 0;
  let finishedCount = 0;

  /** Reserved SMs are kept from ops; a transfer holds one slot of its own queue. */
  const limitOf = (task: number, q: number): number =>
    kind[task] === TaskKind.compute ? Math.min(width[q]!, slots[instance[task]!]!) : width[q]!;

  const claimOf = (task: number, q: number): number =>
    kind[task] === TaskKind.compute ? Math.min(costs.tiles[classOf[task]!]!, limitOf(task, q)) : 1;

  function acquireHandle(what: number, about: number): number {
    const handle = events.acquire();
    eventKind[handle] = what;
    subject[handle] = about;
    return handle;
  }

  function end(task: number): void {
    finish[task] = now;
    finished.push(task);
  }

  /** Notes what the head of a queue waited for last; `cause` so far is the last of its predecessors. */
  function explain(task: number, q: number): void {
    const last = cause[task]!;
    if (last >= 0 && finish[last] === now) return;
    if (now === 0) {
      cause[task] = -1;
      why[task] = Why.begin;
      return;
    }
    const released = lastReleased[q]!;
    if (released >= 0 && finish[released] === now) {
      cause[task] = released;
      why[task] = Why.queue;
    } else if (place[task]! > 0) {
      const before = order.task[order.start[q]! + place[task]! - 1]!;
      cause[task] = cause[before]!;
      why[task] = why[before] === Why.launch ? Why.launch : Why.queue;
    }
  }

  function issue(q: number): void {
    while (head[q]! < order.start[q + 1]!) {
      const task = order.task[head[q]!]!;
      if (waitsFor[task]! > 0) return;
      const claim = claimOf(task, q);
      if (occupied[q]! + claim > limitOf(task, q)) return;
      if (kind[task] === TaskKind.compute && isBusy[rank[task]!] === 1) return;
      if (!isLaunched(task, q)) return;
      head[q]!++;
      occupied[q]! += claim;
      if (why[task] !== Why.launch) explain(task, q);
      start[task] = now;
      if (kind[task] === TaskKind.compute) beginCompute(task, claim);
      else beginTransfer(task);
    }
  }

  /** Asks for the launch of the head's statement where nobody has, and wakes the queue when it is done. */
  function isLaunched(task: number, q: number): boolean {
    const launchNs = costs.launchNs[rank[task]!]!;
    if (launchNs === 0) return true;
    const index = launches.ofInstance[instance[task]!]! * graph.rankCount + rank[task]!;
    if (Number.isNaN(launchedAt[index]!)) launchedAt[index] = now + launchNs;
    if (launchedAt[index]! <= now) return true;
    if (why[task] !== Why.launch) {
      explain(task, q);
      why[task] = Why.launch;
      events.schedule(acquireHandle(EventKind.launchEnd, q), launchedAt[index]!);
    }
    return false;
  }

  function beginCompute(task: number, claim: number): void {
    const cost = classOf[task]!;
    const onRank = rank[task]!;
    if (isDevice[onRank] === 1) {
      isBusy[onRank] = 1;
      const ns = costs.deviceNs[cost * costs.kindCount + costs.kindOfRank[onRank]!]!;
      events.schedule(acquireHandle(EventKind.fixedEnd, task), now + ns);
      return;
    }
    const waves = Math.ceil(costs.tiles[cost]! / claim);
    const computeNs = waves * costs.tileNs[cost * costs.kindCount + costs.kindOfRank[onRank]!]!;
    const bytes = costs.bytes[cost]!;
    const fullNs = Math.max(computeNs, bytes / costs.capacity[costs.memoryOfRank[onRank]!]!);
    if (fullNs === 0) end(task);
    else if (bytes === 0 || costs.capacity[costs.memoryOfRank[onRank]!] === Infinity) {
      events.schedule(acquireHandle(EventKind.fixedEnd, task), now + fullNs);
    } else streams.join(onRank, instance[task]!, task, fullNs, bytes, now);
  }

  function beginTransfer(task: number): void {
    const latencyNs = costs.latencyNs[classOf[task]!]!;
    if (latencyNs > 0) events.schedule(acquireHandle(EventKind.latencyEnd, task), now + latencyNs);
    else beginFlow(task);
  }

  function beginFlow(task: number): void {
    const cost = classOf[task]!;
    if (costs.bytes[cost] === 0) {
      end(task);
      return;
    }
    const handle = acquireHandle(EventKind.transferEnd, task);
    bytesLeft[handle] = costs.bytes[cost]!;
    rateSince[handle] = now;
    rateOf[handle] = 0;
    const from = costs.claimStart[cost]!;
    const to = costs.claimStart[cost + 1]!;
    const cap = costs.capOfQueue[queue[task]!]!;
    const { claimResource, claimWeight, capWeight } = costs;
    flowOf[handle] = fluid.open(claimResource, claimWeight, from, to, cap, capWeight[cost]!, Infinity, handle);
  }

  function setRate(handle: number, rate: number): void {
    if (eventKind[handle] !== EventKind.transferEnd) {
      streams.setRate(handle, rate, now);
      return;
    }
    bytesLeft[handle] = Math.max(0, bytesLeft[handle]! - rateOf[handle]! * (now - rateSince[handle]!));
    rateSince[handle] = now;
    rateOf[handle] = rate;
    events.schedule(handle, rate === Infinity ? now : now + bytesLeft[handle]! / rate);
  }

  function handleEvent(handle: number): void {
    const what = eventKind[handle]!;
    const about = subject[handle]!;
    if (what === EventKind.stream) {
      streams.finishDue(handle, now, end);
      return;
    }
    events.release(handle);
    if (what === EventKind.latencyEnd) beginFlow(about);
    else if (what === EventKind.launchEnd) toTry.add(about);
    else {
      if (what === EventKind.transferEnd) fluid.close(flowOf[handle]!);
      end(about);
    }
  }

  function releaseSuccessors(task: number): void {
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++) {
      const next = successor[edge]!;
      if (--waitsFor[next]! > 0) continue;
      cause[next] = task;
      why[next] = Why.data + reason[edge]!;
      makeReady(next);
    }
  }

  function makeReady(task: number): void {
    if (kind[task] === TaskKind.join) {
      start[task] = now;
      end(task);
    } else if (order.task[head[queue[task]!]!] === task) toTry.add(queue[task]!);
  }

  /** Carries out all that happens at this instant. */
  function drain(): void {
    for (;;) {
      for (let next = finished.pop(); next !== undefined; next = finished.pop()) {
        finishedCount++;
        const q = queue[next]!;
        if (q >= 0) {
          occupied[q]! -= claimOf(next, q);
          lastReleased[q] = next;
          toTry.add(q);
          if (kind[next] === TaskKind.compute && isDevice[rank[next]!] === 1) {
            isBusy[rank[next]!] = 0;
            for (const other of queuesOfRank[rank[next]!]!) toTry.add(other);
          }
        }
        releaseSuccessors(next);
      }
      const q = toTry.take();
      if (q < 0) return;
      issue(q);
    }
  }

  for (let task = 0; task < taskCount; task++) {
    if (waitsFor[task] === 0 && kind[task] === TaskKind.join) makeReady(task);
  }
  for (let q = 0; q < queueCount; q++) toTry.add(q);
  while (now < Infinity) {
    drain();
    streams.updateDemands();
    fluid.settle(setRate);
    streams.schedule(now);
    const next = events.earliestTime();
    if (next === Infinity) break;
    now = next;
    while (events.earliestTime() <= now) {
      const handle = events.earliest();
      // A stream stays; it is scheduled again, or retired, when the instant is over.
      events.unschedule(handle);
      handleEvent(handle);
    }
  }

  const stuck = finishedCount === taskCount ? [] : unfinished(finish);
  return { start, finish, makespanNs: latest(finish), cause, why, stuck };
}

/** Queues still to be tried at this instant, each at most once. */
function createWorklist(size: number): { add(item: number): void; take(): number } {
  const listed = new Uint8Array(size);
  const items: number[] = [];
  return {
    add(item) {
      if (listed[item] === 1) return;
      listed[item] = 1;
      items.push(item);
    },
    take() {
      const item = items.pop();
      if (item === undefined) return -1;
      listed[item] = 0;
      return item;
    },
  };
}

function largestClaim(claimStart: Uint32Array): number {
  let largest = 0;
  for (let index = 1; index < claimStart.length; index++) {
    largest = Math.max(largest, claimStart[index]! - claimStart[index - 1]!);
  }
  return largest;
}

function unfinished(finish: Float64Array): number[] {
  const tasks: number[] = [];
  for (let task = 0; task < finish.length; task++) if (Number.isNaN(finish[task]!)) tasks.push(task);
  return tasks;
}

function latest(finish: Float64Array): number {
  let last = 0;
  for (let task = 0; task < finish.length; task++) if (finish[task]! > last) last = finish[task]!;
  return last;
}
