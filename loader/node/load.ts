/** The loader of a package in Node: `node.js` of it. */
import { readFile } from "node:fs/promises";
import { nodeGpu } from "../../runtime/node/gpu.js";
import { offerSoftwareAdapter } from "../../runtime/node/software-adapter.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { factsOf, requestAdapter } from "../../runtime/webgpu/device.js";
import { readPackage, readProgram } from "../package-files.js";
import type { ReadFile } from "../package-files.js";
import { createSchedule } from "../schedule.js";
import type { Load } from "../types.js";
import { computeWhole } from "../whole.js";

export const load: Load = async (folder = new URL(".", import.meta.url)) => {
  const read: ReadFile = (path) => readFile(new URL(path, folder));
  const shipped = await readPackage(read);
  offerSoftwareAdapter();
  const adapter = factsOf(await requestAdapter(await nodeGpu()));
  const program = await readProgram(shipped, adapter, read);
  const pool = createNodePool(new URL("node-worker.js", import.meta.url));
  return createSchedule(shipped, program, pool, computeWhole);
};
