import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import { formatError } from "../../../compiler/diagnostics/quantities.js";
import type { PlannedSchedule } from "../../../compiler/program.js";
import type { OutputComparison } from "../../../runtime/reference/compare.js";
import type { RunResult } from "../../../runtime/run/run.js";
import type { Prediction } from "../../../evidence/predict.js";
import type { Comparison } from "./comparison.js";

/** What one schedule came to. */
export interface Ran {
  readonly prediction: Prediction;
  /** Of several runs, the one that took the median; of even many, the faster of the middle two. */
  readonly result: RunResult;
  /** How many there were. */
  readonly runs: number;
  readonly tolerance: number;
  /** Whether no check states the tolerance, and the derived one is so large that it shows little. */
  readonly isLoose: boolean;
  /** How many times slower than the described machine's its links were; undefined where they were free. */
  readonly slower?: number | undefined;
  readonly comparison?: Comparison | undefined;
}

/** Outputs that differ by more than they may. */
export function differences({ prediction, result, tolerance }: Ran): Diagnostic[] {
  return outputsThatDiffer(prediction.planned, result.outputs, tolerance);
}

export function outputsThatDiffer(
  { schedule, layer }: PlannedSchedule,
  outputs: readonly OutputComparison[],
  tolerance: number,
): Diagnostic[] {
  return outputs
    .filter(({ maxError }) => maxError !== undefined && !(maxError <= tolerance))
    .map(({ name, maxError }) =>
      createDiagnostic("result-differs", schedule.location, {
        subject: schedule.name,
        layer: layer.name,
        output: name,
        measured: formatError(maxError!),
        limit: formatError(tolerance),
        asked: "the tolerance",
      }),
    );
}

/** The median of runs; with the outputs of the one that was off most, so that none is hidden. */
export function medianOf(results: readonly RunResult[]): RunResult {
  const byTime = results.toSorted((a, b) => a.measuredNs - b.measuredNs);
  const median = byTime[(byTime.length - 1) >> 1]!;
  const [worst] = results.toSorted((a, b) => (b.maxError ?? 0) - (a.maxError ?? 0));
  return { ...median, outputs: worst!.outputs, maxError: worst!.maxError };
}
