/** What a worker does, whatever its platform: one job after another, and a report of how each ended. */
import { arrive, arrivedCell, arrivedSoFar } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";
import { DeviceLimit, InvalidUse, openDevice } from "../webgpu/device.js";
import type { OpenDevice } from "../webgpu/device.js";
import { runDeviceRank } from "../webgpu/device-rank.js";
import type { DeviceRankJob } from "../webgpu/device-rank.js";
import type { DeviceHost } from "../webgpu/host.js";
import type { DeviceReport, RankJob, RankReport } from "./platform.js";
import { ProtocolViolation } from "../protocol/violation.js";
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import { runRank } from "./rank.js";

export interface WorkerHost extends DeviceHost {
  /** The clock that all workers share, ns. */
  now(): number;
}

export interface Server {
  run(job: RankJob): Promise<RankReport>;
  /** Leaves nothing of its device behind that is under way. */
  close(): Promise<void>;
}

/** Keeps the device that it opened from job to job, until it fails. */
export function createServer(host: WorkerHost): Server {
  let device: OpenDevice | undefined;

  let closing: Promise<void> = Promise.resolve();
  const close = (): Promise<void> => {
    const own = device;
    device = undefined;
    if (own !== undefined) closing = closing.then(() => host.settled(own.close()));
    return closing;
  };

  const runOnDevice = async (job: DeviceRankJob, clock: () => number): Promise<DeviceReport> => {
    // One may have been lost between two runs.
    if (device?.failure() !== undefined) await close();
    device ??= await host.settled(openDevice(await host.gpu()));
    const awaitAll = (): Promise<void> => arriveAndWait(job.control, job.graph.rankCount, host);
    const { adapter } = device;
    return { adapter, allocatedBytes: await runDeviceRank(job, device, host, clock, awaitAll) };
  };

  return {
    close,
    async run(job) {
      const clock = (): number => host.now() - job.epoch;
      try {
        await closing;
        if ("work" in job) return { kind: "done", device: await runOnDevice(job, clock) };
        runRank(job, clock);
        return { kind: "done" };
      } catch (error) {
        // That a device is lost is told after what that makes of all that it was asked for.
        if (device !== undefined) await host.settled(new Promise<void>((resolve) => setTimeout(resolve, toldMs)));
        const cause: unknown = device?.failure() ?? error;
        // What is left of one that failed may take a while to end; that it failed is told at once.
        if (device?.failure() !== undefined) void close();
        const message = cause instanceof Error ? cause.message : String(cause);
        const why = isFault(cause) ? "protocol" : cause instanceof DeviceLimit ? "limit" : undefined;
        const task = Atomics.load(job.control.current, job.rank);
        return { kind: "failed", task, message, ...(why && { why }) };
      }
    },
  };
}

/** What no file and no computer is to blame for. */
const isFault = (error: unknown): boolean =>
  error instanceof ProtocolViolation || error instanceof InternalFault || error instanceof InvalidUse;

const longestPauseMs = 250;
const toldMs = 20;

async function arriveAndWait(control: SharedControl, rankCount: number, host: DeviceHost): Promise<void> {
  arrive(control, rankCount);
  const never = new Promise<void>(() => {});
  let arrived: number | undefined;
  while ((arrived = arrivedSoFar(control, rankCount)) !== undefined)
    await host.pause(control.flags, arrivedCell, arrived, longestPauseMs, never, false);
}
