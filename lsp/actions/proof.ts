/**
 * Whether an edit keeps what it must: no new diagnostics, layers that are checked to the same, a schedule that can be planned.
 * On the server's own thread: nothing else is answered meanwhile.
 */
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import { planSchedule, type CheckedFile, type CompileOptions } from "../../compiler/program.js";
import { estimateTasks } from "../../compiler/plan/size-limit.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { newMistake, textsAfter } from "../documents/after-edits.js";
import type { Edits, Scene } from "./action.js";

/** A graph of more tasks than this, as they are estimated before it is made, is not made while somebody waits. */
const mostTasks = 50_000;

/** The first thing that is wrong after the edit and was not before; undefined where nothing is. */
export function newProblem(edits: Edits, { server }: Scene): string | undefined {
  return newMistake(edits, server)?.message;
}

/** The same, and why the program would be another one: each layer that is still there must be checked to the same, places aside. */
export function problemOfRewrite(
  edits: Edits,
  scene: Scene,
  keeps: "names stay" | "values have other names",
): string | undefined {
  const problem = newProblem(edits, scene);
  if (problem !== undefined) return problem;
  const before = scene.analysis.program;
  const after = checkedAfter(edits, scene).program;
  if (!before || !after) return "Whether it computes the same cannot be told: the file has errors.";
  for (const layer of before.layers) {
    const other = after.layers.find(({ name }) => name === layer.name);
    if (other && textOf(layer, keeps) !== textOf(other, keeps)) return `\`${layer.name}\` would be another layer.`;
  }
  if (keeps === "names stay" && textOf(restOf(before), keeps) !== textOf(restOf(after), keeps))
    return "The program would be another one.";
  return undefined;
}

/** Without places. */
function textOf(value: object, keeps: Parameters<typeof problemOfRewrite>[2]): string {
  const leftOut = new Set(["location", ...(keeps === "names stay" ? [] : ["name"])]);
  return JSON.stringify(value, (key, part: unknown) => (leftOut.has(key) ? undefined : part));
}

/** What a program has beside layers; of tables, only their axes. */
function restOf({ meshes, schedules, checks, tables }: CheckedProgram): object {
  const axes = tables.map(({ name, fromAxis, fromSize, toAxis, toSize }) => ({
    name,
    fromAxis,
    fromSize,
    toAxis,
    toSize,
  }));
  return { meshes, schedules, checks, axes };
}

/**
 * Why a schedule cannot be planned and proved as it is edited; undefined where it is, at these sizes alone: those of the profile
 * `small` where there is one, as `run` takes them.
 */
export function problemOfSchedule(name: string, edits: Edits, scene: Scene): string | undefined {
  const asSet = newProblem(edits, scene);
  if (asSet !== undefined) return asSet;
  const small = checkedAfter(edits, scene, { profileIfThere: "small" });
  const schedule = small.program?.schedules.find((one) => one.name === name);
  if (!small.program || !schedule) return firstError(small);
  if (tasksOf(small.program, schedule) > mostTasks)
    return "The schedule has too many tasks to be proved here: a profile `small` would make it fewer.";
  const { diagnostics } = planSchedule(small.program, schedule);
  return diagnostics.find(({ severity }) => severity === "error")?.message;
}

function checkedAfter(edits: Edits, { server, analysis }: Scene, options?: CompileOptions): CheckedFile {
  return server.workspace.checkWith(analysis.path, textsAfter(edits, server.workspace), options);
}

function firstError({ diagnostics }: CheckedFile): string {
  return diagnostics.find(({ severity }) => severity === "error")?.message ?? "There is nothing to plan.";
}

function tasksOf(program: CheckedProgram, schedule: ScheduleIR): number {
  const layer = program.layers[schedule.layer]!;
  const onMesh = onMeshOf(program, layer);
  const collector = createCollector();
  const settings = settingsOf(onMesh, layer, schedule, collector);
  return collector.hasErrors() ? 0 : estimateTasks(onMesh, layer, settings);
}
