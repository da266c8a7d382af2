/** Ranks as Web Workers. A page must be cross-origin isolated for them to share memory. */
import type { Platform, RankReport, RankWorker } from "../ranks/platform.js";
import { createRankPool } from "../ranks/pool.js";
import type { RankPool } from "../ranks/pool.js";

/** Nanoseconds since the epoch, which all workers of a page share. */
export const now = (): number => (performance.timeOrigin + performance.now()) * 1e6;

/** `entry`: the worker's program, a module. */
export function createBrowserPool(entry: URL): RankPool {
  const platform: Platform = { startWorker: () => startWorker(entry), now };
  return createRankPool(platform);
}

/** What a worker says once it holds the lock of its name. */
export const holdsLock = "holds its lock";

function startWorker(entry: URL): RankWorker {
  // A browser tells nobody that a worker has ended, but whoever waits for a lock that it held.
  const name = `stretto rank ${crypto.randomUUID()}`;
  const worker = new Worker(entry, { type: "module", name });
  let alive = true;
  let settle: ((report: RankReport) => void) | undefined;
  const report = (ended: RankReport): void => {
    settle?.(ended);
    settle = undefined;
  };
  const end = (message: string): void => {
    alive = false;
    worker.terminate();
    report({ kind: "crashed", message });
  };
  const watch = (): Promise<void> =>
    navigator.locks.request(name, () => {
      if (alive) end("its worker has ended");
    });
  worker.onmessage = ({ data }: MessageEvent<RankReport | typeof holdsLock>) =>
    data === holdsLock ? void watch() : report(data);
  worker.onerror = ({ message }) => end(message === "" ? "the worker could not be started" : message);
  worker.onmessageerror = () => end("what the worker said cannot be read");
  return {
    run: (job) =>
      new Promise((resolve) => {
        if (!alive) return resolve({ kind: "crashed", message: "its worker has ended" });
        settle = resolve;
        worker.postMessage(job);
      }),
    async terminate() {
      if (alive) end("the worker was ended");
    },
    get alive() {
      return alive;
    },
  };
}
