/** Tables made from nothing, or from other tables: all pairs, projections, compositions. */
import type { Expr, Identifier } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import { columnNames, columnOf } from "../graph/table-columns.js";
import { locate } from "./bound-program.js";
import { compileRowNumber } from "./table-expressions.js";
import type { RowValue } from "./table-expressions.js";
import { evaluateRows } from "./table-evaluation.js";
import { rowOfEach } from "../graph/table-lookups.js";
import { joinEqualRows, orderRows } from "./table-rows.js";
import { isSmallEnough, nameOf } from "./table-scope.js";
import type { MakeRows, TableScope } from "./table-scope.js";

/** Every pair; `where` leaves some. Weights are 1. */
export function allPairs(source: Expr, scope: TableScope): MakeRows | undefined {
  if (source.kind === "CallExpr") return refuseArguments(source, "no arguments", scope);
  return ({ fromSize, toSize }) => {
    const count = fromSize * toSize;
    if (!isSmallEnough(count, scope)) return undefined;
    const from = Int32Array.from({ length: count }, (_, row) => row % fromSize);
    const to = Int32Array.from({ length: count }, (_, row) => Math.floor(row / fromSize));
    return orderRows({ from, to, weight: new Float64Array(count).fill(1) }, toSize);
  };
}

/** `project(R, e)`: the different (from, e) of R's rows, `project(R, a, b)`: (a, b). Weights of rows that meet add up. */
export function projected(source: Expr, scope: TableScope): MakeRows | undefined {
  if (source.kind !== "CallExpr" || source.arguments.length < 2 || source.arguments.length > 3)
    return refuseArguments(source, "a table and what its rows become", scope);
  const [first, ...ends] = source.arguments;
  const table = tableArgument(first!, scope);
  if (!table) return undefined;
  const variables = columnVariables(table);
  const expressions = ends.map((end) => compileOver(end, variables, scope));
  if (!expressions.every((one) => one !== undefined)) return undefined;
  return ({ fromAxis, fromSize, toAxis, toSize }) => {
    const ending = { name: "to", axis: toAxis, size: toSize };
    const to = evaluateRows(expressions.at(-1)!, table, ending, scope.diagnostics);
    const column = { name: "from", axis: fromAxis, size: fromSize };
    const from =
      expressions.length === 2
        ? evaluateRows(expressions[0]!, table, column, scope.diagnostics)
        : sameAxis(first!, table, column, scope);
    if (!from || !to) return undefined;
    return joinEqualRows(orderRows({ from, to, weight: table.weight }, toSize), toSize);
  };
}

/** `then(R, S)`: R's rows, their `to` what S relates it to. */
export function composed(source: Expr, scope: TableScope): MakeRows | undefined {
  if (source.kind !== "CallExpr" || source.arguments.length !== 2) return refuseArguments(source, "two tables", scope);
  const [first, second] = source.arguments;
  const table = tableArgument(first!, scope);
  const map = tableArgument(second!, scope);
  if (!table || !map) return undefined;
  return ({ fromAxis, fromSize, toAxis, toSize }) => {
    const rows = rowOfEach(map);
    if ("several" in rows) {
      const parts = { name: map.name, axis: map.fromAxis, index: rows.several, found: rows.count };
      scope.diagnostics.report("table-not-a-map", locate(scope.where, second!), parts);
      return undefined;
    }
    const from = sameAxis(first!, table, { name: "from", axis: fromAxis, size: fromSize }, scope);
    if (!from || !hasSize(second!, map, "to", toAxis, toSize, scope)) return undefined;
    if (!hasSize(first!, table, "to", map.fromAxis, map.fromSize, scope)) return undefined;
    const to = table.to.map((index) => map.to[rows.of[index]!]!);
    return orderRows({ from, to, weight: table.weight }, toSize);
  };
}

function refuseArguments(source: Expr, expected: string, { where, diagnostics }: TableScope): undefined {
  const found = source.kind === "CallExpr" ? source.arguments.length : 0;
  diagnostics.report("wrong-argument-count", locate(where, source), { name: nameOf(source), expected, found });
  return undefined;
}

function tableArgument(expression: Expr, scope: TableScope): TableData | undefined {
  if (expression.kind === "NameExpr") return scope.tableNamed(expression.name, scope.where)?.table;
  scope.diagnostics.report("table-expression", locate(scope.where, expression), { what: "This" });
  return undefined;
}

/** The `from` of another table's rows, where it is this one's. */
function sameAxis(
  place: Expr,
  table: TableData,
  { axis, size }: { readonly name: string; readonly axis: string; readonly size: number },
  scope: TableScope,
): Int32Array | undefined {
  return hasSize(place, table, "from", axis, size, scope) ? table.from : undefined;
}

function hasSize(
  place: Expr,
  table: TableData,
  column: "from" | "to",
  axis: string,
  size: number,
  { where, diagnostics }: TableScope,
): boolean {
  const found = columnOf(table, column);
  if (found.size === size) return true;
  const parts = {
    name: table.name,
    column,
    found: `\`${found.axis}\` (${found.size})`,
    needed: `\`${axis}\` (${size})`,
  };
  diagnostics.report("table-axis-size", locate(where, place), parts);
  return false;
}

/** Names of a table's columns, as the row at hand has them. */
function columnVariables(table: TableData): Map<string, RowValue> {
  const variables = new Map<string, RowValue>();
  for (const name of columnNames(table)) {
    const { values } = columnOf(table, name);
    variables.set(name, ({ row }) => values[row]!);
  }
  return variables;
}

function compileOver(expression: Expr, variables: ReadonlyMap<string, RowValue>, scope: TableScope) {
  const { where: file, values, diagnostics } = scope;
  const table = (name: Identifier) => scope.tableNamed(name, file)?.table;
  return compileRowNumber(expression, { file, values, diagnostics, variables, table });
}
