import { formatRatio, formatShare, formatTime } from "../../compiler/diagnostics/quantities.js";
import { refusalText, type PredictedSchedule } from "../background/jobs.js";
import type { Outcome } from "../background/runner.js";

/** `412.0 us, 87.0 % hidden, 1.90 x barrier, 1.12 of bound`, or why there is no prediction. */
export function predictionText(outcome: Outcome<PredictedSchedule>): string {
  if ("refused" in outcome) return `cannot be planned: ${refusalText(outcome.refused)}`;
  if ("failed" in outcome) return failures[outcome.failed];
  const { makespan_ns, bound_ns, hidden, against } = outcome.value;
  const parts = [
    formatTime(makespan_ns),
    ...(hidden === undefined ? [] : [`${formatShare(hidden)} hidden`]),
    ...(against === undefined ? [] : [`${formatRatio(against.ratio)} ${against.schedule}`]),
    ...(bound_ns > 0 ? [`${(makespan_ns / bound_ns).toFixed(2)} of bound`] : []),
  ];
  return parts.join(", ");
}

const failures = {
  gone: "not predicted",
  absent: "nothing is predicted here",
  crashed: "the prediction failed",
  "too long": "takes too long to predict: `stretto simulate` has no limit",
} as const;
