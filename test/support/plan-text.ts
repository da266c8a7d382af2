import { checkFile, planSchedule, type CompileOptions, type PlannedSchedule } from "../../compiler/program.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { standardHost } from "./bind-text.js";

export interface PlannedText {
  readonly program?: CheckedProgram;
  readonly planned?: PlannedSchedule;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a text and plans one of its schedules, the first where none is named. */
export function planText(text: string, schedule?: string, options: CompileOptions = {}): PlannedText {
  const host = createMemoryHost({ "main.stretto": text }, standardHost);
  const { program, diagnostics } = checkFile("main.stretto", host, options);
  const found = program?.schedules.find((s) => schedule === undefined || s.name === schedule);
  if (program === undefined || found === undefined) return { diagnostics };
  const { planned, diagnostics: later } = planSchedule(program, found);
  return { program, diagnostics: [...diagnostics, ...later], ...(planned === undefined ? {} : { planned }) };
}

/** As `planText`, of what must plan. Throws with what is wrong. */
export function plannedText(text: string, schedule?: string, options: CompileOptions = {}) {
  const { program, planned, diagnostics } = planText(text, schedule, options);
  if (program !== undefined && planned !== undefined) return { program, planned };
  throw new Error(diagnostics.map((d) => `${d.code} ${d.message}`).join("\n") || `no schedule ${schedule}`);
}

export function exampleText(name: string): string {
  return readFileSync(fileURLToPath(new URL(`../../examples/${name}.stretto`, import.meta.url)), "utf8");
}
