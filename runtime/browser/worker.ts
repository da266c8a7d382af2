/** Entry of a rank's Web Worker: runs one job after another, and reports how each ended. */
import { createServer } from "../ranks/serve.js";
import type { RankJob } from "../ranks/platform.js";
import { DeviceLimit } from "../webgpu/device.js";
import { browserPause } from "./pause.js";
import { holdsLock, now } from "./workers.js";

async function gpu(): Promise<GPU> {
  const own = (navigator as { gpu?: GPU }).gpu;
  if (own === undefined)
    throw new DeviceLimit("this browser has no WebGPU: https://caniuse.com/webgpu says which have");
  return own;
}

const server = createServer({ now, gpu, pause: browserPause, settled: (promise) => promise });

// Held for as long as this worker lives, so that the page sees its end.
void navigator.locks.request(self.name, () => {
  postMessage(holdsLock);
  return new Promise<never>(() => {});
});

onmessage = async ({ data }: MessageEvent<RankJob>) => postMessage(await server.run(data));
