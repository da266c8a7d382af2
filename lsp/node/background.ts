/** The background on Node: a thread of its own. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { BackgroundWorker } from "../background/worker.js";

/**
 * Where the thread's program may be: beside this one, which is compiled or bundled, or compiled in dist/ where this one is run as
 * TypeScript, which threads cannot.
 */
const programs = ["./background-worker.js", "../../dist/lsp/node/background-worker.js"];

export function startBackgroundWorker(): BackgroundWorker {
  const program = programs.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(fileURLToPath(url)));
  if (program === undefined) throw new Error("lsp/node/background-worker.js is not built");
  const worker = new Worker(program);
  // A thread keeps no process alive that an editor has left.
  worker.unref();
  let isEnded = false;
  let reason: string | undefined;
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on("message", listener),
    onCrash(listener) {
      worker.on("error", (error) => (reason = error instanceof Error ? error.message : String(error)));
      worker.on("exit", (code) => {
        if (!isEnded) listener(reason ?? `its thread ended with code ${code}`);
      });
    },
    terminate() {
      isEnded = true;
      void worker.terminate();
    },
  };
}
