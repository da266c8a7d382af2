/** Workers kept from run to run, because starting one costs more than a small run. */
import type { Platform, RankWorker } from "./platform.js";

export interface RankPool {
  /** Takes `count` idle workers, starting those that are missing. */
  lend(count: number): RankWorker[];
  /** Takes workers back; those that ended are dropped. */
  giveBack(workers: readonly RankWorker[]): void;
  /** Ends every worker, lent ones too. The pool can be used again. */
  close(): Promise<void>;
  /** Workers alive, lent or idle. */
  readonly size: number;
  readonly now: Platform["now"];
}

export function createRankPool(platform: Platform): RankPool {
  let idle: RankWorker[] = [];
  const started = new Set<RankWorker>();
  return {
    now: () => platform.now(),
    lend(count) {
      idle = idle.filter((worker) => worker.alive);
      const lent = idle.splice(0, count);
      while (lent.length < count) {
        const worker = platform.startWorker();
        started.add(worker);
        lent.push(worker);
      }
      return lent;
    },
    giveBack(workers) {
      for (const worker of workers) {
        if (worker.alive) idle.push(worker);
        else started.delete(worker);
      }
    },
    async close() {
      idle = [];
      await Promise.all([...started].map((worker) => worker.terminate()));
      started.clear();
    },
    get size() {
      return [...started].filter((worker) => worker.alive).length;
    },
  };
}
