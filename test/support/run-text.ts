import { cpuDevice, execute, referenceFor } from "../../evidence/execute.js";
import { toleranceOf } from "../../evidence/tolerance.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import type { CompileOptions, PlannedSchedule } from "../../compiler/program.js";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import { standardHost } from "./bind-text.js";

/** A program of one file, which must have no mistakes. */
export function programOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  options: CompileOptions = {},
): CheckedProgram {
  const { program, diagnostics } = checkFile(
    "main.stretto",
    createMemoryHost({ "main.stretto": text, ...files }, standardHost),
    options,
  );
  if (!program) throw new Error(diagnostics.map(({ name, message }) => `${name}: ${message}`).join("\n"));
  return program;
}

/** One of its schedules, planned; the first where no name is given. */
export function plannedOf(program: CheckedProgram, name?: string): PlannedSchedule {
  const schedule = program.schedules.find((one) => one.name === name) ?? program.schedules[0]!;
  const { planned, diagnostics } = planSchedule(program, schedule);
  if (!planned) throw new Error(diagnostics.map((one) => `${one.name}: ${one.message}`).join("\n"));
  return planned;
}

/** Bytes on the wire, over all transfers or those of one value. */
export function bytesMovedBy({ graph }: PlannedSchedule, value?: string): number {
  let bytes = 0;
  for (let task = 0; task < graph.taskCount; task += 1) {
    if (graph.kind[task] !== TaskKind.transfer) continue;
    const instance = graph.instances[graph.instance[task]!]!;
    const made = graph.classes[graph.classOf[task]!]!;
    if (made.kind === "transfer" && (value === undefined || instance.name === value)) bytes += made.wireBytes;
  }
  return bytes;
}

/** Runs every schedule on the cpu against its layer, or the one named; what each is off by, and what it may be. */
export async function errorsOf(
  program: CheckedProgram,
  pool: RankPool,
  against?: string,
): Promise<{ error: number; bound: number }[]> {
  const found: { error: number; bound: number }[] = [];
  for (const schedule of program.schedules) {
    const { planned, diagnostics } = planSchedule(program, schedule);
    if (!planned) throw new Error(diagnostics.map((one) => `${one.name}: ${one.message}`).join("\n"));
    const layer = program.layers[schedule.layer]!;
    const other = program.layers.find(({ name }) => name === against) ?? layer;
    const result = await execute(planned, cpuDevice, referenceFor(program, layer, other), pool);
    if (!("value" in result)) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    found.push({ error: result.value.maxError ?? Infinity, bound: toleranceOf(program, schedule) });
  }
  return found;
}
