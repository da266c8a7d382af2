import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { didYouMean, nearestName } from "./suggest.js";
import { orderRows } from "./table-rows.js";
import type { GeneratedRows } from "./table-rows.js";

export interface TableSizes {
  readonly fromAxis: string;
  readonly fromSize: number;
  readonly toAxis: string;
  readonly toSize: number;
  /** Rows of each index of `from`. */
  readonly count: number;
  /** Further columns that the table declares. */
  readonly columns: readonly RecordedColumn[];
}

export interface RecordedColumn {
  readonly name: string;
  readonly axis: string;
  readonly size: number;
}

interface Row {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  /** Of the columns that the file has. */
  readonly further: readonly number[];
}

/** What the first line names. */
interface Header {
  readonly width: number;
  readonly hasWeight: boolean;
  readonly further: readonly RecordedColumn[];
}

/** A cell, or a whole line, and where in the text it stands. */
interface Piece {
  readonly text: string;
  readonly start: number;
}

/** So much of a cell is shown in a message. */
const longestShown = 40;

/**
 * The rows of a recorded table: a line `from,to`, `weight` and further columns of the table after them, then a line a
 * row, in any order; blank lines and those that begin with `#` are passed over. Without weights those of one `from` are
 * equal and sum to 1. Undefined where something is wrong, which is reported: a line at its place in `file`, what the file
 * lacks at `place`.
 */
export function readRecordedRows(
  text: string,
  file: string,
  shape: TableSizes,
  place: Location,
  diagnostics: DiagnosticCollector,
): GeneratedRows | undefined {
  const { fromAxis, fromSize, toAxis, toSize, count, columns: declared } = shape;
  const chosen = new Int32Array(fromSize * count);
  const weights = new Float64Array(fromSize * count);
  const taken = new Int32Array(fromSize);
  let header: Header | undefined;
  let further: Int32Array[] = [];
  let refused = false;

  for (const line of linesOf(text)) {
    if (diagnostics.isFull(file)) return undefined;
    if (header === undefined) {
      header = headerOf(line);
      if (header === undefined) return undefined;
      further = header.further.map(() => new Int32Array(chosen.length));
      continue;
    }
    const row = rowOf(line, header);
    if (!row || !addRow(row, line)) refused = true;
  }
  if (header === undefined) {
    diagnostics.report("table-header", place, { found: "an empty file" });
    return undefined;
  }
  if (refused || !isComplete()) return undefined;
  const from = Int32Array.from(chosen, (_, row) => Math.floor(row / count));
  const columns = new Map(header.further.map(({ name }, number) => [name, further[number]!]));
  return orderRows({ from, to: chosen, weight: weights, columns }, toSize);

  /** The columns in the order of the first line; a further one must be declared, and stands once. */
  function headerOf(line: Piece): Header | undefined {
    const cells = cellsOf(line);
    const [first, second, third] = cells.map(({ text }) => text);
    if (first !== "from" || second !== "to") {
      diagnostics.report("table-header", locate(line), { found: shown(line.text) });
      return undefined;
    }
    const hasWeight = third === "weight";
    const named: RecordedColumn[] = [];
    for (const cell of cells.slice(hasWeight ? 3 : 2)) {
      const column = declared.find(({ name }) => name === cell.text);
      if (!column || named.includes(column)) {
        const hint = didYouMean(nearestName(cell.text, column ? [] : declared.map(({ name }) => name)));
        diagnostics.report("table-header-column", locate(cell), { name: shown(cell.text), hint });
        return undefined;
      }
      named.push(column);
    }
    return { width: cells.length, hasWeight, further: named };
  }

  function rowOf(line: Piece, { width, hasWeight, further: columns }: Header): Row | undefined {
    const cells = cellsOf(line);
    if (cells.length !== width) {
      diagnostics.report("table-row-width", locate(line), { expected: width, found: cells.length });
      return undefined;
    }
    const from = indexOf(cells[0]!, "from", fromAxis, fromSize);
    const to = indexOf(cells[1]!, "to", toAxis, toSize);
    const weight = hasWeight ? weightOf(cells[2]!) : 1 / count;
    const others = columns.map(({ name, axis, size }, number) =>
      indexOf(cells[number + (hasWeight ? 3 : 2)]!, name, axis, size),
    );
    if (from === undefined || to === undefined || weight === undefined) return undefined;
    return others.every((other) => other !== undefined) ? { from, to, weight, further: others } : undefined;
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
  function addRow({ from, to, weight, further: others }: Row, line: Piece): boolean {
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
    others.forEach((value, column) => (further[column]![next] = value));
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
