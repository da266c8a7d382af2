/** One function a claim: what it comes to, and the diagnostic where that is not what is claimed. */
import type { ClaimIR, LayerIR, ScheduleIR } from "../compiler/check/ir.js";
import type { PlannedSchedule } from "../compiler/program.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import type { Diagnostic, RelatedPlace } from "../compiler/diagnostics/types.js";
import { coordinatesOf } from "../compiler/lower/domains.js";
import type { OutputComparison } from "../runtime/reference/compare.js";
import { quantityName, quantityText } from "./claim-words.js";
import type { Prediction } from "./predict.js";
import { traffic } from "../simulator/traffic.js";
import type { Traffic } from "../simulator/traffic.js";
import { formatBytes, formatError, formatRatio, formatShare } from "../compiler/diagnostics/quantities.js";

/** `failure` is there where the claim does not hold. */
export interface Measurement {
  readonly value: number;
  readonly text: string;
  readonly failure?: Diagnostic;
}

export type SameResultClaim = Extract<ClaimIR, { readonly claim: "same result" }>;
export type BoundClaim = Extract<ClaimIR, { readonly claim: "bound" }>;
export type HidesClaim = Extract<ClaimIR, { readonly claim: "hides" }>;
export type FasterClaim = Extract<ClaimIR, { readonly claim: "faster than" }>;
export type QuantityClaim = Extract<ClaimIR, { readonly comparison: string }>;
/** What the simulator answers. */
export type PredictedClaim = HidesClaim | BoundClaim | FasterClaim | QuantityClaim;

function measurement(value: number, text: string, holds: boolean, failure: () => Diagnostic): Measurement {
  return holds ? { value, text } : { value, text, failure: failure() };
}

/** The output that differs most. */
export function measureDifference(
  schedule: ScheduleIR,
  against: LayerIR,
  outputs: readonly OutputComparison[],
  claim: SameResultClaim,
  limit: number,
): Measurement {
  const errors = outputs.map(({ name, maxError = Infinity }) => ({ name, maxError }));
  const worst = errors.reduce((a, b) => (b.maxError > a.maxError ? b : a));
  const text = formatError(worst.maxError);
  return measurement(worst.maxError, text, worst.maxError <= limit, () =>
    createDiagnostic("result-differs", claim.location, {
      subject: schedule.name,
      layer: against.name,
      output: worst.name,
      measured: text,
      limit: formatError(limit),
      asked: claim.within === undefined ? "what rounding explains" : "claimed",
    }),
  );
}

export function measureHidden({ planned, result }: Prediction, claim: HidesClaim): Measurement {
  const text = formatShare(result.hidden);
  return measurement(result.hidden, text, result.hidden >= claim.share, () =>
    createDiagnostic("hides-too-little", claim.location, {
      subject: planned.schedule.name,
      measured: text,
      limit: formatShare(claim.share),
    }),
  );
}

export function measureSpeedup(own: Prediction, other: Prediction, claim: FasterClaim): Measurement {
  const ratio = other.result.makespan_ns / own.result.makespan_ns;
  return measurement(ratio, formatRatio(ratio), claim.by === undefined ? ratio > 1 : ratio >= claim.by, () =>
    createDiagnostic("not-faster", claim.location, {
      subject: own.planned.schedule.name,
      other: other.planned.schedule.name,
      measured: ratio.toFixed(3),
      limit: claim.by === undefined ? "more than 1" : String(claim.by),
    }),
  );
}

/** A graph of nothing takes as long as its bound. */
export function measureBound({ planned, result }: Prediction, claim: BoundClaim): Measurement {
  const ratio = result.bound_ns === 0 ? 1 : result.makespan_ns / result.bound_ns;
  return measurement(ratio, formatRatio(ratio), ratio <= claim.factor, () =>
    createDiagnostic("far-from-bound", claim.location, {
      subject: planned.schedule.name,
      measured: ratio.toFixed(3),
      setBy: result.bound_by,
      limit: String(claim.factor),
    }),
  );
}

/** Memory is the largest of any rank; what is moved is a sum, and `per rank` the largest of any. */
export function measureQuantity(prediction: Prediction, claim: QuantityClaim): Measurement {
  const { planned } = prediction;
  const value = quantityOf(prediction, claim);
  const text = quantityText(claim.claim, value);
  const related = claim.claim === "memory" ? placesOfPeak(planned) : [];
  return measurement(value, text, compare(value, claim.comparison, claim.limit), () =>
    createDiagnostic(
      "quantity-out-of-limit",
      claim.location,
      {
        quantity: quantityName(claim, planned.program.mesh),
        subject: planned.schedule.name,
        measured: text,
        comparison: claim.comparison,
        limit: quantityText(claim.claim, claim.limit),
      },
      { related },
    ),
  );
}

/** Values that are told of a peak; the rest is summed up. */
const mostHeld = 4;

/** When the rank that needs most keeps most, and the largest values that it keeps then. */
function placesOfPeak({ peakMemoryBytes, memoryPeak, layer }: PlannedSchedule): RelatedPlace[] {
  const rank = peakMemoryBytes.indexOf(Math.max(...peakMemoryBytes));
  const { statement, held } = memoryPeak(rank);
  const running = layer.statements[statement];
  if (running === undefined) return [];
  const when = `while \`${layer.values[running.result]!.name}\` is made on rank ${rank}`;
  const rest = held.slice(mostHeld).reduce((sum, { bytes }) => sum + bytes, 0);
  const told = held.slice(0, mostHeld).map(({ value, isBesideWord, bytes }): RelatedPlace => {
    const { name } = layer.values[value]!;
    const writer = layer.statements.find(({ result }) => result === value);
    const what = isBesideWord ? `deliveries of \`${name}\` that wait` : `\`${name}\``;
    return { location: writer?.location ?? layer.location, message: `${what}: ${formatBytes(bytes)} ${when}` };
  });
  const others: RelatedPlace[] =
    rest > 0 ? [{ location: running.location, message: `all others: ${formatBytes(rest)} then` }] : [];
  return [...told, ...others];
}

function quantityOf({ result, planned }: Prediction, claim: QuantityClaim): number {
  switch (claim.claim) {
    case "memory":
      return Math.max(...planned.peakMemoryBytes);
    case "bytes moved":
      return claim.perRank ? trafficOf(planned, claim).bytesPerRank : trafficOf(planned, claim).bytes;
    case "messages":
      return claim.perRank ? trafficOf(planned, claim).messagesPerRank : trafficOf(planned, claim).messages;
    case "rounds":
      return result.rounds;
  }
}

/** All of it, or what goes between positions that differ along the mesh axis of the claim. */
function trafficOf({ graph, program: { mesh } }: PlannedSchedule, { over }: QuantityClaim): Traffic {
  if (over === undefined) return traffic(graph);
  const places = Array.from({ length: mesh.rankCount }, (_, rank) => coordinatesOf(mesh, rank)[over]);
  return traffic(graph, (source, target) => places[source] !== places[target]);
}

function compare(value: number, comparison: QuantityClaim["comparison"], limit: number): boolean {
  switch (comparison) {
    case "==":
      return value === limit;
    case "<=":
      return value <= limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case ">":
      return value > limit;
  }
}
