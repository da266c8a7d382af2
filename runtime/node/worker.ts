/** Entry of a rank's worker thread: runs one job after another, and reports how each ended. */
import { parentPort } from "node:worker_threads";
import type { RankReport } from "../run/platform.js";
import { ProtocolViolation, runRank } from "../run/rank.js";
import type { RankJob } from "../run/rank.js";
import { now } from "./workers.js";

parentPort!.on("message", (job: RankJob) => {
  let report: RankReport = { kind: "done" };
  try {
    runRank(job, () => now() - job.epoch);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const violation = error instanceof ProtocolViolation;
    report = { kind: "failed", task: Atomics.load(job.control.current, job.rank), message, violation };
  }
  parentPort!.postMessage(report);
});
