/** Expressions over rows, evaluated for each row of a table. */
import type { TableData } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import type { Cursor, RowExpression } from "./table-expressions.js";

type Ends = Pick<TableData, "from" | "to">;

/** A column's value for each row; undefined where one has none or it is outside the axis, which is reported. */
export function evaluateRows(
  expression: RowExpression,
  rows: Ends,
  column: { readonly name: string; readonly axis: string; readonly size: number },
  diagnostics: DiagnosticCollector,
): Int32Array | undefined {
  const found = new Int32Array(rows.from.length);
  const complete = forEachRow(expression, rows, diagnostics, (value, cursor) => {
    found[cursor.row] = value;
    if (value >= 0 && value < column.size) return true;
    const parts = {
      ...{ column: column.name, from: cursor.from, to: cursor.to, value },
      ...{ axis: column.axis, last: column.size - 1 },
    };
    diagnostics.report("table-value", locate(expression.file, expression.expression), parts);
    return false;
  });
  return complete ? found : undefined;
}

/** 1 for each row for which a condition holds; undefined where it has no value for one, which is reported. */
export function rowsThatHold(
  condition: RowExpression,
  rows: Ends,
  diagnostics: DiagnosticCollector,
): Uint8Array | undefined {
  const keep = new Uint8Array(rows.from.length);
  const complete = forEachRow(condition, rows, diagnostics, (value, { row }) => {
    keep[row] = value;
    return true;
  });
  return complete ? keep : undefined;
}

/** Visits the value of each row until one has none, which is reported, or the visit returns false. */
function forEachRow(
  { expression, file, value, fault }: RowExpression,
  { from, to }: Ends,
  diagnostics: DiagnosticCollector,
  visit: (value: number, cursor: Cursor) => boolean,
): boolean {
  const cursor: Cursor = { row: 0, from: 0, to: 0 };
  for (let row = 0; row < from.length; row += 1) {
    cursor.row = row;
    cursor.from = from[row]!;
    cursor.to = to[row]!;
    const result = value(cursor);
    const problem = fault();
    if (problem) {
      const parts = { from: cursor.from, to: cursor.to, reason: problem.reason };
      diagnostics.report("table-no-value", locate(file, problem.expression ?? expression), parts);
      return false;
    }
    if (!visit(result, cursor)) return false;
  }
  return true;
}
