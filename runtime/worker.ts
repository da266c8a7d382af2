/** Entry of a rank's worker thread: runs one job after another, and reports how each ended. */
import { parentPort } from "node:worker_threads";
import type { RankReport } from "./node-workers.js";
import { ProtocolViolation, runRank } from "./rank.js";
import type { RankJob } from "./rank.js";

parentPort!.on("message", (job: RankJob) => {
  let report: RankReport = { kind: "done" };
  try {
    runRank(job, () => Number(process.hrtime.bigint() - job.epoch));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const violation = error instanceof ProtocolViolation;
    report = { kind: "failed", task: Atomics.load(job.control.current, job.rank), message, violation };
  }
  parentPort!.postMessage(report);
});
