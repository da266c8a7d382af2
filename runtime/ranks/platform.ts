/** What a run needs of where it runs: workers, and a clock that they share. */
import type { DeviceRankJob } from "../webgpu/device-rank.js";
import type { HostRankJob } from "./rank.js";

/** All a worker is sent for a run. */
export type RankJob = HostRankJob | DeviceRankJob;

/** The device that a rank ran on, and bytes of the buffers that it allocated there. */
export interface DeviceReport {
  readonly adapter: string;
  readonly allocatedBytes: number;
}

/** How a rank's part of a run ended. */
export type RankReport =
  | { readonly kind: "done"; readonly device?: DeviceReport }
  /**
   * The worker lives on. `task`: the one it was executing, -1 for none. `why`: the protocol was not kept, or the device has not
   * what the program needs; absent: a task failed.
   */
  | { readonly kind: "failed"; readonly task: number; readonly message: string; readonly why?: "protocol" | "limit" }
  /** The worker is gone. */
  | { readonly kind: "crashed"; readonly message: string };

export interface RankWorker {
  /** One job at a time. Never rejects. */
  run(job: RankJob): Promise<RankReport>;
  /** Ends the worker, whatever it is doing. */
  terminate(): Promise<void>;
  /** Not yet ended. */
  readonly alive: boolean;
}

export interface Platform {
  startWorker(): RankWorker;
  /** The clock that all workers share, ns. */
  now(): number;
}
