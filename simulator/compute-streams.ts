import type { EventHeap } from "./event-heap.js";
import type { Fluid } from "./fluid.js";

/**
 * Compute tasks that share memory bandwidth. A *stream* is the running tasks of one statement instance on one rank; it
 * claims the rank's memory as one flow, and all its tasks run at one speed, the share of its demand that it gets. So
 * one clock a stream, advancing at that speed, tells when its next task ends, however many there are.
 */
export interface ComputeStreams {
  /** Adds a task that would take `fullNs` at full speed, and would move `bytes` meanwhile. */
  join(rank: number, instance: number, task: number, fullNs: number, bytes: number, now: number): void;
  /** The stream's event has come: takes out the tasks that end now. */
  finishDue(handle: number, now: number, onFinish: (task: number) => void): void;
  /** Tells the fluid what the streams changed since the last call now demand. */
  updateDemands(): void;
  /** The stream's flow moves `rate` bytes per nanosecond from now on. */
  setRate(handle: number, rate: number, now: number): void;
  /** Schedules the next end of each stream changed since the last call, once the fluid has settled. */
  schedule(now: number): void;
}

interface Stream {
  handle: number;
  rank: number;
  instance: number;
  flow: number;
  /** The clock read `clock` at `since` and advances at `speed`. */
  clock: number;
  since: number;
  speed: number;
  /** What the flow moves, bytes per nanosecond. */
  rate: number;
  /** Sum of the demands of the running tasks, and what it was when the flow was last told; bytes per nanosecond. */
  demand: number;
  toldDemand: number;
  changed: boolean;
  /** Running tasks: a binary heap by the clock's reading at their end. */
  count: number;
  ends: Float64Array;
  tasks: Int32Array;
  demands: Float64Array;
  next: Stream | undefined;
}

/** Demands that differ by less are the same demand, summed in another order. */
const tolerance = 1e-12;
const noClaims = new Int32Array(0);
const noWeights = new Float64Array(0);

/** @param acquireHandle gives a handle of `events` that is known to be a stream's. */
export function createComputeStreams(
  memoryOfRank: Int32Array,
  fluid: Fluid,
  events: EventHeap,
  acquireHandle: () => number,
): ComputeStreams {
  const firstOfRank: (Stream | undefined)[] = Array.from({ length: memoryOfRank.length });
  const byHandle: (Stream | undefined)[] = [];
  const idle: Stream[] = [];
  const changed: Stream[] = [];

  function find(rank: number, instance: number, now: number): Stream {
    let stream = firstOfRank[rank];
    while (stream !== undefined && stream.instance !== instance) stream = stream.next;
    if (stream !== undefined) return stream;
    const fresh = idle.pop() ?? emptyStream();
    fresh.handle = acquireHandle();
    fresh.rank = rank;
    fresh.instance = instance;
    fresh.clock = 0;
    fresh.since = now;
    fresh.speed = 0;
    fresh.rate = 0;
    fresh.demand = 0;
    fresh.toldDemand = 0;
    fresh.flow = -1;
    fresh.next = firstOfRank[rank];
    firstOfRank[rank] = fresh;
    byHandle[fresh.handle] = fresh;
    return fresh;
  }

  function mark(stream: Stream): void {
    if (stream.changed) return;
    stream.changed = true;
    changed.push(stream);
  }

  function join(rank: number, instance: number, task: number, fullNs: number, bytes: number, now: number): void {
    const stream = find(rank, instance, now);
    advance(stream, now);
    push(stream, stream.clock + fullNs, task, bytes / fullNs);
    stream.demand += bytes / fullNs;
    mark(stream);
  }

  function finishDue(handle: number, now: number, onFinish: (task: number) => void): void {
    const stream = byHandle[handle]!;
    // The event's time was computed from the first end: setting the clock to it keeps equal ends equal.
    stream.clock = stream.ends[0]!;
    stream.since = now;
    mark(stream);
    while (stream.count > 0 && stream.ends[0]! <= stream.clock) {
      onFinish(stream.tasks[0]!);
      stream.demand -= stream.demands[0]!;
      pop(stream);
    }
    if (stream.count === 0) stream.demand = 0;
  }

  function updateDemands(): void {
    for (const stream of changed) {
      if (stream.count === 0) retire(stream);
      else if (Math.abs(stream.demand - stream.toldDemand) > tolerance * stream.toldDemand) {
        stream.toldDemand = stream.demand;
        if (stream.flow >= 0) fluid.setCap(stream.flow, stream.demand);
        else stream.flow = openFlow(stream);
      }
    }
  }

  function openFlow(stream: Stream): number {
    return fluid.open(noClaims, noWeights, 0, 0, memoryOfRank[stream.rank]!, 1, stream.demand, stream.handle);
  }

  function retire(stream: Stream): void {
    if (stream.flow >= 0) fluid.close(stream.flow);
    events.release(stream.handle);
    byHandle[stream.handle] = undefined;
    if (firstOfRank[stream.rank] === stream) firstOfRank[stream.rank] = stream.next;
    else {
      let before = firstOfRank[stream.rank]!;
      while (before.next !== stream) before = before.next!;
      before.next = stream.next;
    }
    stream.next = undefined;
    idle.push(stream);
  }

  function setRate(handle: number, rate: number, now: number): void {
    const stream = byHandle[handle]!;
    advance(stream, now);
    stream.rate = rate;
    mark(stream);
  }

  function schedule(now: number): void {
    for (const stream of changed) {
      stream.changed = false;
      if (stream.count === 0) continue;
      stream.speed = stream.rate / stream.toldDemand;
      events.schedule(stream.handle, now + (stream.ends[0]! - stream.clock) / stream.speed);
    }
    changed.length = 0;
  }

  return { join, finishDue, updateDemands, setRate, schedule };
}

function advance(stream: Stream, now: number): void {
  stream.clock += stream.speed * (now - stream.since);
  stream.since = now;
}

function push(stream: Stream, end: number, task: number, demand: number): void {
  if (stream.count === stream.ends.length) {
    stream.ends = grown(stream.ends, new Float64Array(stream.count * 2));
    stream.tasks = grown(stream.tasks, new Int32Array(stream.count * 2));
    stream.demands = grown(stream.demands, new Float64Array(stream.count * 2));
  }
  const { ends, tasks, demands } = stream;
  let position = stream.count++;
  while (position > 0) {
    const parent = (position - 1) >> 1;
    if (comesBefore(ends[parent]!, tasks[parent]!, end, task)) break;
    ends[position] = ends[parent]!;
    tasks[position] = tasks[parent]!;
    demands[position] = demands[parent]!;
    position = parent;
  }
  ends[position] = end;
  tasks[position] = task;
  demands[position] = demand;
}

function pop(stream: Stream): void {
  const { ends, tasks, demands } = stream;
  const last = --stream.count;
  const end = ends[last]!;
  const task = tasks[last]!;
  let position = 0;
  for (;;) {
    let child = 2 * position + 1;
    if (child >= last) break;
    if (child + 1 < last && comesBefore(ends[child + 1]!, tasks[child + 1]!, ends[child]!, tasks[child]!)) child++;
    if (comesBefore(end, task, ends[child]!, tasks[child]!)) break;
    ends[position] = ends[child]!;
    tasks[position] = tasks[child]!;
    demands[position] = demands[child]!;
    position = child;
  }
  ends[position] = end;
  tasks[position] = task;
  demands[position] = demands[last]!;
}

function comesBefore(end: number, task: number, otherEnd: number, otherTask: number): boolean {
  return end < otherEnd || (end === otherEnd && task < otherTask);
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

function emptyStream(): Stream {
  return {
    handle: -1,
    rank: 0,
    instance: 0,
    flow: -1,
    clock: 0,
    since: 0,
    speed: 0,
    rate: 0,
    demand: 0,
    toldDemand: 0,
    changed: false,
    count: 0,
    ends: new Float64Array(16),
    tasks: new Int32Array(16),
    demands: new Float64Array(16),
    next: undefined,
  };
}
