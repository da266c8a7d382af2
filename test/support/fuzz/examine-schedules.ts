/** Each schedule of a checked program: planned, proved, simulated, and its actions made, where it is small enough. */
import type { CheckedProgram, ScheduleIR } from "../../../compiler/check/ir.js";
import { onMeshOf } from "../../../compiler/check/mesh-of-layer.js";
import { createCollector } from "../../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import { verifyGraph } from "../../../compiler/graph/verify-graph.js";
import { applyFusions } from "../../../compiler/plan/fuse.js";
import { settingsOf } from "../../../compiler/plan/settings.js";
import { estimateTasks } from "../../../compiler/plan/size-limit.js";
import { planSchedule } from "../../../compiler/program.js";
import { measure } from "../../../simulator/measure.js";
import { simulate } from "../../../simulator/simulate.js";
import { promise } from "./promise.js";

/** Larger ones take long, which is no fault. */
const mostTasks = 2000;
const mostRanks = 32;
const mostSchedules = 4;
/** Tasks of which the action is made. */
const mostActions = 300;

/** How many were planned. */
export function examineSchedules(
  program: CheckedProgram,
  examineDiagnostics: (diagnostics: readonly Diagnostic[]) => void,
): number {
  const small = program.schedules.filter((schedule) => isSmall(program, schedule));
  return small.slice(0, mostSchedules).filter((schedule) => examineOne(program, schedule, examineDiagnostics)).length;
}

/** Whether it takes next to no time to plan and to run. */
export function isSmallProgram(program: CheckedProgram): boolean {
  const sizes = program.layers.flatMap(({ values }) => values.map(({ axes }) => axes.map(({ size }) => size)));
  const elements = sizes.map((axes) => axes.reduce((product, size) => product * size, 1));
  return (
    elements.every((count) => count <= 20_000) && program.schedules.every((schedule) => isSmall(program, schedule))
  );
}

function isSmall(checked: CheckedProgram, schedule: ScheduleIR): boolean {
  const original = checked.layers[schedule.layer]!;
  const program = onMeshOf(checked, original);
  if (program.mesh.rankCount > mostRanks) return false;
  const diagnostics = createCollector();
  const rewritten = applyFusions(original, schedule, diagnostics);
  const settings = settingsOf(program, rewritten.layer, rewritten.schedule, diagnostics);
  return diagnostics.hasErrors() || estimateTasks(program, rewritten.layer, settings) <= mostTasks;
}

function examineOne(
  program: CheckedProgram,
  schedule: ScheduleIR,
  examineDiagnostics: (diagnostics: readonly Diagnostic[]) => void,
): boolean {
  const { planned, diagnostics } = planSchedule(program, schedule);
  examineDiagnostics(diagnostics);
  const wrong = diagnostics.some(({ severity }) => severity === "error");
  promise((planned === undefined) === wrong, () => `\`${schedule.name}\` is planned and refused, or neither`);
  // A schedule that was accepted never leads there: what is shown of it is the compiler's own doing.
  const ours = diagnostics.find(({ name }) => name === "not-complete");
  promise(ours === undefined, () => `${ours!.name}: ${ours!.message}`);
  if (planned === undefined) return false;
  const { graph, peakMemoryBytes, rounds } = planned;
  const unsound = verifyGraph(graph);
  promise(unsound.length === 0, () => `the graph of \`${schedule.name}\`: ${unsound.join("; ")}`);
  const amounts = [...peakMemoryBytes, rounds];
  promise(amounts.every(isAmount), () => `\`${schedule.name}\` takes ${amounts.join(", ")}`);
  const timeline = simulate(graph, planned.program.machine);
  promise(timeline.stuck.length === 0, () => `${timeline.stuck.length} tasks of \`${schedule.name}\` never end`);
  const { makespan_ns, bound_ns, hidden } = measure(graph, planned.program.machine, timeline);
  promise(isAmount(makespan_ns), () => `\`${schedule.name}\` takes ${makespan_ns} ns`);
  promise(bound_ns <= makespan_ns, () => `\`${schedule.name}\` takes ${makespan_ns} ns, less than ${bound_ns}`);
  promise(hidden >= 0 && hidden <= 1, () => `\`${schedule.name}\` hides ${hidden}`);
  for (let task = 0; task < Math.min(graph.taskCount, mostActions); task++) planned.plan.action(task);
  return true;
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;
