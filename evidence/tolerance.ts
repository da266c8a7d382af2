import type { CheckedProgram, ScheduleIR } from "../compiler/check/ir.js";
import { onMeshOf } from "../compiler/check/mesh-of-layer.js";
import { reassociationBound } from "../runtime/reference/tolerance.js";

/** How far a schedule's results may be from the layer's: what a check claims of it, or of its layer, else R4's bound. */
export function toleranceOf(program: CheckedProgram, schedule: ScheduleIR): number {
  return claimedWithin(program, schedule) ?? roundingBound(program, schedule);
}

/** R4's bound: what reassociating and rounding can come to, as in `reassociationBound`. */
export function roundingBound(program: CheckedProgram, schedule: ScheduleIR): number {
  const layer = program.layers[schedule.layer]!;
  const { mesh } = onMeshOf(program, layer);
  return reassociationBound(layer, mesh, program.tables, program.monoids);
}

/** What a check claims of a schedule, or of its layer; undefined where none states a `within`. */
export function claimedWithin(program: CheckedProgram, schedule: ScheduleIR): number | undefined {
  const index = program.schedules.indexOf(schedule);
  return withinOf(program, schedule, "schedule", index) ?? withinOf(program, schedule, "layer", schedule.layer);
}

/** The strictest `same result as .. within` about the schedule's layer, of the checks about a subject. */
function withinOf(
  { checks }: CheckedProgram,
  { layer }: ScheduleIR,
  kind: "schedule" | "layer",
  index: number,
): number | undefined {
  const claims = checks
    .filter(({ subject }) => subject.kind === kind && subject.index === index)
    .flatMap((check) => check.claims);
  const limits = claims.flatMap((claim) =>
    claim.claim === "same result" && claim.layer === layer && claim.within !== undefined ? [claim.within] : [],
  );
  return limits.length === 0 ? undefined : Math.min(...limits);
}
