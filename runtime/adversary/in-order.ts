/** Executes a plan on device `cpu` without workers: on one thread, each task done before the next begins. */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { compareOutputs } from "../reference/compare.js";
import type { Reference } from "../reference/reference.js";
import { cpuLimit } from "../run/host-work.js";
import { defaultMemoryLimitBytes, failuresOf } from "../run/run.js";
import type { RunResult } from "../run/run.js";
import { runAdversary } from "./adversary.js";
import { explainStuck } from "./stuck.js";

export type OrderedRun = Pick<RunResult, "outputs" | "failures">;

/** Never throws for what a plan does wrong: that is in `failures`. */
export function runInOrder(plan: ExecutionPlan, reference: Reference): OrderedRun {
  const message = cpuLimit(plan, defaultMemoryLimitBytes);
  if (message !== undefined) return { outputs: [], failures: [{ kind: "limit", message }] };
  const { outputs: held, stuck } = runAdversary(plan, reference);
  if (stuck !== undefined) return { outputs: [], failures: [{ kind: "protocol", message: explainStuck(stuck) }] };
  const elements = new Map(held.map((output) => [output.buffer, output.elements]));
  const outputs = compareOutputs(plan, reference, (buffer) => {
    const own = elements.get(buffer);
    if (own === undefined) throw new InternalFault("run", `buffer ${buffer} is no output`);
    return own;
  });
  return { outputs, failures: outputs.flatMap(failuresOf) };
}
