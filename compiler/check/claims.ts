import type { CheckContext } from "./check-context.js";
import type { CheckIR, ScheduleIR } from "./ir.js";
import type { CheckedLayer } from "./layers.js";
export function checkClaims(
  _layers: ReadonlyMap<string, CheckedLayer | undefined>,
  _schedules: ReadonlyMap<string, ScheduleIR | undefined>,
  _context: CheckContext,
): CheckIR[] {
  return [];
}
