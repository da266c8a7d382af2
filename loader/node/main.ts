/** The command of a package: `node run.js [--json]`. */
import { formatError, formatTime } from "../../compiler/diagnostics/quantities.js";
import { load } from "./load.js";

const json = process.argv.includes("--json");

async function main(): Promise<number> {
  const schedule = await load();
  try {
    const { file, schedule: name, layer, ranks, tasks, predictedNs } = schedule.info;
    const { maxError, tolerance, measuredNs, adapter } = await schedule.run();
    const isRight = maxError === undefined || maxError <= tolerance;
    const result = {
      ...{ file, schedule: name, layer, device: "webgpu", adapter, ranks, tasks },
      ...{ max_error: maxError ?? null, tolerance, measured_ns: measuredNs, predicted_ns: predictedNs },
    };
    const error =
      maxError === undefined
        ? "not compared"
        : `error ${formatError(maxError)}, ${isRight ? "within" : "above"} ${formatError(tolerance)}`;
    const line = `${name}: ${ranks} ranks, ${tasks} tasks, ${formatTime(measuredNs)} on ${adapter}, ${error}`;
    process.stdout.write(`${json ? JSON.stringify(result) : line}\n`);
    return isRight ? 0 : 1;
  } finally {
    await schedule.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
