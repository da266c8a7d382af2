import { coloursFor } from "../colours.js";
import { reportDiagnostics } from "../report.js";
import type { Session } from "../session.js";
import { diagnosticsOf, unaffectedText } from "./report.js";
import type { CheckReport, FileReport } from "./report.js";

/** For people: each claim with what was measured on standard output, what is wrong on the error stream. */
export function printFile(session: Session, report: FileReport): void {
  const { file, outcomes, sources } = report;
  const diagnostics = diagnosticsOf(report);
  const colours = coloursFor(session, session.output);
  const marks = { holds: colours.green("holds"), fails: colours.red("FAILS") };
  // A `for` may be long, and what it comes to stands right after it.
  const width = Math.max(0, ...outcomes.map(({ text, property }) => (property ? 0 : text.length)));
  const lines = [colours.bold(file)];
  let subject = "";
  for (const outcome of outcomes) {
    if (outcome.subject !== subject) lines.push(`  ${(subject = outcome.subject)}`);
    lines.push(`    ${marks[outcome.state]}  ${outcome.text.padEnd(width)}  ${outcome.measuredText}`);
  }
  if (outcomes.length === 0 && diagnostics.length === 0) lines.push("  nothing is claimed");
  session.output.write(`${lines.join("\n")}\n`);
  reportDiagnostics(session, { diagnostics, sources });
}

export function printRest(session: Session, report: CheckReport): void {
  const unaffected = unaffectedText(report);
  if (unaffected !== undefined) session.output.write(`${unaffected}\n`);
}
