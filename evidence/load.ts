import type { SourceHost } from "../compiler/bind/source-host.js";
import type { CheckedProgram } from "../compiler/check/ir.js";
import type { Diagnostic } from "../compiler/diagnostics/types.js";
import { checkFile } from "../compiler/program.js";
import type { CompileOptions } from "../compiler/program.js";
import { hasError } from "./attempt.js";

/** A checked file, and what its diagnostics need to be shown. */
export interface LoadedProgram {
  readonly file: string;
  readonly program: CheckedProgram;
  readonly sources: ReadonlyMap<string, string>;
  /** Warnings and notes; errors leave no program. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `loaded` is there where the file has no error. */
export interface LoadAttempt {
  readonly loaded?: LoadedProgram;
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks a file; what is wrong with it stands in `diagnostics`. */
export function loadFrom(host: SourceHost, file: string, options: CompileOptions): LoadAttempt {
  const { program, sources, diagnostics } = checkFile(file, host, options);
  return program === undefined || hasError(diagnostics)
    ? { sources, diagnostics }
    : { loaded: { file, program, sources, diagnostics }, sources, diagnostics };
}
