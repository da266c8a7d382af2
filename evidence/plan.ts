import { didYouMean, nearestName } from "../compiler/bind/suggest.js";
import type { CheckedProgram, ScheduleIR } from "../compiler/check/ir.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import { noPlace } from "../compiler/diagnostics/no-place.js";
import { planSchedule } from "../compiler/program.js";
import type { PlannedSchedule } from "../compiler/program.js";
import { hasError } from "./attempt.js";
import type { Attempt } from "./attempt.js";

/** Lowers, plans and proves one schedule. */
export function planOne(program: CheckedProgram, schedule: ScheduleIR): Attempt<PlannedSchedule> {
  const { planned, diagnostics } = planSchedule(program, schedule);
  return planned === undefined || hasError(diagnostics) ? { diagnostics } : { value: planned };
}

/**
 * The schedules of a name: several where layers have schedules of the same name.
 *
 * @param file as the user gave it, for the message where there is none
 */
export function schedulesNamed(
  { schedules }: CheckedProgram,
  file: string,
  name: string,
): Attempt<readonly ScheduleIR[]> {
  const named = schedules.filter((schedule) => schedule.name === name);
  if (named.length > 0) return { value: named };
  const near = nearestName(
    name,
    schedules.map((schedule) => schedule.name),
  );
  const known = `It has ${schedules.map((schedule) => `\`${schedule.name}\``).join(", ") || "none"}.`;
  const hint = near === undefined ? ` ${known}` : didYouMean(near);
  return { diagnostics: [createDiagnostic("unknown-schedule", noPlace, { file, name, hint })] };
}
