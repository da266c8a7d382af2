/**
 * Workflow commands of GitHub Actions: a line each, which the runner takes out of the log of a step and shows beside the
 * lines of a pull request. `::error file=..,line=..::message`
 */
import { printable } from "../../../compiler/diagnostics/excerpt.js";
import { renderJson } from "../../../compiler/diagnostics/render-json.js";
import type { JsonDiagnostic, JsonPlace } from "../../../compiler/diagnostics/render-json.js";
import type { Severity } from "../../../compiler/diagnostics/types.js";
import type { Session } from "../session.js";
import { pathsFromRoot } from "./paths.js";
import type { PathFromRoot } from "./paths.js";
import { countsText, diagnosticsOf, unaffectedText } from "./report.js";
import type { CheckReport } from "./report.js";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", note: "notice" };

export function renderGithub(session: Session, report: CheckReport): string {
  const fromRoot = pathsFromRoot(session);
  const lines = report.files.flatMap((file) =>
    renderJson(diagnosticsOf(file), (path) => file.sources.get(path)).map((each) => commandOf(each, fromRoot)),
  );
  // Nothing of the user's begins a line: two colons there would be a command.
  lines.push(`checked ${countsText(report)}`);
  const unaffected = unaffectedText(report);
  if (unaffected !== undefined) lines.push(printable(unaffected));
  return `${lines.join("\n")}\n`;
}

function commandOf(diagnostic: JsonDiagnostic, fromRoot: PathFromRoot): string {
  const { code, name, severity, message, related, fixes } = diagnostic;
  const title = `${code} ${name}`;
  const place = placeOf(diagnostic, fromRoot);
  const rows = [
    // Where there is no file of the checkout to show it beside, the message says where it is.
    place.file === undefined && diagnostic.file !== "" ? `${placeText(diagnostic)}: ${message}` : message,
    ...related.map((each) => `${placeText(each)}: ${each.message}`),
    ...fixes.map((fix) => `fix: ${fix.title}`),
  ];
  return workflowCommand(commands[severity], { ...place, title }, rows.map(printable).join("\n"));
}

/** The runner refuses columns of what goes over several lines. */
function placeOf(place: JsonPlace, fromRoot: PathFromRoot) {
  const file = fromRoot(place.file);
  if (file === undefined) return {};
  const { line, column, endLine } = place;
  if (line === 0) return { file };
  return line === endLine ? { file, line, endLine, col: column } : { file, line, endLine };
}

function placeText({ file, line, column }: JsonPlace): string {
  return line === 0 ? file : `${file}:${line}:${column}`;
}

/** A line that the runner reads as a command; properties without a value are left out. */
export function workflowCommand(
  command: string,
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const written = Object.entries(properties)
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${command}${written.length === 0 ? "" : ` ${written.join(",")}`}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
