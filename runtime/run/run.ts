/** Executes a plan on workers, a worker a rank, and compares the results with the unsharded layer. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { compareOutputs, fillInputs } from "../reference/compare.js";
import type { OutputComparison } from "../reference/compare.js";
import { executableDtypes } from "../numbers/dtypes.js";
import { allocateMemory, elementsOf, memoryNeeded, splitComponents } from "../numbers/memory.js";
import type { SharedMemory } from "../numbers/memory.js";
import { createPerformer } from "../cpu/perform.js";
import type { RankReport, RankWorker } from "./platform.js";
import type { RankPool } from "./pool.js";
import { shareActions } from "../cpu/actions.js";
import { shareGraph } from "./shared-graph.js";
import type { SharedActions } from "../cpu/actions.js";
import type { SharedGraph } from "./shared-graph.js";
import { TaskState, createControl, listPredecessors, stopCell, wake } from "./protocol.js";
import type { SharedControl } from "./protocol.js";
import type { RankJob } from "./rank.js";
import type { Reference } from "../reference/reference.js";
import { explainStall, taskName, watchProgress } from "./watch.js";

export const maximumRanks = 64;
const defaultMemoryLimitBytes = 4 * 2 ** 30;

/** `cpu` computes; `null` moves nothing and checks that each task is executed once, after all that it waits for. */
export type RunOptions = {
  /** Seconds without any task finishing after which the run is given up; 30 if absent. */
  readonly stallSeconds?: number;
  /** Issue ready heads in an order, and with delays, drawn from this seed. */
  readonly adverse?: number;
  readonly pool: RankPool;
  /** Of all buffers together; 4 GiB if absent. */
  readonly memoryLimitBytes?: number;
} & ({ readonly device: "cpu"; readonly reference: Reference } | { readonly device: "null" });

/** When each task ran, in ns since the first began; NaN for a task that did not. */
export interface MeasuredTimeline {
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly makespanNs: number;
}

export interface RunFailure {
  /**
   * `limit`: more ranks, memory or dtypes than the runtime has; `stall`: no progress; `crash`: a task or a worker failed;
   * `protocol`: an execution the edges do not allow; `result`: outputs that are not finite or not there.
   */
  readonly kind: "limit" | "stall" | "crash" | "protocol" | "result";
  readonly message: string;
  readonly rank?: number;
  readonly task?: number;
}

export interface RunResult {
  readonly device: "cpu" | "null";
  readonly timeline: MeasuredTimeline;
  /** From the first task's start to the last one's finish. */
  readonly measuredNs: number;
  /** One an output; empty on device `null` and when the run failed before its end. */
  readonly outputs: readonly OutputComparison[];
  /** The largest of the outputs'; undefined where there is none. */
  readonly maxError: number | undefined;
  /** Empty when all went well. */
  readonly failures: readonly RunFailure[];
}

/** Never rejects for what a plan or a worker does wrong: that is in `failures`. */
export async function run(plan: ExecutionPlan, options: RunOptions): Promise<RunResult> {
  const limit = limitPassed(plan, options);
  if (limit !== undefined) return resultOf(options.device, emptyTimeline, [], [{ kind: "limit", message: limit }]);
  return runOn(options.pool, plan, options);
}

function limitPassed({ graph, buffers }: ExecutionPlan, options: RunOptions): string | undefined {
  if (graph.rankCount > maximumRanks) {
    return `${graph.rankCount} ranks: a run has at most ${maximumRanks}, a worker each`;
  }
  if (options.device === "null") return undefined;
  const unknown = buffers.find(({ dtype }) => !executableDtypes.includes(dtype));
  if (unknown !== undefined) return `${unknown.name}: nothing executes ${unknown.dtype} on device cpu`;
  const bytes = memoryNeeded(buffers);
  const limit = options.memoryLimitBytes ?? defaultMemoryLimitBytes;
  if (bytes > limit)
    return `the buffers of all ranks take ${inGigabytes(bytes)}, more than the ${inGigabytes(limit)} allowed`;
  return undefined;
}

const inGigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;

async function runOn(pool: RankPool, plan: ExecutionPlan, options: RunOptions): Promise<RunResult> {
  const { device } = options;
  const graph = shareGraph(plan.graph);
  const control = createControl(graph);
  let memory: SharedMemory | undefined;
  let work: Pick<RankJob, "execution" | "predecessors">;
  if (device === "cpu") {
    memory = allocateMemory(plan.buffers, graph.rankCount);
    const actions = shareActions(plan);
    prepareMemory(plan, options.reference, actions, memory);
    work = { execution: { actions, memory } };
  } else work = { predecessors: listPredecessors(graph) };

  const adverse = options.adverse === undefined ? {} : { adverse: options.adverse };
  const epoch = pool.now();
  const jobs = Array.from({ length: graph.rankCount }, (_, rank): RankJob => {
    return { rank, graph, control, epoch, ...work, ...adverse };
  });
  const failure = await runJobs(pool, jobs, plan, graph, control, options.stallSeconds ?? 30);
  const timeline = timelineOf(control);
  if (failure !== undefined) return resultOf(device, timeline, [], [failure]);
  const unfinished = control.state.findIndex((state) => state !== TaskState.finished);
  if (unfinished >= 0) {
    const message = `${taskName(plan.graph, unfinished)}: nothing released it`;
    return resultOf(device, timeline, [], [{ kind: "protocol", message, task: unfinished }]);
  }
  if (options.device === "null") return resultOf(device, timeline, [], []);
  const outputs = compareOutputs(plan, options.reference, (buffer) => elementsOf(memory!, plan.buffers, buffer));
  return resultOf(device, timeline, outputs, outputs.flatMap(failuresOf));
}

/** All but the inputs begins as not a number, so that what is read before it is written shows in the outputs. */
function prepareMemory(plan: ExecutionPlan, reference: Reference, actions: SharedActions, memory: SharedMemory): void {
  const elements = (buffer: number) => elementsOf(memory, plan.buffers, buffer);
  plan.buffers.forEach((info, buffer) =>
    splitComponents(elements(buffer), info).forEach((part, component) => part.fill(info.fill?.[component] ?? NaN)),
  );
  fillInputs(plan, reference, elements);
  const { passOn } = createPerformer(actions, memory);
  plan.buffers.forEach(({ fill }, buffer) => fill !== undefined && passOn(buffer));
  for (const { buffer } of plan.inputs) passOn(buffer);
}

/** Runs the jobs to their end, or stops them all at the first failure. Workers that are sound go back to the pool. */
async function runJobs(
  pool: RankPool,
  jobs: readonly RankJob[],
  plan: ExecutionPlan,
  graph: SharedGraph,
  control: SharedControl,
  stallSeconds: number,
): Promise<RunFailure | undefined> {
  const workers = pool.lend(jobs.length);
  let stopWatching = (): void => {};
  const stalled = new Promise<RunFailure>((resolve) => {
    stopWatching = watchProgress(control, stallSeconds, () =>
      resolve({ kind: "stall", ...explainStall(plan.graph, graph, control, stallSeconds) }),
    );
  });
  const reports = workers.map((worker, rank) => worker.run(jobs[rank]!));
  const failed = reports.map(async (report, rank) => failureOf(await report, rank, plan, control));
  const failure = await Promise.race([stalled, firstFailure(failed)]);
  stopWatching();
  if (failure !== undefined) await stopAll(workers, reports, control);
  pool.giveBack(workers);
  return failure;
}

/** The first failure to come, or undefined when all have ended without one. */
async function firstFailure(reports: readonly Promise<RunFailure | undefined>[]): Promise<RunFailure | undefined> {
  return new Promise((resolve) => {
    for (const report of reports) void report.then((failure) => failure && resolve(failure));
    void Promise.all(reports).then(() => resolve(undefined));
  });
}

/** How long a rank may take to see that the run is stopped; one in the middle of a task is ended. */
const graceMs = 500;

async function stopAll(
  workers: readonly RankWorker[],
  reports: readonly Promise<RankReport>[],
  control: SharedControl,
): Promise<void> {
  Atomics.store(control.flags, stopCell, 1);
  for (let rank = 0; rank < workers.length; rank++) wake(control, rank);
  const grace = new Promise((resolve) => setTimeout(resolve, graceMs, "late").unref());
  await Promise.all(
    workers.map(async (worker, rank) => {
      const ended = await Promise.race([reports[rank]!, grace]);
      if (ended === "late") await worker.terminate();
    }),
  );
}

function failureOf(
  report: RankReport,
  rank: number,
  plan: ExecutionPlan,
  control: SharedControl,
): RunFailure | undefined {
  if (report.kind === "done") return undefined;
  const task = report.kind === "failed" ? report.task : Atomics.load(control.current, rank);
  const where = task < 0 ? `rank ${rank}` : `rank ${rank}, at ${taskName(plan.graph, task)}`;
  const kind = report.kind === "failed" && report.violation ? "protocol" : "crash";
  return { kind, message: `${where}: ${report.message}`, rank, ...(task < 0 ? {} : { task }) };
}

function failuresOf({ name, notFinite, missing, elements }: OutputComparison): RunFailure[] {
  const failures: RunFailure[] = [];
  const add = (message: string): void => void failures.push({ kind: "result", message });
  if (missing > 0) add(`${name}: no rank holds ${missing} of its ${elements.length} elements`);
  if (notFinite > 0) add(`${name}: ${notFinite} of its elements are infinite or not a number`);
  return failures;
}

const emptyTimeline: MeasuredTimeline = { start: new Float64Array(0), finish: new Float64Array(0), makespanNs: 0 };

function timelineOf({ start, finish }: SharedControl): MeasuredTimeline {
  let first = Infinity;
  let last = -Infinity;
  for (let task = 0; task < start.length; task++) {
    if (start[task]! < first) first = start[task]!;
    if (finish[task]! > last) last = finish[task]!;
  }
  if (first === Infinity) return { ...emptyTimeline, start: start.slice(), finish: finish.slice() };
  const makespanNs = Math.max(0, last - first);
  return { start: start.map((time) => time - first), finish: finish.map((time) => time - first), makespanNs };
}

function resultOf(
  device: "cpu" | "null",
  timeline: MeasuredTimeline,
  outputs: readonly OutputComparison[],
  failures: readonly RunFailure[],
): RunResult {
  const maxError = outputs.length === 0 ? undefined : Math.max(...outputs.map((output) => output.maxError));
  return { device, timeline, measuredNs: timeline.makespanNs, outputs, maxError, failures };
}
