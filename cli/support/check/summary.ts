/** Markdown for a pull request: which files hold, each claim with what was measured, and what is wrong, as in the terminal. */
import { printable } from "../../../compiler/diagnostics/excerpt.js";
import { renderText } from "../../../compiler/diagnostics/render-text.js";
import { hasError } from "../../../evidence/attempt.js";
import type { ClaimOutcome } from "../../../evidence/claims.js";
import { countsOf, countsText, diagnosticsOf, unaffectedText } from "./report.js";
import type { CheckReport, FileReport } from "./report.js";

/** Bytes that GitHub takes for the summary of a step, with room for what other commands of the step write. */
const roomForSummary = 900 * 1024;

export function renderSummary(report: CheckReport): string {
  const sections = [filesTable(report.files), ...report.files.map(fileSection)].filter((section) => section !== "");
  const unaffected = unaffectedText(report);
  if (unaffected !== undefined) sections.splice(1, 0, `${escaped(unaffected)}.`);
  return `${fitting([`## stretto check: ${countsText(report)}`, ...sections]).join("\n\n")}\n`;
}

/** Sections as long as there is room, each whole or not at all. */
function fitting(sections: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let size = 0;
  for (const section of sections) {
    size += Buffer.byteLength(section) + 2;
    if (size > roomForSummary) return [...kept, "There is more, and no room for it here: the log has all of it."];
    kept.push(section);
  }
  return kept;
}

function filesTable(reports: readonly FileReport[]): string {
  if (reports.length === 0) return "";
  const rows = reports.map((report) => {
    const { holds, fails, errors } = countsOf(report);
    const { schedules } = report;
    const proved = schedules.filter(({ diagnostics }) => !hasError(diagnostics)).length;
    return [
      markOf(!hasError(diagnosticsOf(report))),
      code(report.file),
      `${proved} of ${schedules.length}`,
      ...[holds, fails, errors].map(String),
    ];
  });
  const heads = ["", "file", "schedules proved", "claims hold", "fail", "errors elsewhere"];
  return table(heads, rows);
}

/** Open where something is wrong. */
function fileSection(report: FileReport): string {
  const { file, outcomes, sources } = report;
  const diagnostics = diagnosticsOf(report);
  const parts: string[] = [];
  if (outcomes.length > 0) parts.push(table(["", "of", "claimed", "measured"], outcomes.map(claimRow)));
  for (const diagnostic of diagnostics) parts.push(fenced(renderText([diagnostic], (path) => sources.get(path))));
  if (parts.length === 0) return "";
  const head = `<details${hasError(diagnostics) ? " open" : ""}>\n<summary>${escaped(file)}</summary>`;
  return [head, ...parts, "</details>"].join("\n\n");
}

const states = { holds: "holds", fails: "**fails**" } as const;

function claimRow({ state, subject, text, measuredText }: ClaimOutcome): string[] {
  return [states[state], code(subject), code(text), escaped(measuredText)];
}

function markOf(isGood: boolean): string {
  return isGood ? "good" : "**wrong**";
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** No line of what is rendered is backticks alone, so that none ends the fence: each begins with a place or a number. */
function fenced(text: string): string {
  return `\`\`\`text\n${text}\`\`\``;
}

/** Text as code, in a cell of a table: in backticks where nothing in it means anything there. */
function code(text: string): string {
  const isPlain = /^[^\s`|\\\p{C}](?:[^`|\\\p{C}\p{Zl}\p{Zp}]*[^\s`|\\\p{C}])?$/u.test(text);
  return isPlain ? `\`${text}\`` : `<code>${escaped(text)}</code>`;
}

/** Text that is only text: what could mean something in Markdown or HTML is a character reference. */
function escaped(text: string): string {
  return printable(text).replace(/[!-+:-@[-`{-~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
