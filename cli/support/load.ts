import { resolve } from "node:path";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import type { SourceHost } from "../../compiler/bind/source-host.js";
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import type { ScheduleIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Attempt } from "../../evidence/attempt.js";
import { loadFrom } from "../../evidence/load.js";
import type { LoadAttempt, LoadedProgram } from "../../evidence/load.js";
import { schedulesNamed } from "../../evidence/plan.js";
import { compileOptions } from "./options.js";
import type { ProgramOptions } from "./options.js";
import { exitCodeOf, reportDiagnostics } from "./report.js";
import type { ExitCode, Session } from "./session.js";

/** Reads and checks a file; what is wrong with it stands in `diagnostics`. */
export function loadProgram(
  session: Session,
  file: string,
  options: ProgramOptions & { readonly machine?: string; readonly profileIfThere?: string },
): LoadAttempt {
  return loadFrom(hostFor(session, file), file, compileOptions(options));
}

/**
 * Reads and checks a file, and tells what is wrong with it. A file without a mesh is legal, for others to import, but
 * has nothing to `verb`.
 */
export function loadOrReport(
  session: Session,
  file: string,
  options: ProgramOptions & { readonly machine?: string },
  verb: string,
): Loading {
  return report(session, file, options, loadProgram(session, file, options), verb);
}

/** The program, or the exit code where there is none. */
export type Loading = { readonly loaded: LoadedProgram } | { readonly code: ExitCode };

function report(
  session: Session,
  file: string,
  options: ProgramOptions,
  { loaded, sources, diagnostics }: LoadAttempt,
  verb: string,
): Loading {
  const nothing = loaded === undefined && exitCodeOf(diagnostics) === 0;
  const all = nothing
    ? [...diagnostics, createDiagnostic("no-schedule", { file, span: { start: 0, end: 0 } }, { file, verb })]
    : diagnostics;
  const code = reportDiagnostics(session, { diagnostics: all, sources, ...(options.json ? { json: { file } } : {}) });
  return loaded === undefined ? { code } : { loaded };
}

/** Relative paths start at the session's folder, which in tests is not the process's. */
export function hostFor(session: Session, file: string): SourceHost {
  const absolute = (path: string): string => resolve(session.workingDirectory, path);
  const host = createNodeHost(absolute(file));
  return { read: (path) => host.read(isStandardPath(path) ? path : absolute(path)) };
}

/** The schedules a command is to treat: the one named, else all. */
export function chosenSchedules(
  { program, file }: LoadedProgram,
  name: string | undefined,
  verb: string,
): Attempt<readonly ScheduleIR[]> {
  const { schedules } = program;
  if (name === undefined) {
    if (schedules.length > 0) return { value: schedules };
    return { diagnostics: [createDiagnostic("no-schedule", { file, span: { start: 0, end: 0 } }, { file, verb })] };
  }
  return schedulesNamed(program, file, name);
}

/**
 * With the sizes of `profile small` where the file has one and no other is asked for: what runs on any machine.
 * Otherwise as `loadProgram`.
 */
export function loadSmall(session: Session, file: string, options: ProgramOptions): LoadAttempt {
  return loadProgram(session, file, { ...options, profileIfThere: "small" });
}

/** `loadSmall`, which tells what is wrong. */
export function loadSmallOrReport(session: Session, file: string, options: ProgramOptions, verb: string): Loading {
  return report(session, file, options, loadSmall(session, file, options), verb);
}
