/** Backgrounds for tests of the language server: on this thread, or none that ever answers. */
import type { Job } from "../../lsp/background/jobs.js";
import type { BackgroundWorker, StartWorker } from "../../lsp/background/worker.js";
import { createWork } from "../../lsp/background/work.js";
import { nodePlatform } from "../../lsp/node/platform.js";
import type { RankPool } from "../../runtime/ranks/pool.js";

/** How long a test waits for what comes after a pause, on a computer that has other things to do. */
export const soon = { timeout: 20_000 };

/** Does its jobs on this thread, after what is to be done already. */
export function localBackground(createPool?: () => RankPool): StartWorker {
  return () => {
    const standard = nodePlatform.hostFor("/none.stretto");
    const work = createWork({ standard, ...(createPool && { createPool }) });
    let isEnded = false;
    let listener: (message: unknown) => void = () => undefined;
    return {
      post(message) {
        setImmediate(() => {
          if (isEnded) return;
          void work(structuredClone(message) as Job).then((answer) => {
            if (!isEnded) listener(structuredClone(answer));
          });
        });
      },
      onMessage: (own) => (listener = own),
      onCrash: () => undefined,
      terminate() {
        isEnded = true;
      },
    };
  };
}

/** What was asked of a background that answers when told to, if at all. */
export interface HeldBackground {
  readonly start: StartWorker;
  readonly jobs: readonly Job[];
  /** Threads that were ended. */
  readonly ended: () => number;
  /** Does the jobs that no ended thread had. */
  release(): void;
  crash(reason: string): void;
}

export function heldBackground(): HeldBackground {
  const jobs: Job[] = [];
  let ended = 0;
  const workers: { readonly inner: BackgroundWorker; readonly waiting: Job[]; crash: (reason: string) => void }[] = [];
  let isReleased = false;
  return {
    jobs,
    ended: () => ended,
    start() {
      const inner = localBackground()();
      const worker: (typeof workers)[number] = { inner, waiting: [], crash: () => undefined };
      workers.push(worker);
      return {
        ...inner,
        post(message) {
          jobs.push(message as Job);
          if (isReleased) inner.post(message);
          else worker.waiting.push(message as Job);
        },
        onCrash: (listener) => (worker.crash = listener),
        terminate() {
          ended++;
          worker.waiting.length = 0;
          inner.terminate();
        },
      };
    },
    release() {
      isReleased = true;
      for (const { inner, waiting } of workers) for (const job of waiting.splice(0)) inner.post(job);
    },
    crash: (reason) => workers.at(-1)?.crash(reason),
  };
}
