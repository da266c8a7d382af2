/** How a worker thread waits. */
import type { DeviceHost } from "../webgpu/host.js";

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Dawn looks for what has ended once each turn of the event loop; between two turns the thread sleeps this long. */
const shortestMs = 0.1;
const longestMs = 1;

/**
 * With work on the device, turns of the event loop and short sleeps alternate, the sleeps longer the longer nothing happens:
 * a loop that never sleeps takes a core from a device that computes on cores. A wake-up from another rank ends a sleep.
 */
export const nodePause: DeviceHost["pause"] = async (cells, index, seen, mostMs, event, isBusy) => {
  let settled = false;
  void event.then(() => (settled = true));
  const end = performance.now() + mostMs;
  let sleep = shortestMs;
  for (;;) {
    await nextTurn();
    const left = end - performance.now();
    if (settled || left <= 0 || Atomics.load(cells, index) !== seen) return;
    Atomics.wait(cells, index, seen, isBusy ? Math.min(sleep, left) : left);
    sleep = Math.min(longestMs, 1.5 * sleep);
  }
};

/** As `nodePause` waits, for one promise. */
export async function nodeSettled<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settle = (): void => void (isSettled = true);
  promise.then(settle, settle);
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (let sleep = shortestMs; !isSettled; sleep = Math.min(longestMs, 1.5 * sleep)) {
    await nextTurn();
    if (!isSettled) Atomics.wait(cell, 0, 0, sleep);
  }
  return promise;
}
