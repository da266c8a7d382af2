/**
 * What one rank's worker does on a device: submits the tasks of its queues in order, sends and receives payloads, and counts
 * off what that releases. Nothing here waits but the loop itself, so that a kernel, an upload and a download are under way
 * at once.
 */
import type { DeviceKernel, DeviceNeeds, RankProgram, TaskProgram } from "../../compiler/emit/webgpu/program.js";
import { elementsOf } from "../numbers/memory.js";
import type { SharedMemory } from "../numbers/memory.js";
import { createDraws } from "../numbers/uniform-stream.js";
import type { BufferInfo } from "../../compiler/graph/execution-plan.js";
import { TaskState, isStopped, wake } from "../protocol/protocol.js";
import type { ShapedRoute } from "../../compiler/machine/link-shape.js";
import type { SharedControl } from "../protocol/protocol.js";
import { ProtocolViolation } from "../protocol/violation.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import type { SharedChannels } from "./channels.js";
import { checkNeeds } from "./device.js";
import type { OpenDevice } from "./device.js";
import type { SharedHandover } from "./handover.js";
import { handoverReader } from "./handover.js";
import type { DeviceHost } from "./host.js";
import { createIncoming } from "./incoming.js";
import type { SharedIssueOrder } from "./issue-order.js";
import type { ShapedLinks } from "./links.js";
import { createKeptPayloads } from "./kept-payloads.js";
import { createOutgoing } from "./outgoing.js";
import { createRankMemory } from "./rank-memory.js";
import type { RankMemory } from "./rank-memory.js";
import { createReleases } from "./releases.js";
import { createTimestamps } from "./timestamps.js";
import type { Timestamps } from "./timestamps.js";

/** What a rank executes, and what it shares with the others. */
export interface DeviceWork {
  readonly kernels: readonly DeviceKernel[];
  readonly needs: DeviceNeeds;
  readonly program: RankProgram;
  readonly order: SharedIssueOrder;
  readonly channels: SharedChannels;
  readonly handover: SharedHandover;
  /** Inputs and outputs of all ranks on the host. */
  readonly memory: SharedMemory;
  readonly buffers: readonly Pick<BufferInfo, "rank" | "dtype" | "elements" | "state">[];
  /** Links as slow as a machine's; absent: as fast as they are. */
  readonly shaped?: { readonly links: ShapedLinks; readonly routes: ReadonlyMap<number, ShapedRoute> };
}

export interface DeviceRankJob {
  readonly rank: number;
  readonly graph: SharedGraph;
  readonly control: SharedControl;
  readonly epoch: number;
  /** Issue in an order drawn from this seed, and now and then nothing for a while. */
  readonly adverse?: number;
  readonly work: DeviceWork;
}

/** Work that is submitted beyond the task that runs, so that the device never waits for the host, ns. */
const aheadNs = 2e6;
const mostAhead = 64;
const longestPauseMs = 250;
/** Under `adverse`, the share of turns in which nothing is issued. */
const holdShare = 0.3;

/**
 * Runs the rank to its end or until the run is stopped. `clock` gives ns since the job's epoch. Rejects with what went wrong;
 * `control.current[rank]` then names the task.
 *
 * @returns bytes of the buffers that it allocated on the device.
 */
export async function runDeviceRank(
  job: DeviceRankJob,
  open: OpenDevice,
  host: DeviceHost,
  clock: () => number,
  awaitAll: () => Promise<void>,
): Promise<number> {
  const { device } = open;
  const { needs, kernels, program } = job.work;
  checkNeeds(device, needs);
  const pipelines = await host.settled(open.pipelines(kernels));
  device.pushErrorScope("out-of-memory");
  const memory = createRankMemory(open, program, pipelines);
  let timestamps: Timestamps | undefined;
  try {
    const shortage = await host.settled(device.popErrorScope());
    if (shortage !== null) throw new Error(`the device is out of memory: ${shortage.message}`);
    timestamps = open.hasTimestamps
      ? await createTimestamps(device, memory.all, computeTasksOf(program), clock, host)
      : undefined;
    return await executeRank(job, memory, timestamps, open, host, clock, awaitAll);
  } finally {
    open.onFailure(() => {});
    timestamps?.destroy();
    memory.destroy();
  }
}

const computeTasksOf = ({ tasks }: RankProgram): number =>
  [...tasks.values()].filter(({ kind }) => kind === "compute").length;

async function executeRank(
  { rank, graph, control, work, adverse }: DeviceRankJob,
  memory: RankMemory,
  timestamps: Timestamps | undefined,
  open: OpenDevice,
  host: DeviceHost,
  clock: () => number,
  awaitAll: () => Promise<void>,
): Promise<number> {
  const { program, order, channels, handover } = work;
  const { device } = open;
  let happened = (): void => {};
  let event = Promise.resolve();
  const renewEvent = (): void => void (event = new Promise<void>((resolve) => (happened = resolve)));
  renewEvent();
  open.onFailure(() => happened());

  const computeTasks = computeTasksOf(program);
  const received = [...program.tasks.values()].filter(({ kind }) => kind === "receive").length;
  let left = computeTasks + received;

  // ---------------------------------------------------------------- what a task releases

  const nextHandedOver = handoverReader(handover, rank);
  const { readyJoins, satisfy, release } = createReleases({ rank, graph, control, order, handover, clock });

  // ---------------------------------------------------------------- tasks

  const running = new Set<number>();
  /** Ends of submitted work that are awaited. */
  let awaited = 0;
  let lastFinish = 0;
  let averageNs = aheadNs;
  const begin = (task: number): void => {
    if (Atomics.compareExchange(control.state, task, TaskState.waiting, TaskState.started) !== TaskState.waiting)
      throw new ProtocolViolation("it has been executed before");
    Atomics.store(control.current, rank, task);
    control.start[task] = clock();
  };
  /** Effects of a task are in the device's memory: what was submitted up to now is done. */
  const complete = (task: number): void => {
    control.finish[task] = clock();
    Atomics.store(control.state, task, TaskState.finished);
    Atomics.add(control.progress, rank, 1);
    left--;
    release(task, 0);
  };
  const whenDone = (task: number, then: () => void): void => {
    release(task, 1);
    awaited++;
    device.queue.onSubmittedWorkDone().then(
      () => {
        awaited--;
        then();
        happened();
      },
      () => {}, // The device is lost, which it says itself.
    );
  };
  const compute = (task: number, range: Extract<TaskProgram, { kind: "compute" }>): void => {
    begin(task);
    const encoder = device.createCommandEncoder();
    if (range.end > range.first) {
      const writes = timestamps?.writesOf(task);
      const pass = encoder.beginComputePass(writes && { timestampWrites: writes });
      memory.encode(range, pass);
      pass.end();
    }
    device.queue.submit([encoder.finish()]);
    running.add(task);
    whenDone(task, () => {
      running.delete(task);
      const began = Math.max(control.start[task]!, lastFinish);
      lastFinish = clock();
      // A device without timestamps begins a task when it has ended the one before.
      control.start[task] = began;
      averageNs += (lastFinish - began - averageNs) / 8;
      complete(task);
      const [oldest = -1] = running;
      Atomics.store(control.current, rank, oldest);
    });
  };

  const kept = createKeptPayloads(program);
  const outgoing = createOutgoing({
    ...{ rank, device, memory, program, channels, kept, control, clock, changed: () => happened() },
    shaped: work.shaped,
    widthOf: (queue) => graph.queueWidth[queue]!,
  });
  const incoming = createIncoming({
    ...{ rank, device, memory, program, channels, kept, control, clock, changed: () => happened() },
    delivered: (task) =>
      whenDone(task, () => {
        complete(task);
        // Its sender may have a further transfer under way now.
        wake(control, graph.rank[task]!);
      }),
  });

  // ---------------------------------------------------------------- queues

  const queues = Array.from(graph.queueRank.keys()).filter((queue) => graph.queueRank[queue] === rank);
  const draw = adverse === undefined ? undefined : createDraws(adverse, `issue ${rank}`);
  let turn = 0;
  /** What leaves goes first: the device does all in turn, and a task may keep it busy for long. */
  const issue = (): boolean => (draw === undefined && issueHead(true)) || issueHead(false);
  const issueHead = (sendsAlone: boolean): boolean => {
    if (draw !== undefined) turn = Math.floor(draw() * queues.length);
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[(turn + i) % queues.length]!;
      const at = graph.queueStart[queue]! + control.head[queue]!;
      if (at === graph.queueStart[queue + 1]) continue;
      const task = graph.queueTask[at]!;
      if (Atomics.load(control.remaining, task) !== 0) continue;
      const own = program.tasks.get(task);
      if (own?.kind === "send") {
        if (!outgoing.hasRoom(queue)) continue;
        begin(task);
        outgoing.send(task, queue, own);
        outgoing.pump();
      } else if (sendsAlone) continue;
      else {
        if (running.size >= mostRunning()) continue;
        if (own?.kind === "compute") compute(task, own);
        else idle(task);
      }
      Atomics.add(control.head, queue, 1);
      turn = (turn + i + 1) % queues.length;
      return true;
    }
    return false;
  };
  const mostRunning = (): number => Math.min(mostAhead, 1 + Math.floor(aheadNs / Math.max(1, averageNs)));
  /** A task whose region is empty. */
  const idle = (task: number): void => {
    begin(task);
    control.finish[task] = clock();
    Atomics.store(control.state, task, TaskState.finished);
    Atomics.add(control.progress, rank, 1);
    release(task, 1);
    release(task, 0);
  };
  const isExhausted = (): boolean =>
    queues.every((queue) => graph.queueStart[queue]! + control.head[queue]! === graph.queueStart[queue + 1]!);

  memory.poison();
  const { inputs, prepare } = program;
  for (const tensor of inputs) memory.upload(tensor, elementsOf(work.memory, work.buffers, tensor.planBuffer));
  const encoder = device.createCommandEncoder();
  const preparing = encoder.beginComputePass();
  memory.encode(prepare, preparing);
  preparing.end();
  device.queue.submit([encoder.finish()]);
  await host.settled(device.queue.onSubmittedWorkDone());
  memory.all.seal();
  await awaitAll();
  for (let task = 0; task < graph.taskCount; task++)
    if (graph.isJoin[task] && graph.predecessors[task] === 0 && joinBegins(task) === rank) {
      Atomics.add(control.remaining, task, 1);
      satisfy(task);
    }

  for (;;) {
    const failure = open.failure();
    if (failure !== undefined) throw failure;
    if (isStopped(control)) return memory.all.bytes;
    const seen = Atomics.load(control.signal, rank);
    renewEvent();
    let progressed = false;
    for (let join = nextHandedOver(); join !== undefined; join = nextHandedOver()) readyJoins.push(join);
    for (let join = readyJoins.shift(); join !== undefined; join = readyJoins.shift()) {
      compute(join, program.tasks.get(join) as Extract<TaskProgram, { kind: "compute" }>);
      progressed = true;
    }
    progressed = outgoing.pump() || progressed;
    progressed = incoming.pump() || progressed;
    if (draw === undefined || draw() > holdShare) while (issue()) progressed = true;
    else progressed = true;
    if (left === 0 && isExhausted() && outgoing.isIdle()) break;
    if (progressed) continue;
    const waitMs = Math.min(longestPauseMs, (incoming.nextDue() - clock()) / 1e6);
    const isBusy = awaited > 0 || outgoing.isReading() || incoming.isUploading();
    await host.pause(control.signal, rank, seen, Math.max(0, waitMs), event, isBusy);
  }
  await timestamps?.collect((task, start, finish) => {
    control.start[task] = start;
    control.finish[task] = finish;
  });
  await host.settled(memory.download((buffer) => elementsOf(work.memory, work.buffers, buffer)));
  return memory.all.bytes;

  function joinBegins(task: number): number {
    return order.beginsOn[task]! >= 0 ? order.beginsOn[task]! : Math.max(0, graph.rank[task]!);
  }
}
