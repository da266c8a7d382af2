import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { cellsOf, linesOf, shown } from "./csv-lines.js";
import type { Piece } from "./csv-lines.js";
import { didYouMean, nearestName } from "./suggest.js";
import { orderRows } from "./table-rows.js";
import type { GeneratedRows } from "./table-rows.js";

export interface TableSizes {
  readonly fromAxis: string;
  readonly fromSize: number;
  readonly toAxis: string;
  readonly toSize: number;
  /** Rows of each index of `from`; "any" where a file says how many. */
  readonly count: number | "any";
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
  const from: number[] = [];
  const to: number[] = [];
  const weights: number[] = [];
  const taken = new Int32Array(fromSize);
  const pairs = new Set<number>();
  let header: Header | undefined;
  let further: number[][] = [];
  let refused = false;

  for (const line of linesOf(text)) {
    if (diagnostics.isFull(file)) return undefined;
    if (header === undefined) {
      header = headerOf(line);
      if (header === undefined) return undefined;
      further = header.further.map(() => []);
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
  const weight = header.hasWeight ? Float64Array.from(weights) : Float64Array.from(from, (index) => 1 / taken[index]!);
  const columns = new Map(header.further.map(({ name }, number) => [name, Int32Array.from(further[number]!)]));
  return orderRows({ from: Int32Array.from(from), to: Int32Array.from(to), weight, columns }, toSize);

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
    const weight = hasWeight ? weightOf(cells[2]!) : 1;
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

  /** Puts a row among the others; false where it is there already or its `from` has enough. */
  function addRow(row: Row, line: Piece): boolean {
    const pair = row.from * toSize + row.to;
    if (pairs.has(pair)) {
      diagnostics.report("table-row-twice", locate(line), { from: row.from, to: row.to });
      return false;
    }
    if (taken[row.from] === count) {
      const parts = { axis: fromAxis, index: row.from, found: `more than ${count}`, needed: count, more: "" };
      diagnostics.report("table-row-count", locate(line), parts);
      return false;
    }
    pairs.add(pair);
    from.push(row.from);
    to.push(row.to);
    weights.push(row.weight);
    row.further.forEach((value, column) => further[column]!.push(value));
    taken[row.from]! += 1;
    return true;
  }

  function isComplete(): boolean {
    if (count === "any") return true;
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
