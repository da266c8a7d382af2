/** The loader of a package in a page: `browser.js` of it. */
import type { ShippedSchedule } from "../../compiler/emit/webgpu/shipped.js";
import { createBrowserPool } from "../../runtime/browser/workers.js";
import { factsOf, requestAdapter } from "../../runtime/webgpu/device.js";
import { readPackage, readProgram } from "../package-files.js";
import type { ReadFile } from "../package-files.js";
import { createSchedule } from "../schedule.js";
import type { ComputeWhole } from "../schedule.js";
import type { Load, Schedule } from "../types.js";

const here = new URL(".", import.meta.url);

export const load: Load = async (folder = here) => (await open(folder)).schedule;

/** With what the page shows beside its results. */
export async function open(folder = here): Promise<{ schedule: Schedule; shipped: ShippedSchedule }> {
  if (!crossOriginIsolated) {
    throw new Error(
      "ranks share memory, for which the page must be cross-origin isolated: the server is to send the headers " +
        "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (gpu === undefined) throw new Error("this browser has no WebGPU: https://caniuse.com/webgpu says which have");
  const read: ReadFile = async (path) => {
    const response = await fetch(new URL(path, folder));
    if (!response.ok) throw new Error(`${path} cannot be read: ${response.status} ${response.statusText}`);
    return new Uint8Array(await response.arrayBuffer());
  };
  const [shipped, adapter] = await Promise.all([readPackage(read), requestAdapter(gpu)]);
  const program = await readProgram(shipped, factsOf(adapter), read);
  const schedule = createSchedule(shipped, program, createBrowserPool(new URL("worker.js", here)), computeInWorker);
  return { shipped, schedule: { ...schedule, run: (settings = {}) => runWhileSeen(schedule, settings) } };
}

/** A page that is hidden is given little time, or none: a run in it would neither go on nor end. */
async function runWhileSeen(schedule: Schedule, settings: Parameters<Schedule["run"]>[0] = {}) {
  const hidden = new AbortController();
  const look = (): void => {
    if (document.visibilityState === "hidden") hidden.abort("the page is hidden, and browsers slow such pages down");
  };
  document.addEventListener("visibilitychange", look);
  look();
  try {
    const signal = settings.signal ? AbortSignal.any([settings.signal, hidden.signal]) : hidden.signal;
    return await schedule.run({ ...settings, signal });
  } finally {
    document.removeEventListener("visibilitychange", look);
  }
}

const computeInWorker: ComputeWhole = (layer, inputs, signal) => {
  const worker = new Worker(new URL("reference.js", here), { type: "module" });
  return new Promise<Awaited<ReturnType<ComputeWhole>>>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data as Awaited<ReturnType<ComputeWhole>>);
    worker.onerror = ({ message }) => reject(new Error(`the layer could not be computed whole: ${message}`));
    const end = (): void => reject(new Error(`${String(signal?.reason)}; the layer was being computed whole`));
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
    worker.postMessage([layer, inputs]);
  }).finally(() => worker.terminate());
};
