import type { PlannedSchedule } from "../../compiler/program.js";

/** `8 ranks of h800_node`; of schedules on several meshes, each of them once. */
export function placesText(planned: readonly PlannedSchedule[]): string {
  return once(planned, ({ mesh, machine }) => `${mesh.rankCount} ranks of ${machine.name}`);
}

/** `8 ranks`; of schedules on several meshes, `8 ranks, 4 ranks`. */
export function rankCounts(planned: readonly PlannedSchedule[]): string {
  return once(planned, ({ mesh }) => `${mesh.rankCount} ranks`);
}

function once(planned: readonly PlannedSchedule[], text: (program: PlannedSchedule["program"]) => string): string {
  return [...new Set(planned.map(({ program }) => text(program)))].join(", ");
}
