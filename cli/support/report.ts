import { noPlace } from "../../compiler/diagnostics/no-place.js";
import { renderJson } from "../../compiler/diagnostics/render-json.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import type { Diagnostic, Location } from "../../compiler/diagnostics/types.js";
import { coloursFor } from "./colours.js";
import type { ExitCode, Session } from "./session.js";

/** Where a diagnostic stands that is about the command line. */
export const commandLinePlace: Location = noPlace;

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  /** Text of each file that a diagnostic may name. */
  readonly sources: ReadonlyMap<string, string>;
  /** Set under `--json`: what the object on standard output says of the file. */
  readonly json?: { readonly file: string };
}

/**
 * Tells what is wrong: as text on the error stream, or as `{ file, diagnostics }` on standard output.
 *
 * @returns the exit code of the worst: 2 where only the command line is wrong, 1 where a file is, 0 without an error
 */
export function reportDiagnostics(session: Session, report: Report): ExitCode {
  const { diagnostics, sources, json } = report;
  const lookup = (file: string): string | undefined => sources.get(file);
  const code = exitCodeOf(diagnostics);
  if (json !== undefined && code !== 0) {
    const rendered = renderJson(diagnostics, lookup);
    session.output.write(`${JSON.stringify({ file: json.file, diagnostics: rendered })}\n`);
  } else if (diagnostics.length > 0) {
    const colour = coloursFor(session, session.errors).isColorSupported;
    session.errors.write(renderText(diagnostics, lookup, { colour }));
  }
  return code;
}

/** 2 where only the command line is wrong, 1 where a file is, 0 without an error. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): ExitCode {
  const errors = diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  if (errors.length === 0) return 0;
  return errors.every((diagnostic) => diagnostic.location.file === "") ? 2 : 1;
}
