/** The background in a browser: a worker of the worker, which runs the same program under another name. */
import type { Job } from "../background/jobs.js";
import { createWork } from "../background/work.js";
import type { BackgroundWorker } from "../background/worker.js";
import { standardHost, type StandardTexts } from "./standard-host.js";

const backgroundName = "stretto background";

export function isBackground({ name }: DedicatedWorkerGlobalScope): boolean {
  return name === backgroundName;
}

/** @param program address of the program that both are */
export function startBackground(program: string): BackgroundWorker {
  const worker = new Worker(program, { name: backgroundName });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.addEventListener("message", ({ data }) => listener(data)),
    onCrash: (listener) => void worker.addEventListener("error", ({ message }) => listener(message)),
    terminate: () => worker.terminate(),
  };
}

/** Answers jobs. Results are computed on this thread: ranks share memory, which few pages allow. */
export function serveBackground(worker: DedicatedWorkerGlobalScope, standard: StandardTexts): void {
  const work = createWork({ standard: standardHost(standard) });
  worker.addEventListener("message", async ({ data }) => worker.postMessage(await work(data as Job)));
}
