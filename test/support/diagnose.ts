import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { standardHost } from "./bind-text.js";

/** Everything that any stage up to prove says of `main.stretto` among texts in memory, and of each of its schedules. */
export function diagnose(files: Readonly<Record<string, string>>): readonly Diagnostic[] {
  const { program, diagnostics } = checkFile("main.stretto", createMemoryHost(files, standardHost));
  const planned = program?.schedules.flatMap((schedule) => planSchedule(program, schedule).diagnostics) ?? [];
  return [...diagnostics, ...planned];
}
