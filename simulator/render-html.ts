import type { SimulationResult } from "./measure.js";
import { renderSvg } from "./render-svg.js";
import type { TimelineEntry } from "./render-svg.js";
import { formatBytes, formatTime } from "../compiler/diagnostics/quantities.js";
import { escapeText } from "./render-support.js";

/** Steps of a critical path listed at most. */
const stepLimit = 60;

const style = `
  :root { color-scheme: light dark; --paper: #ffffff; --ink: #1f2328; --faint: #6b7280; --rule: #e5e7eb; }
  @media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e6e8eb; --faint: #9aa3ae; --rule: #2b3038; } }
  body { margin: 24px; background: var(--paper); color: var(--ink); font: 14px/1.5 system-ui, sans-serif; }
  h1 { font-size: 20px; } summary { cursor: pointer; margin-top: 12px; }
  .scroll { overflow-x: auto; } .scroll svg { max-width: none; }
  table { border-collapse: collapse; margin: 8px 0 20px; font-variant-numeric: tabular-nums; }
  th, td { text-align: right; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--rule); white-space: nowrap; }
  th { color: var(--faint); font-weight: 500; } th:first-child, td:first-child, td.text { text-align: left; }
`;

/** A schedule to be drawn, and all that its prediction says. */
export type PredictedEntry = TimelineEntry & { readonly result: SimulationResult };

/** Timelines, what they come to and their critical paths, as one page that needs nothing else. */
export function renderHtml(heading: string, entries: readonly PredictedEntry[]): string {
  return [
    `<!doctype html>`,
    `<html lang="en">`,
    `<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeText(heading)}</title><style>${style}</style></head>`,
    `<body>`,
    `<h1>${escapeText(heading)}</h1>`,
    `<div class="scroll">${summaryTable(entries)}</div>`,
    `<div class="scroll">${renderSvg(entries)}</div>`,
    ...entries.map(criticalPath),
    `</body>`,
    `</html>\n`,
  ].join("\n");
}

const columns: readonly [string, (result: SimulationResult) => string][] = [
  ["time", (r) => formatTime(r.makespan_ns)],
  ["lower bound", (r) => formatTime(r.bound_ns)],
  ["time / bound", (r) => (r.bound_ns === 0 ? "" : (r.makespan_ns / r.bound_ns).toFixed(3))],
  ["set by", (r) => r.bound_by],
  ["computing", (r) => formatTime(r.compute_ns)],
  ["communicating", (r) => formatTime(r.communication_ns)],
  ["exposed", (r) => formatTime(r.exposed_communication_ns)],
  ["hidden", (r) => `${(r.hidden * 100).toFixed(1)} %`],
  ["moved", (r) => formatBytes(r.bytes_moved)],
  ["messages", (r) => r.messages.toLocaleString("en")],
];

function summaryTable(entries: readonly PredictedEntry[]): string {
  const head = columns.map(([name]) => `<th>${name}</th>`).join("");
  const rows = entries.map(({ title, result }) => {
    const cells = columns.map(([, cell]) => `<td>${escapeText(cell(result))}</td>`).join("");
    return `<tr><td>${escapeText(title)}</td>${cells}</tr>`;
  });
  return `<table><thead><tr><th>schedule</th>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function criticalPath({ title, result }: PredictedEntry): string {
  const steps = result.critical_path;
  const shown = steps.slice(0, stepLimit);
  const omitted = steps.length - shown.length + result.critical_path_omitted;
  const rows = shown.map((step) => {
    const label = step.tasks > 1 ? `${step.label} and ${step.tasks - 1} after it` : step.label;
    const times = [step.start_ns, step.finish_ns, step.finish_ns - step.start_ns];
    const cells = times.map((time) => `<td>${formatTime(time)}</td>`).join("");
    return `<tr><td>${escapeText(label)}</td>${cells}<td class="text">${step.why}</td></tr>`;
  });
  return [
    `<details><summary>Critical path of ${escapeText(title)}</summary>`,
    `<table><thead><tr><th>step</th><th>begins</th><th>ends</th><th>takes</th><th>waited for</th></tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table>`,
    omitted > 0 ? `<p>${omitted} more steps</p>` : "",
    `</details>`,
  ].join("\n");
}
