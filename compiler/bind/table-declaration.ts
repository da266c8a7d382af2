/** One table: its axes, its rows, the rows that `where` keeps, its further columns. */
import type { Expr, Identifier, TableColumnDecl, TableDecl } from "../../grammar/ast.js";
import type { TableColumn, TableData } from "../check/ir.js";
import { locate } from "./bound-program.js";
import type { TableDefinition } from "./bound-program.js";
import type { Setting } from "./settings.js";
import { expectSize, expectWhole } from "./sizes.js";
import { evaluateRows, rowsThatHold } from "./table-evaluation.js";
import { compileRowExpression, compileRowNumber } from "./table-expressions.js";
import type { RowValue } from "./table-expressions.js";
import { filterRows } from "./table-rows.js";
import type { GeneratedRows } from "./table-rows.js";
import { nameOf } from "./table-scope.js";
import type { TableContext, TableScope } from "./table-scope.js";
import { isSeeded, rowSource, takesTop } from "./table-sources.js";

type DeclarationContext = TableContext & Pick<TableScope, "tableNamed">;

/** An axis that a column points into. */
interface ColumnAxis {
  readonly axis: string;
  readonly size: number;
  /** Where it is the rows of a table: its index. */
  readonly table?: number;
}

/** Columns that every table has. */
const ownColumns: readonly string[] = ["from", "to", "weight"];

/** A table with its rows; its further columns come once what they name has rows. */
export interface UnfinishedTable {
  readonly data: TableData;
  /** False where something is wrong with a column, which is reported. */
  addColumns(): boolean;
}

/** The table with its rows; undefined where something is wrong with them, which is reported. */
export function makeTable(
  definition: TableDefinition,
  setting: Setting | undefined,
  context: DeclarationContext,
): UnfinishedTable | undefined {
  const { node, file } = definition;
  const { values, diagnostics } = context;
  const name = node.name.text;
  const fromSize = sizeOf(node.from);
  const toSize = sizeOf(node.to);
  const fromAxis = axisName(node.from);
  const toAxis = axisName(node.to);
  const source = setting?.value ?? node.source;
  const scope: TableScope = {
    ...{ definition, context, values, diagnostics, toAxis, tableNamed: context.tableNamed },
    source,
    // Other rows that are drawn keep the declared seed.
    ...(setting && (setting.seed || !source || !isSeeded(source))
      ? { seed: setting.seed, seedFile: setting.seedFile ?? setting.file }
      : { seed: node.seed, seedFile: file }),
    guard: setting ? setting.guard : node.guard,
    where: setting?.file ?? file,
  };
  const count = countOf(node.columns);
  const makeRows = rowSource(scope);
  if (!fromSize || !toSize || !count || !makeRows || !hasDistinctNames(node.with)) return undefined;
  const plainAxes = new Map<TableColumnDecl, ColumnAxis>();
  for (const column of node.with) {
    if (rowsOf(column)) continue;
    const size = sizeOf(column.axis);
    if (size === undefined) return undefined;
    plainAxes.set(column, { axis: axisName(column.axis), size });
  }
  // Numbers of rows are no data that a file could hold: they are computed.
  const recordable = [...plainAxes].map(([column, axis]) => ({ ...axis, name: column.name.text }));
  const drawn = makeRows({ fromAxis, fromSize, toAxis, toSize, count, columns: recordable });
  const rows = drawn && guarded(drawn, toSize);
  if (!rows) return undefined;
  const rowCount = rows.from.length;
  if (rowCount === 0) {
    diagnostics.report("table-empty", locate(file, node.name), { name });
    return undefined;
  }
  const { from, to, weight, toStart } = rows;
  const columns: TableColumn[] = [];
  const location = locate(file, node.name);
  return {
    data: { name, fromAxis, fromSize, toAxis, toSize, rowCount, from, to, weight, toStart, columns, location },
    addColumns: () => addColumns(rows, columns),
  };

  function sizeOf(expression: Expr): number | undefined {
    const quantity = values.evaluate(expression, file);
    const what = `The size of \`${axisName(expression)}\``;
    return quantity && expectSize(quantity, { diagnostics, file, expression, what });
  }

  /** Of a name its text; of another expression what is written. */
  function axisName(expression: Expr): string {
    if (expression.kind === "NameExpr") return expression.name.text;
    return context.textOf(file).slice(expression.span.start, expression.span.end);
  }

  /** The table of `rows(P)`, where a column leads into it. */
  function rowsOf({ axis }: TableColumnDecl): Identifier | undefined {
    const [argument] = axis.kind === "CallExpr" && nameOf(axis) === "rows" ? axis.arguments : [];
    return argument?.kind === "NameExpr" ? argument.name : undefined;
  }

  function rowsAxis(column: TableColumnDecl): ColumnAxis | undefined {
    const found = context.tableNamed(rowsOf(column)!, file);
    return found && { axis: `rows(${found.table.name})`, size: found.table.rowCount, table: found.index };
  }

  /** How many rows each index of `from` has: `top(k)`, `any`. */
  function countOf(columns: TableDecl["columns"]): number | "any" | undefined {
    let found: number | "any" | undefined = 1;
    columns.forEach((column, index) => {
      const isAny = column.kind === "NameExpr" && column.name.text === "any";
      const isTop = column.kind === "CallExpr" && nameOf(column) === "top";
      const [argument] = isTop && column.arguments.length === 1 ? column.arguments : [];
      if (!isAny && !argument) {
        diagnostics.report("unknown-column", locate(file, column), {});
        found = undefined;
      } else if (index > 0) {
        diagnostics.report("duplicate-setting", locate(file, column), { name: isAny ? "any" : "top" });
        found = undefined;
      } else if (scope.source && !takesTop(scope.source)) {
        diagnostics.report("top-not-drawn", locate(file, column), { source: nameOf(scope.source) });
        found = undefined;
      } else if (!argument) found = "any";
      else {
        const quantity = values.evaluate(argument, file);
        const what = "The number of choices";
        found = quantity && expectSize(quantity, { diagnostics, file, expression: argument, what });
      }
    });
    return found;
  }

  function hasDistinctNames(columns: readonly TableColumnDecl[]): boolean {
    const seen = new Set(ownColumns);
    return columns.reduce((distinct, { name: column }) => {
      if (!seen.has(column.text)) {
        seen.add(column.text);
        return distinct;
      }
      diagnostics.report("duplicate-setting", locate(file, column), { name: column.text });
      return false;
    }, true);
  }

  /** What `where` leaves of the rows. */
  function guarded(rows: GeneratedRows, size: number): GeneratedRows | undefined {
    const { guard, where } = scope;
    if (!guard) return rows;
    const condition = compileRowExpression(guard, rowScope(where, endVariables()));
    if (!condition) return undefined;
    if (!condition.isTruth) {
      const parts = { what: "What `where` asks", expected: "a condition", found: "a number" };
      diagnostics.report("wrong-unit", locate(where, guard), parts);
      return undefined;
    }
    const keep = rowsThatHold(condition, rows, diagnostics);
    return keep && filterRows(rows, keep, size);
  }

  /** The further columns: a value may name those before it. Those that the file has are taken from it. */
  function addColumns(rows: GeneratedRows, columns: TableColumn[]): boolean {
    const variables = endVariables();
    for (const column of node.with) {
      const axis = plainAxes.get(column) ?? rowsAxis(column);
      if (!axis) return false;
      const named = { ...axis, name: column.name.text };
      const found = rows.columns?.get(named.name) ?? computed(column, named, rows, variables);
      if (!found) return false;
      columns.push({ ...named, values: found });
      variables.set(named.name, ({ row }) => found[row]!);
    }
    return true;
  }

  function computed(
    { name: written, value, seed }: TableColumnDecl,
    axis: ColumnAxis & { readonly name: string },
    rows: GeneratedRows,
    variables: ReadonlyMap<string, RowValue>,
  ): Int32Array | undefined {
    if (!value) {
      diagnostics.report("table-column-missing", locate(file, written), { name: written.text, table: name });
      return undefined;
    }
    const number = seedOf(seed);
    if (number === undefined) return undefined;
    const draw = { size: axis.size, seed: number };
    const expression = compileRowNumber(value, { ...rowScope(file, variables), draw });
    return expression && evaluateRows(expression, rows, axis, diagnostics);
  }

  function seedOf(seed: Expr | undefined): number | undefined {
    if (!seed) return 0;
    const quantity = values.evaluate(seed, file);
    const report = { diagnostics, file, expression: seed, what: "A seed" };
    return quantity && expectWhole(quantity, 0, Number.MAX_SAFE_INTEGER, report);
  }

  function rowScope(at: string, variables: ReadonlyMap<string, RowValue>) {
    const table = (identifier: Parameters<TableScope["tableNamed"]>[0]) => context.tableNamed(identifier, at)?.table;
    return { file: at, values, diagnostics, variables, table };
  }
}

function endVariables(): Map<string, RowValue> {
  return new Map<string, RowValue>([
    ["from", ({ from }) => from],
    ["to", ({ to }) => to],
  ]);
}
