/** Entry of a rank's worker thread: runs one job after another, and reports how each ended. */
import { parentPort } from "node:worker_threads";
import { createServer } from "../ranks/serve.js";
import type { RankJob } from "../ranks/platform.js";
import { nodeGpu } from "./gpu.js";
import { nodePause, nodeSettled } from "./pause.js";
import { now } from "./workers.js";

const server = createServer({ now, gpu: nodeGpu, pause: nodePause, settled: nodeSettled });
let last: Promise<void> = Promise.resolve();

parentPort!.on("message", (message: RankJob | "end") => {
  last = last.then(async () => {
    if (message === "end") {
      await server.close();
      parentPort!.close();
    } else parentPort!.postMessage(await server.run(message));
  });
});
