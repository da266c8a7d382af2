/** The program of the background's thread. */
import { parentPort } from "node:worker_threads";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { Job } from "../background/jobs.js";
import { createWork } from "../background/work.js";

/** It reads nothing but the standard library: all else comes with the jobs. */
const work = createWork({ standard: createNodeHost("none.stretto"), createPool: () => createNodePool() });

parentPort!.on("message", (job: Job) => void work(job).then((answer) => parentPort!.postMessage(answer)));
