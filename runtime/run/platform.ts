/** What a run needs of where it runs: workers, and a clock that they share. */
import type { RankJob } from "./rank.js";

/** How a rank's part of a run ended. */
export type RankReport =
  | { readonly kind: "done" }
  /** The worker lives on. `task`: the one it was executing, -1 for none; `violation`: the protocol was not kept. */
  | { readonly kind: "failed"; readonly task: number; readonly message: string; readonly violation: boolean }
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
