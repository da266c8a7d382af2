import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
import type { Placed } from "../compiler/machine/measured-machine.js";
import type { PlannedSchedule } from "../compiler/program.js";
import { measure } from "../simulator/measure.js";
import type { SimulationResult } from "../simulator/measure.js";
import { simulate } from "../simulator/simulate.js";
import type { SimulatedTimeline } from "../simulator/timeline.js";

/** What the simulator says of one planned schedule. */
export interface Prediction {
  readonly planned: PlannedSchedule;
  readonly timeline: SimulatedTimeline;
  readonly result: SimulationResult;
}

/**
 * A proved graph always ends: one that does not is a fault of ours.
 *
 * @param on what it is predicted on, if not its machine as it is described
 */
export function predict(planned: PlannedSchedule, on?: Placed): Prediction {
  const { graph, machine } = on ?? { graph: planned.graph, machine: planned.program.machine };
  const timeline = simulate(graph, machine);
  if (timeline.stuck.length > 0) {
    throw new InternalFault("simulate", `${timeline.stuck.length} tasks of ${planned.schedule.name} never finish`);
  }
  return { planned, timeline, result: measure(graph, machine, timeline) };
}
