/** Executes a plan on workers, a worker a rank, and compares the results with the unsharded layer. */
import type { DeviceProgram } from "../../compiler/emit/webgpu/program.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import type { LinkShape } from "../../compiler/machine/link-shape.js";
import { TaskState, createControl, stopCell, wake } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";
import { shareGraph } from "../protocol/shared-graph.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import type { DeviceReport, RankJob, RankReport, RankWorker } from "../ranks/platform.js";
import type { RankPool } from "../ranks/pool.js";
import type { HostRankJob } from "../ranks/rank.js";
import { compareOutputs } from "../reference/compare.js";
import type { OutputComparison } from "../reference/compare.js";
import type { Reference } from "../reference/reference.js";
import type { DeviceWork } from "../webgpu/device-rank.js";
import { prepareDevice } from "./device-work.js";
import { cpuLimit, prepareCpu, prepareNull } from "./host-work.js";
import type { PreparedWork } from "./prepared-work.js";
import { explainStall, explainStop, explainRanks, taskName, watchProgress, whereRankStands } from "./watch.js";

export const maximumRanks = 64;
/** Of all buffers together, on device `cpu`. */
export const defaultMemoryLimitBytes = 4 * 2 ** 30;

export type DeviceName = "cpu" | "null" | "webgpu";

/**
 * `cpu` computes; `null` moves nothing and checks that each task is executed once, after all that it waits for; `webgpu`
 * computes on a GPUDevice a rank.
 */
export type RunOptions = {
  /** Seconds without any task finishing after which the run is given up; 30 if absent. */
  readonly stallSeconds?: number;
  /** Issue ready heads in an order, and with delays, drawn from this seed. */
  readonly adverse?: number;
  readonly pool: RankPool;
  /** Ends the run, as a failure whose message is the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called several times a second with how many tasks have finished, and which rank executes what, as text. */
  readonly onProgress?: (finished: number, total: number, at: () => string) => void;
  /** On device `cpu`: of all buffers together; 4 GiB if absent. */
  readonly memoryLimitBytes?: number;
} & (
  | { readonly device: "cpu"; readonly reference: Reference }
  | { readonly device: "null" }
  | {
      readonly device: "webgpu";
      readonly reference: Reference;
      /** The plan, for a device. */
      readonly program: DeviceProgram;
      /** Links as slow as these; absent: as fast as they are. */
      readonly links?: LinkShape;
    }
);

/** When each task ran, in ns since the first began; NaN for a task that did not. */
export interface MeasuredTimeline {
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly makespanNs: number;
}

export interface RunFailure {
  /**
   * `limit`: more ranks, memory or dtypes than the runtime or the device has; `stall`: no progress; `crash`: a task or a worker failed;
   * `protocol`: an execution the edges do not allow; `result`: outputs that are not finite or not there; `stopped`: from outside.
   */
  readonly kind: "limit" | "stall" | "crash" | "protocol" | "result" | "stopped";
  readonly message: string;
  readonly rank?: number;
  readonly task?: number;
}

/** Bytes on a rank's device. */
export interface DeviceMemoryUse {
  /** Of all buffers, which are allocated before the first task. */
  readonly allocated: number;
  /** Of those among them that hold what the plan's proof counts: values, and what words keep. */
  readonly values: number;
}

export interface RunResult {
  readonly device: DeviceName;
  /** Of the devices of `webgpu`; absent where none was opened. */
  readonly adapter?: string;
  readonly timeline: MeasuredTimeline;
  /** By rank, on device `webgpu`; absent where the run failed. */
  readonly memory?: readonly DeviceMemoryUse[];
  /** From the first task's start to the last one's finish. */
  readonly measuredNs: number;
  /** One an output; empty on device `null` and when the run failed before its end. */
  readonly outputs: readonly OutputComparison[];
  /** The largest of the outputs'; undefined where nothing was compared. */
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

function limitPassed(plan: ExecutionPlan, options: RunOptions): string | undefined {
  if (plan.graph.rankCount > maximumRanks) {
    return `${plan.graph.rankCount} ranks: a run has at most ${maximumRanks}, a worker each`;
  }
  return options.device === "cpu" ? cpuLimit(plan, options.memoryLimitBytes ?? defaultMemoryLimitBytes) : undefined;
}

type Work = Pick<HostRankJob, "execution" | "predecessors"> | { readonly work: DeviceWork };

function prepare(plan: ExecutionPlan, options: RunOptions, graph: SharedGraph): PreparedWork<Work> {
  switch (options.device) {
    case "cpu":
      return prepareCpu(plan, options.reference, graph.rankCount);
    case "null":
      return prepareNull(graph);
    case "webgpu":
      return prepareDevice(plan, options.program, options.reference, graph, options.links);
  }
}

async function runOn(pool: RankPool, plan: ExecutionPlan, options: RunOptions): Promise<RunResult> {
  const { device } = options;
  const graph = shareGraph(plan.graph);
  const control = createControl(graph);
  const prepared = prepare(plan, options, graph);
  const adverse = options.adverse === undefined ? {} : { adverse: options.adverse };
  const epoch = pool.now();
  const jobs = Array.from({ length: graph.rankCount }, (_, rank): RankJob => {
    return { rank, graph, control, epoch, ...prepared.workOf(rank), ...adverse };
  });
  const { failure, devices } = await runJobs(jobs, plan, graph, control, options);
  const used = devices.length > 0 && options.device === "webgpu" ? usedOf(devices, options.program) : {};
  const timeline = timelineOf(control);
  const ended = (outputs: readonly OutputComparison[], failures: readonly RunFailure[]): RunResult =>
    resultOf(device, timeline, outputs, failures, used);
  if (failure !== undefined) return ended([], [failure]);
  const unfinished = control.state.findIndex((state) => state !== TaskState.finished);
  if (unfinished >= 0) {
    const message = `${taskName(plan.graph, unfinished)}: nothing released it`;
    return ended([], [{ kind: "protocol", message, task: unfinished }]);
  }
  if (options.device === "null") return ended([], []);
  const outputs = compareOutputs(plan, options.reference, prepared.elementsOf!);
  return ended(outputs, outputs.flatMap(failuresOf));
}

/** Runs the jobs to their end, or stops them all at the first failure. Workers that are sound go back to the pool. */
async function runJobs(
  jobs: readonly RankJob[],
  plan: ExecutionPlan,
  graph: SharedGraph,
  control: SharedControl,
  { pool, signal, onProgress, stallSeconds = 30 }: RunOptions,
): Promise<{ readonly failure: RunFailure | undefined; readonly devices: readonly DeviceReport[] }> {
  const workers = pool.lend(jobs.length);
  let stopWatching = (): void => {};
  const stopped = new Promise<RunFailure>((resolve) => {
    const stall = (): void => resolve({ kind: "stall", ...explainStall(plan.graph, graph, control, stallSeconds) });
    const abort = (): void =>
      resolve({ kind: "stopped", ...explainStop(plan.graph, graph, control, String(signal!.reason)) });
    const watching = watchProgress(control, stallSeconds, stall);
    const at = (): string => explainRanks(plan.graph, graph, control);
    const telling = onProgress && setInterval(() => onProgress(finishedTasks(control), graph.taskCount, at), tellMs);
    signal?.addEventListener("abort", abort);
    if (signal?.aborted) abort();
    stopWatching = () => {
      watching();
      clearInterval(telling);
      signal?.removeEventListener("abort", abort);
    };
  });
  const reports = workers.map((worker, rank) => worker.run(jobs[rank]!));
  const failed = reports.map(async (report, rank) => failureOf(await report, rank, plan, graph, control));
  const failure = await Promise.race([stopped, firstFailure(failed)]);
  stopWatching();
  if (failure !== undefined) await stopAll(workers, reports, control);
  pool.giveBack(workers);
  const ended = failure === undefined ? await Promise.all(reports) : [];
  return { failure, devices: ended.flatMap((report) => (report.kind === "done" && report.device) || []) };
}

/** The first failure to come, or undefined when all have ended without one. */
async function firstFailure(reports: readonly Promise<RunFailure | undefined>[]): Promise<RunFailure | undefined> {
  return new Promise((resolve) => {
    for (const report of reports) void report.then((failure) => failure && resolve(failure));
    void Promise.all(reports).then(() => resolve(undefined));
  });
}

/** How often progress is told. */
const tellMs = 100;

function finishedTasks({ state }: SharedControl): number {
  let finished = 0;
  for (const one of state) if (one === TaskState.finished) finished++;
  return finished;
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const grace = new Promise((resolve) => (timer = setTimeout(resolve, graceMs, "late")));
  await Promise.all(
    workers.map(async (worker, rank) => {
      const ended = await Promise.race([reports[rank]!, grace]);
      if (ended === "late") await worker.terminate();
    }),
  );
  clearTimeout(timer);
}

function failureOf(
  report: RankReport,
  rank: number,
  plan: ExecutionPlan,
  graph: SharedGraph,
  control: SharedControl,
): RunFailure | undefined {
  if (report.kind === "done") return undefined;
  const task = report.kind === "failed" ? report.task : Atomics.load(control.current, rank);
  const where = `rank ${rank}${whereRankStands(plan.graph, graph, control, rank, task)}`;
  const kind = (report.kind === "failed" ? report.why : undefined) ?? "crash";
  return { kind, message: `${where}: ${report.message}`, rank, ...(task < 0 ? {} : { task }) };
}

/** Why an output is no result, whatever it is compared with. */
export function failuresOf({ name, notFinite, missing, elements }: OutputComparison): RunFailure[] {
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

function usedOf(devices: readonly DeviceReport[], { ranks }: DeviceProgram): Pick<RunResult, "adapter" | "memory"> {
  const memory = devices.map(({ allocatedBytes }, rank) => ({
    allocated: allocatedBytes,
    values: ranks[rank]!.valueBytes,
  }));
  return { adapter: devices[0]!.adapter, memory };
}

function resultOf(
  device: DeviceName,
  timeline: MeasuredTimeline,
  outputs: readonly OutputComparison[],
  failures: readonly RunFailure[],
  used: Pick<RunResult, "adapter" | "memory"> = {},
): RunResult {
  const errors = outputs.flatMap((output) => output.maxError ?? []);
  const maxError = errors.length === 0 ? undefined : Math.max(...errors);
  return { device, ...used, timeline, measuredNs: timeline.makespanNs, outputs, maxError, failures };
}
