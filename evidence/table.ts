/** How a terminal sets words apart; elsewhere, not at all. */
export interface Emphasis {
  bold(text: string): string;
  dim(text: string): string;
}

export const plainText: Emphasis = { bold: (text) => text, dim: (text) => text };

export interface Column {
  readonly title: string;
  /** Numbers stand to the right, words to the left. */
  readonly align: "left" | "right";
}

/** Lines of a table: titles, then one line a row, two spaces between columns, no line longer than its content. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colours: Emphasis,
): string {
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? "";
        return column.align === "right" ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
      })
      .join("  ")
      .trimEnd();
  const titles = colours.dim(line(columns.map((column) => column.title)));
  return [titles, ...rows.map(line)].map((each) => `${each}\n`).join("");
}
