/** Ranks as worker threads of Node. All that depends on Node is here and in worker.ts. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
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

/** The clock that all workers of a process share, ns. */
export const now = (): bigint => process.hrtime.bigint();

/**
 * Where a worker's program is. Workers run JavaScript, so under a TypeScript loader (tests) it is the compiled one in
 * dist/, which must not be older than its source.
 */
export function workerEntry(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./worker.js", import.meta.url);
  const compiled = new URL("../dist/runtime/", import.meta.url);
  for (const name of readdirSync(new URL(".", import.meta.url))) {
    const built = new URL(name.replace(/\.ts$/, ".js"), compiled);
    const source = new URL(name, import.meta.url);
    if (!existsSync(built) || statSync(built).mtimeMs < statSync(source).mtimeMs) {
      throw new InternalFault("run", `${fileURLToPath(built)} is missing or older than its source: npm run build`);
    }
  }
  return new URL("worker.js", compiled);
}

export function startWorker(entry: URL): RankWorker {
  const worker = new Worker(entry);
  let alive = true;
  let settle: ((report: RankReport) => void) | undefined;
  const report = (ended: RankReport): void => {
    // An idle worker must not keep a process alive whose owner forgot to close the pool.
    worker.unref();
    settle?.(ended);
    settle = undefined;
  };
  let reason = "the worker ended";
  worker.on("message", report);
  worker.on("error", (error) => (reason = String(error)));
  worker.on("exit", () => {
    alive = false;
    report({ kind: "crashed", message: reason });
  });
  worker.unref();
  return {
    run: (job) =>
      new Promise((resolve) => {
        if (!alive) return resolve({ kind: "crashed", message: reason });
        settle = resolve;
        worker.ref();
        worker.postMessage(job);
      }),
    async terminate() {
      await worker.terminate();
    },
    get alive() {
      return alive;
    },
  };
}
