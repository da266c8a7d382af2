// How rows are laid out: markdown as prettier has it.

export function timeTable(rows) {
  const cells = rows.map(([name, source, own, why]) => [
    name,
    `${source.toFixed(3)} ms`,
    milliseconds(own),
    difference(own / 1e6, source),
    why,
  ]);
  return table(["what", "published", "predicted", "difference", "why"], cells, [1, 2, 3]);
}

export const milliseconds = (nanoseconds) => `${(nanoseconds / 1e6).toFixed(3)} ms`;
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
export const ratio = (value) => value.toFixed(3);
export const difference = (own, source) =>
  `${own < source ? "-" : "+"}${Math.abs((own / source - 1) * 100).toFixed(1)} %`;

export function section(heading, text, rows) {
  return `### ${heading}\n\n${text}\n\n${rows}`;
}

/** A markdown table as prettier lays it out. */
export function table(header, rows, right) {
  const lines = [header, ...rows].map((line) => line.map(String));
  const widths = header.map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const pad = (text, column) => (right.includes(column) ? text.padStart(widths[column]) : text.padEnd(widths[column]));
  const rule = widths.map((width, column) =>
    right.includes(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width),
  );
  const [first, ...rest] = lines.map((line) => `| ${line.map(pad).join(" | ")} |`);
  return [first, `| ${rule.join(" | ")} |`, ...rest].join("\n") + "\n";
}
