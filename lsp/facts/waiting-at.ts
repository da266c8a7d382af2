/** What a place of a document is about in a planned graph: a schedule, and statements of its layer. */
import { pathText } from "../../compiler/check/schedules.js";
import type { ScheduleDecl } from "../../grammar/ast.js";
import { canBePlanned, schedulesOf } from "../background/predictions.js";
import type { Analysis } from "../documents/analysis.js";
import type { Place } from "../names/program-names.js";
import { valueAt, type ValueAt } from "./value-at.js";

export interface PlannedValue extends ValueAt {
  readonly schedule: ScheduleDecl;
  /** Index of it in the program. */
  readonly scheduleIndex: number;
  /** What its statements make, its own last; at least one. */
  readonly made: readonly string[];
}

/** In a schedule, of that; in a layer, of its last one. Undefined where nothing is planned, and of inputs. */
export function plannedValueAt(analysis: Analysis, place: Place): PlannedValue | undefined {
  const value = canBePlanned(analysis) ? valueAt(analysis, place) : undefined;
  if (value === undefined) return undefined;
  const schedules = schedulesOf(analysis);
  const own = place.declaration.kind === "ScheduleDecl" ? place.declaration : undefined;
  const layer = value.context.node.name.text;
  const schedule = own ?? schedules.findLast((one) => pathText(one.layer) === layer);
  const made = value.statements.flatMap(({ kind, result }) =>
    kind === "view" ? [] : [value.context.layer!.ir.values[result]!.name],
  );
  if (schedule === undefined || made.length === 0) return undefined;
  return { ...value, schedule, scheduleIndex: schedules.indexOf(schedule), made };
}
