import type { CheckContext } from "./check-context.js";
import type { CollectiveIR, ScheduleIR } from "./ir.js";
import type { CheckedLayer } from "./layers.js";
export function checkSchedules(
  _layers: ReadonlyMap<string, CheckedLayer | undefined>,
  _collectives: readonly CollectiveIR[],
  _context: CheckContext,
): Map<string, ScheduleIR | undefined> {
  return new Map();
}
