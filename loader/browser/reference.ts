/** A Web Worker that computes a layer whole, so that the page stays alive meanwhile. */
import type { ComputeWhole } from "../schedule.js";
import { computeWhole } from "../whole.js";

onmessage = async ({ data }: MessageEvent<Parameters<ComputeWhole>>) => postMessage(await computeWhole(...data));
