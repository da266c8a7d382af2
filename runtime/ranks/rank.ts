/** What one rank's worker does on devices `cpu` and `null`: issues the tasks of its queues in order until they are exhausted. */
import { ProtocolViolation } from "../protocol/violation.js";
import { createDraws } from "../numbers/uniform-stream.js";
import type { SharedMemory } from "../numbers/memory.js";
import { createPerformer } from "../cpu/perform.js";
import type { SharedActions } from "../cpu/actions.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import { TaskState, arrive, arrivedCell, arrivedSoFar, isStopped, joinOwner, wake } from "../protocol/protocol.js";
import type { Predecessors, SharedControl } from "../protocol/protocol.js";

/** All a worker is sent for a run on devices `cpu` and `null`. */
export interface HostRankJob {
  readonly rank: number;
  readonly graph: SharedGraph;
  readonly control: SharedControl;
  /** Device `cpu`: what to execute, and where. */
  readonly execution?: { readonly actions: SharedActions; readonly memory: SharedMemory };
  /** Device `null`: what to check instead. */
  readonly predecessors?: Predecessors;
  /** Issue in an order, and with delays, drawn from this seed. */
  readonly adverse?: number;
  /** Zero of the times written, on the clock of the platform, ns. */
  readonly epoch: number;
}

/**
 * Runs the rank to its end or until the run is stopped. `clock` gives ns since the job's epoch, the same on all workers.
 * Throws what a task throws; `control.current[rank]` then names the task.
 */
export function runRank(job: HostRankJob, clock: () => number): void {
  const { rank, graph, control } = job;
  const perform = job.execution
    ? createPerformer(job.execution.actions, job.execution.memory).perform
    : (task: number): void => checkPredecessors(task, job.predecessors!, control);
  const issue = createIssuer(job);
  const pause = createPauses(job);

  const execute = (task: number): void => {
    Atomics.store(control.current, rank, task);
    if (Atomics.compareExchange(control.state, task, TaskState.waiting, TaskState.started) !== TaskState.waiting) {
      throw new ProtocolViolation("it has been executed before");
    }
    pause();
    control.start[task] = clock();
    perform(task);
    control.finish[task] = clock();
    Atomics.store(control.state, task, TaskState.finished);
    Atomics.add(control.progress, rank, 1);
    Atomics.store(control.current, rank, -1);
  };

  const executeAndRelease = (first: number): void => {
    const joins = [first];
    while (joins.length > 0) {
      const task = joins.pop()!;
      execute(task);
      for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
        const successor = graph.successor[edge]!;
        if (Atomics.sub(control.remaining, successor, 1) !== 1) continue;
        if (graph.isJoin[successor]) joins.push(successor);
        else if (graph.rank[successor] !== rank) wake(control, graph.rank[successor]!);
      }
    }
  };

  awaitAll(job);
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.isJoin[task] && graph.predecessors[task] === 0 && joinOwner(graph, task) === rank)
      executeAndRelease(task);
  }
  for (;;) {
    const seen = Atomics.load(control.signal, rank);
    const next = issue();
    if (next === "exhausted" || isStopped(control)) return;
    if (next === "none ready") Atomics.wait(control.signal, rank, seen, longestWaitMs);
    else executeAndRelease(next);
  }
}

/** A sleeping rank looks up this often, so that a stopped run ends even if nobody wakes it. */
const longestWaitMs = 250;

function awaitAll({ graph, control }: HostRankJob): void {
  arrive(control, graph.rankCount);
  let arrived: number | undefined;
  while ((arrived = arrivedSoFar(control, graph.rankCount)) !== undefined)
    Atomics.wait(control.flags, arrivedCell, arrived, longestWaitMs);
}

/** Takes the first ready head among the rank's queues, turn by turn, or a random one of them under `adverse`. */
function createIssuer({ rank, graph, control, adverse }: HostRankJob): () => number | "none ready" | "exhausted" {
  const queues = Array.from(graph.queueRank.keys()).filter((queue) => graph.queueRank[queue] === rank);
  const draw = adverse === undefined ? undefined : createDraws(adverse, `issue ${rank}`);
  let turn = 0;
  return () => {
    let exhausted = true;
    const first = draw === undefined ? turn : Math.floor(draw() * queues.length);
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[(first + i) % queues.length]!;
      const at = graph.queueStart[queue]! + control.head[queue]!;
      if (at === graph.queueStart[queue + 1]) continue;
      exhausted = false;
      const task = graph.queueTask[at]!;
      if (Atomics.load(control.remaining, task) !== 0) continue;
      Atomics.add(control.head, queue, 1);
      turn = (first + i + 1) % queues.length;
      return task;
    }
    return exhausted ? "exhausted" : "none ready";
  };
}

/** Under `adverse`, sleeps up to a millisecond before some tasks; about 50 times a rank in all, however many tasks. */
function createPauses({ rank, graph, adverse }: HostRankJob): () => void {
  if (adverse === undefined) return () => {};
  const draw = createDraws(adverse, `pause ${rank}`);
  const share = Math.min(0.5, (50 * graph.rankCount) / graph.taskCount);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  return () => {
    if (draw() < share) Atomics.wait(cell, 0, 0, draw());
  };
}

function checkPredecessors(task: number, { start, task: list }: Predecessors, control: SharedControl): void {
  for (let i = start[task]!; i < start[task + 1]!; i++) {
    if (Atomics.load(control.state, list[i]!) !== TaskState.finished) {
      throw new ProtocolViolation(`it has been executed before task ${list[i]}, which it waits for`);
    }
  }
}
