import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { sortRows } from "./table-generator.js";
import type { GeneratedRows } from "./table-generator.js";

export interface TableSizes {
  readonly fromAxis: string;
  readonly fromSize: number;
  readonly toAxis: string;
  readonly toSize: number;
  /** Rows of each index of `from`. */
  readonly count: number;
}

interface Row {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** A cell, or a whole line, and where in the text it stands. */
interface Piece {
  readonly text: string;
  readonly start: number;
}

/** So much of a cell is shown in a message. */
const longestShown = 40;

/**
 * The rows of a recorded table: a line `from,to` or `from,to,weight`, then a line a row, in any order; blank lines and
 * those that begin with `#` are passed over. Without weights those of one `from` are equal and sum to 1. Undefined where
 * something is wrong, which is reported: a line at its place in `file`, what the file lacks at `place`.
 */
export function readRecordedRows(
  text: string,
  file: string,
  shape: TableSizes,
  place: Location,
  diagnostics: DiagnosticCollector,
): GeneratedRows | undefined {
  const { fromAxis, fromSize, toAxis, toSize, count } = shape;
  const chosen = new Int32Array(fromSize * count);
  const weights = new Float64Array(fromSize * count);
  const taken = new Int32Array(fromSize);
  /** Columns that the first line names; 0 before it. */
  let width = 0;
  let refused = false;

  for (const line of linesOf(text)) {
    if (diagnostics.isFull(file)) return undefined;
    if (width === 0) {
      width = headerWidth(line.text);
      if (width === 0) {
        diagnostics.report("table-header", locate(line), { found: shown(line.text) });
        return undefined;
      }
      continue;
    }
    const row = rowOf(line);
    if (!row || !addRow(row, line)) refused = true;
  }
  if (width === 0) {
    diagnostics.report("table-header", place, { found: "an empty file" });
    return undefined;
  }
  if (refused || !isComplete()) return undefined;
  return sortRows(chosen, weights, count, toSize);

  function rowOf(line: Piece): Row | undefined {
    const cells = cellsOf(line);
    if (cells.length !== width) {
      diagnostics.report("table-row-width", locate(line), { expected: width, found: cells.length });
      return undefined;
    }
    const from = indexOf(cells[0]!, "from", fromAxis, fromSize);
    const to = indexOf(cells[1]!, "to", toAxis, toSize);
    const weight = cells[2] ? weightOf(cells[2]) : 1 / count;
    return from === undefined || to === undefined || weight === undefined ? undefined : { from, to, weight };
  }

  function indexOf(cell: Piece, column: string, axis: string, size: number): number | undefined {
    const isWhole = /^\d+$/.test(cell.text);
    if (isWhole && Number(cell.text) < size) return Number(cell.text);
    const expected = isWhole ? `at most ${size - 1}, since \`${axis}\` is ${size}` : `a whole number from 0`;
    reportCell(cell, column, expected);
    return undefined;
  }

  function weightOf(cell: Piece): number | undefined {
    const value = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell.text) ? Number(cell.text) : NaN;
    if (Number.isFinite(value)) return value;
    reportCell(cell, "weight", "a finite number of at least 0");
    return undefined;
  }

  function reportCell(cell: Piece, column: string, expected: string): void {
    diagnostics.report("table-cell", locate(cell), { column, expected, found: shown(cell.text) });
  }

  /** Puts a row among those of its `from`; false where it is there already or there are enough. */
  function addRow({ from, to, weight }: Row, line: Piece): boolean {
    const first = from * count;
    const next = first + taken[from]!;
    if (chosen.subarray(first, next).includes(to)) {
      diagnostics.report("table-row-twice", locate(line), { from, to });
      return false;
    }
    if (taken[from] === count) {
      const parts = { axis: fromAxis, index: from, found: `more than ${count}`, needed: count, more: "" };
      diagnostics.report("table-row-count", locate(line), parts);
      return false;
    }
    chosen[next] = to;
    weights[next] = weight;
    taken[from]! += 1;
    return true;
  }

  function isComplete(): boolean {
    const index = taken.findIndex((found) => found < count);
    if (index < 0) return true;
    const others = taken.reduce((sum, found) => sum + (found < count ? 1 : 0), 0) - 1;
    const more = others === 0 ? "" : ` So it is with ${others} more.`;
    const parts = { axis: fromAxis, index, found: taken[index]!, needed: count, more };
    diagnostics.report("table-row-count", place, parts);
    return false;
  }

  function locate({ text: { length }, start }: Piece): Location {
    return { file, span: { start, end: start + length } };
  }
}

/** 0 where the line is no header. */
function headerWidth(line: string): number {
  const names = line
    .split(",")
    .map((name) => name.trim())
    .join();
  return names === "from,to" ? 2 : names === "from,to,weight" ? 3 : 0;
}

/** Lines that are neither blank nor comments, without the spaces round them. */
function* linesOf(text: string): Generator<Piece> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = trimmed(text.slice(start, end), start);
    if (line.text !== "" && !line.text.startsWith("#")) yield line;
    start = end + 1;
  }
}

function cellsOf(line: Piece): Piece[] {
  let start = line.start;
  return line.text.split(",").map((cell) => {
    const piece = trimmed(cell, start);
    start += cell.length + 1;
    return piece;
  });
}

function trimmed(text: string, start: number): Piece {
  return { text: text.trim(), start: start + text.length - text.trimStart().length };
}

function shown(text: string): string {
  return `\`${text.length > longestShown ? `${text.slice(0, longestShown)}..` : text}\``;
}
