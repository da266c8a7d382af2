/** Shows for each claim of a file's checks whether it holds: what was measured, against what is claimed. */
import type { CheckIR, CheckedProgram, ClaimIR, LayerIR, ScheduleIR } from "../compiler/check/ir.js";
import { onMeshOf } from "../compiler/check/mesh-of-layer.js";
import type { Diagnostic, Location } from "../compiler/diagnostics/types.js";
import type { PlannedSchedule } from "../compiler/program.js";
import type { RankPool } from "../runtime/ranks/pool.js";
import type { Attempt } from "./attempt.js";
import {
  measureBound,
  measureDifference,
  measureHidden,
  measureQuantity,
  measureSpeedup,
} from "./claim-measurements.js";
import type { Measurement, PredictedClaim, SameResultClaim } from "./claim-measurements.js";
import { claimText } from "./claim-words.js";
import { cpuDevice, execute, executeInOrder, referenceFor } from "./execute.js";
import { planOne } from "./plan.js";
import { predict } from "./predict.js";
import type { Prediction } from "./predict.js";
import { formatCount } from "../compiler/diagnostics/quantities.js";
import { whyNotRun } from "./runnable.js";
import { roundingBound } from "./tolerance.js";

export interface ClaimOutcome {
  /** The layer or schedule that the check is about. */
  readonly subject: string;
  readonly claim: ClaimIR | ForClaim;
  /** The claim in the words of the language. */
  readonly text: string;
  readonly state: "holds" | "fails";
  readonly measured: number | null;
  readonly limit: number | null;
  /** Measured, for people: `78.20 GB`, `3.1e-4`. */
  readonly measuredText: string;
  /** Why it fails. */
  readonly diagnostics: readonly Diagnostic[];
  /** Of what a `for` ranges over. */
  readonly property?: PropertyResult;
}

/** All claims of a check, at what it ranges over. */
export interface ForClaim {
  readonly claim: "for";
  readonly location: Location;
}

export interface PropertyResult {
  /** How many cases were to be tried, and where they are drawn from. */
  readonly runs: number;
  readonly seed: number;
  /** The smallest that was found to fail, by what `--set` calls its parts. */
  readonly counterexample?: { readonly settings: Readonly<Record<string, string>>; readonly command: string };
}

/** Evaluates claims one by one; plans and predictions are made once a schedule. */
export interface ClaimEvaluator {
  evaluate(check: CheckIR, claim: ClaimIR): Promise<ClaimOutcome>;
  /** What is wrong with a schedule that nothing need be claimed of: it cannot be planned, or not proved. */
  plan(schedule: ScheduleIR): Attempt<PlannedSchedule>;
}

/**
 * @param full the file at full size: where quantities and times are predicted
 * @param small the same file at the sizes of profile `small` where it has one: where results are computed
 * @param pool absent where there are no workers: tasks are then executed on this thread, in the planned order
 * @param mostSteps of a layer whose results are computed; absent: what a person would wait for
 */
export function createClaimEvaluator(
  full: CheckedProgram,
  small: CheckedProgram,
  pool: RankPool | undefined,
  mostSteps?: number,
): ClaimEvaluator {
  const plan = once((schedule: ScheduleIR) => planOne(full, schedule));
  const prediction = once((schedule: ScheduleIR): Attempt<Prediction> => {
    const planned = plan(schedule);
    return "value" in planned ? { value: predict(planned.value) } : planned;
  });

  async function evaluate(check: CheckIR, claim: ClaimIR): Promise<ClaimOutcome> {
    const schedule = subjectSchedule(full, check);
    const base = {
      subject: schedule.name,
      claim,
      text: claimText(claim, onMeshOf(full, full.layers[schedule.layer]!)),
      limit: limitOf(claim),
    };
    const found = await measure(check, schedule, claim);
    if (!("value" in found)) {
      return { ...base, state: "fails", measured: null, measuredText: "-", diagnostics: found.diagnostics };
    }
    const { value, text, failure } = found.value;
    const diagnostics = failure === undefined ? [] : [failure];
    return {
      ...base,
      state: failure === undefined ? "holds" : "fails",
      measured: value,
      measuredText: text,
      diagnostics,
    };
  }

  async function measure(check: CheckIR, schedule: ScheduleIR, claim: ClaimIR): Promise<Attempt<Measurement>> {
    if (claim.claim === "same result") return difference(check, claim);
    const isTimed = claim.claim === "hides" || claim.claim === "bound" || claim.claim === "faster than";
    return "comparison" in claim || isTimed
      ? predicted(schedule, claim)
      : planned(schedule, claim.claim === "no race" ? "all accesses in order" : "no cycle");
  }

  async function difference(check: CheckIR, claim: SameResultClaim): Promise<Attempt<Measurement>> {
    const schedule = subjectSchedule(small, check);
    const layer = small.layers[schedule.layer]!;
    const against = small.layers[claim.layer]!;
    const tooLarge = whyNotRun(layer, mostSteps) ?? whyNotRun(against, mostSteps);
    if (tooLarge !== undefined) return { diagnostics: [tooLarge] };
    const planned = planOne(small, schedule);
    if (!("value" in planned)) return planned;
    const reference = referenceFor(small, layer, against);
    const ran =
      pool === undefined
        ? executeInOrder(planned.value, reference)
        : await execute(planned.value, cpuDevice, reference, pool);
    if (!("value" in ran)) return ran;
    const limit = claim.within ?? roundingBound(small, schedule);
    return { value: measureDifference(schedule, against, ran.value.outputs, claim, limit) };
  }

  function predicted(schedule: ScheduleIR, claim: PredictedClaim): Attempt<Measurement> {
    const own = prediction(schedule);
    if (!("value" in own)) return own;
    if (claim.claim === "hides") return { value: measureHidden(own.value, claim) };
    if (claim.claim === "bound") return { value: measureBound(own.value, claim) };
    if (claim.claim !== "faster than") return { value: measureQuantity(own.value, claim) };
    const other = prediction(full.schedules[claim.schedule]!);
    return "value" in other ? { value: measureSpeedup(own.value, other.value, claim) } : other;
  }

  function planned(schedule: ScheduleIR, shown: string): Attempt<Measurement> {
    const attempt = plan(schedule);
    if (!("value" in attempt)) return attempt;
    const { taskCount } = attempt.value.graph;
    return { value: { value: taskCount, text: `${formatCount(taskCount)} tasks, ${shown}` } };
  }

  return { evaluate, plan };
}

/** A layer that is claimed something about runs in program order. */
function subjectSchedule(program: CheckedProgram, { subject }: CheckIR): ScheduleIR {
  if (subject.kind === "schedule") return program.schedules[subject.index]!;
  return inProgramOrder(program.layers[subject.index]!, subject.index);
}

const programOrders = new WeakMap<LayerIR, ScheduleIR>();

function inProgramOrder(layer: LayerIR, index: number): ScheduleIR {
  let schedule = programOrders.get(layer);
  if (schedule === undefined) {
    schedule = { name: layer.name, layer: index, verbs: [], location: layer.location };
    programOrders.set(layer, schedule);
  }
  return schedule;
}

function limitOf(claim: ClaimIR): number | null {
  switch (claim.claim) {
    case "same result":
      return claim.within ?? null;
    case "memory":
    case "bytes moved":
    case "messages":
    case "rounds":
      return claim.limit;
    case "hides":
      return claim.share;
    case "bound":
      return claim.factor;
    case "faster than":
      return claim.by ?? 1;
    default:
      return null;
  }
}

function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
}
