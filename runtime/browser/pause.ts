/** How a Web Worker waits: the device's promises settle by themselves, and other ranks notify. */
import type { DeviceHost } from "../webgpu/host.js";

/** How often a browser without `Atomics.waitAsync` looks whether another rank has something. */
const lookMs = 2;

export const browserPause: DeviceHost["pause"] = async (cells, index, seen, mostMs, event) => {
  if (!("waitAsync" in Atomics)) {
    await Promise.race([event, new Promise((resolve) => setTimeout(resolve, Math.min(lookMs, mostMs)))]);
    return;
  }
  const waiting = Atomics.waitAsync(cells, index, seen, mostMs);
  if (!waiting.async) return;
  let notified = false;
  const notice = waiting.value.then(() => void (notified = true));
  await Promise.race([notice, event]);
  // Nobody else waits for this cell: what still does is let go.
  if (!notified) Atomics.notify(cells, index);
};
