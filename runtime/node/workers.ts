/** Ranks as worker threads of Node. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { Platform, RankReport, RankWorker } from "../ranks/platform.js";
import { createRankPool } from "../ranks/pool.js";
import type { RankPool } from "../ranks/pool.js";

/** Ranks as worker threads. `entry`: the worker's program, if not the runtime's own. */
export function createNodePool(entry?: URL): RankPool {
  const platform: Platform = { startWorker: () => startWorker(entry ?? workerEntry()), now };
  return createRankPool(platform);
}

/** Exact to a nanosecond for the first hundred days after the machine started. */
export const now = (): number => Number(process.hrtime.bigint());

/**
 * Where a worker's program is. Workers run JavaScript, so under a TypeScript loader (tests) it is the compiled one in
 * dist/, which must not be older than its source.
 */
function workerEntry(): URL {
  if (!import.meta.url.endsWith(".ts")) return new URL("./worker.js", import.meta.url);
  const sources = new URL("../", import.meta.url);
  const compiled = new URL("../../dist/runtime/", import.meta.url);
  for (const name of readdirSync(sources, { recursive: true, encoding: "utf8" })) {
    // What runs in browsers is bundled, not compiled into dist/.
    if (!name.endsWith(".ts") || name.startsWith("browser")) continue;
    const built = new URL(name.replace(/\.ts$/, ".js"), compiled);
    const source = new URL(name, sources);
    if (!existsSync(built) || statSync(built).mtimeMs < statSync(source).mtimeMs) {
      throw new InternalFault("run", `${fileURLToPath(built)} is missing or older than its source: npm run build`);
    }
  }
  return new URL("node/worker.js", compiled);
}

/** How long a worker may take to end by itself, ms. */
const endMs = 1000;

function startWorker(entry: URL): RankWorker {
  const worker = new Worker(entry);
  let alive = true;
  let hasDevice = false;
  let settle: ((report: RankReport) => void) | undefined;
  const report = (ended: RankReport): void => {
    // An idle worker must not keep a process alive whose owner forgot to close the pool.
    worker.unref();
    settle?.(ended);
    settle = undefined;
  };
  let reason: string | undefined;
  worker.on("message", report);
  worker.on("error", (error) => (reason = String(error)));
  worker.on("exit", (code) => {
    alive = false;
    reason ??= `its worker ended with code ${code}`;
    report({ kind: "crashed", message: reason });
  });
  worker.unref();
  return {
    run: (job) =>
      new Promise((resolve) => {
        if (!alive) return resolve({ kind: "crashed", message: reason ?? "its worker has ended" });
        settle = resolve;
        hasDevice ||= "work" in job;
        worker.ref();
        worker.postMessage(job);
      }),
    async terminate() {
      if (!alive) return;
      if (!hasDevice) return void (await worker.terminate());
      // Dawn ends the whole process where a thread goes that awaits something of a device: it is asked to go by itself, and one
      // that does not, deep in a driver, is left to.
      const ended = new Promise((resolve) => worker.once("exit", resolve));
      worker.postMessage("end");
      let timer: ReturnType<typeof setTimeout> | undefined;
      await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, endMs)))]);
      clearTimeout(timer);
      if (alive) report({ kind: "crashed", message: "it does not answer" });
      alive = false;
    },
    get alive() {
      return alive;
    },
  };
}
