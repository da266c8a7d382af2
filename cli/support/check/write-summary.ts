import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { Session } from "../session.js";
import { systemErrorText, writeWhole } from "../write-whole.js";
import type { FormatName } from "./formats.js";
import type { CheckReport } from "./report.js";
import { renderSummary } from "./summary.js";

/**
 * Writes the Markdown of a report to the file of `--summary`, and in a step of GitHub Actions at the end of the step's.
 *
 * @returns what could not be written
 */
export function writeSummaries(
  session: Session,
  report: CheckReport,
  options: { readonly format: FormatName; readonly summary?: string },
): readonly Diagnostic[] {
  const ofStep = options.format === "github" ? session.environment["GITHUB_STEP_SUMMARY"] : undefined;
  const problems: Diagnostic[] = [];
  const write = (path: string | undefined, how: (absolute: string, text: string) => string | undefined): void => {
    if (path === undefined || path === "") return;
    const reason = how(resolve(session.workingDirectory, path), renderSummary(report));
    if (reason === undefined) return;
    const place = { file: path, span: { start: 0, end: 0 } };
    problems.push(createDiagnostic("output-not-written", place, { path, reason }));
  };
  write(options.summary, (path, text) => writeWhole(path, [text]));
  write(ofStep, appendTo);
  return problems;
}

/** Other commands of the step may have written there before. */
function appendTo(path: string, text: string): string | undefined {
  try {
    appendFileSync(path, text);
    return undefined;
  } catch (error) {
    return systemErrorText(error as NodeJS.ErrnoException);
  }
}
