/**
 * Index expressions of ops: sums of index variables times whole numbers, a column of a table at a row, or of the only row
 * that a table has for an index.
 */
import type { CallExpr, Expr, MemberExpr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { Quantity } from "../bind/quantity.js";
import { columnNamed, columnOfIndex } from "../graph/table-columns.js";
import { rowOfEach } from "../graph/table-lookups.js";
import { columnAxis } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { hasColumn, tableNamed } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";
import { addAffine, constantIndex, exactVariable, indexRange } from "../kernels/index-math.js";
import type { AffineIndex } from "../kernels/index-math.js";
import type { IndexIR, IndexVariable } from "./ir.js";

export interface IndexScope {
  readonly context: CheckContext;
  readonly environment: TypeEnvironment;
  readonly file: string;
  /** Index names in scope: a variable, plus where its range begins. */
  readonly indices: ReadonlyMap<string, AffineIndex>;
  readonly variables: readonly IndexVariable[];
  /** Sizes and numbers by name. */
  readonly numbers: ReadonlyMap<string, Quantity>;
}

/** Undefined where it is no index, which is reported. */
export function translateIndex(expression: Expr, scope: IndexScope): IndexIR | undefined {
  return translate(expression, scope, 0);
}

/** Longer index expressions are no index anyone writes; their depth must be bounded. */
const deepestIndex = 100;

function translate(expression: Expr, scope: IndexScope, depth: number): IndexIR | undefined {
  const { context, file } = scope;
  if (depth > deepestIndex) return refuseIndex(expression, scope);
  if (!mentionsIndex(expression, scope, 0)) {
    if (expression.kind === "CallExpr" && isColumnCall(expression, scope)) return refuseRow(expression, scope);
    const value = context.bound.evaluate(expression, file, scope.numbers)?.value;
    if (value === undefined) return undefined;
    return Number.isSafeInteger(value) ? constantIndex(value) : refuseIndex(expression, scope);
  }
  switch (expression.kind) {
    case "NameExpr":
      return scope.indices.get(expression.name.text);
    case "UnaryExpr": {
      const operand = affine(expression.operand, scope, depth);
      return operand && addAffine(constantIndex(0), operand, -1);
    }
    case "BinaryExpr": {
      const left = affine(expression.left, scope, depth);
      const right = affine(expression.right, scope, depth);
      if (!left || !right) return undefined;
      if (expression.operator === "+") return addAffine(left, right);
      if (expression.operator === "-") return addAffine(left, right, -1);
      if (expression.operator === "*" && left.terms.length === 0)
        return addAffine(constantIndex(0), right, left.offset);
      if (expression.operator === "*" && right.terms.length === 0)
        return addAffine(constantIndex(0), left, right.offset);
      return refuseIndex(expression, scope);
    }
    case "CallExpr":
      if (expression.callee.kind === "MemberExpr") return translateLookup(expression, expression.callee, scope);
      return isColumnCall(expression, scope) ? translateColumn(expression, scope) : refuseIndex(expression, scope);
    default:
      return refuseIndex(expression, scope);
  }
}

function affine(expression: Expr, scope: IndexScope, depth: number): AffineIndex | undefined {
  const index = translate(expression, scope, depth + 1);
  if (!index || index.kind === "affine") return index;
  return refuseIndex(expression, scope);
}

/** Whether the value differs from index to index. */
function mentionsIndex(expression: Expr, scope: IndexScope, depth: number): boolean {
  if (depth > deepestIndex) return true;
  const inside = (part: Expr) => mentionsIndex(part, scope, depth + 1);
  switch (expression.kind) {
    case "NameExpr":
      return scope.indices.has(expression.name.text);
    case "UnaryExpr":
      return inside(expression.operand);
    case "BinaryExpr":
      return inside(expression.left) || inside(expression.right);
    case "CallExpr":
      return expression.arguments.some(inside);
    default:
      return false;
  }
}

/** `to(..)`, `from(..)`, or another name that is a column of some table; or such a column of a table that is named. */
export function isColumnCall(expression: Expr, { context }: Pick<IndexScope, "context">): boolean {
  if (expression.kind !== "CallExpr") return false;
  if (expression.callee.kind === "MemberExpr") return expression.callee.object.kind === "NameExpr";
  if (expression.callee.kind !== "NameExpr") return false;
  const { text } = expression.callee.name;
  return text === "to" || text === "from" || context.tables.some((table) => columnNamed(table, text) !== undefined);
}

function translateColumn(call: CallExpr, scope: IndexScope): IndexIR | undefined {
  const row = translateRow(call, scope);
  const name = call.callee.kind === "NameExpr" ? call.callee.name : undefined;
  if (!row || !name || !hasColumn(row.table, name, scope, scope.context)) return undefined;
  return { kind: "column", table: row.table, column: name.text, at: row.at };
}

/** `doc.to(s)`: of the only row that the table has for index s. */
function translateLookup(call: CallExpr, callee: MemberExpr, scope: IndexScope): IndexIR | undefined {
  const { context, file, environment, variables } = scope;
  const { object, member } = callee;
  const [argument] = call.arguments;
  if (object.kind !== "NameExpr" || !argument) return refuseIndex(call, scope);
  if (call.arguments.length !== 1) {
    const parts = { name: member.text, expected: "one index", found: call.arguments.length };
    context.diagnostics.report("wrong-argument-count", locate(file, call), parts);
    return undefined;
  }
  const number = tableNamed(object.name, environment, context);
  const at = translateIndex(argument, scope);
  if (number === undefined || !at || !hasColumn(number, member, scope, context)) return undefined;
  const table = context.tables[number]!;
  const rows = rowOfEach(table);
  if ("several" in rows) {
    const parts = { name: table.name, axis: table.fromAxis, index: rows.several, found: rows.count };
    context.diagnostics.report("table-not-a-map", locate(file, object), parts);
    return undefined;
  }
  const range = indexRange(at, variables, context.inference.columnSize);
  if (range && (range.low < 0 || range.high >= table.fromSize)) {
    const text = context.bound.files.get(file)?.text.slice(argument.span.start, argument.span.end) ?? "";
    const axis = `\`${table.fromAxis}\``;
    const parts = { text, low: range.low, high: range.high, axis, name: table.name, last: table.fromSize - 1 };
    context.diagnostics.report("index-out-of-range", locate(file, argument), parts);
    return undefined;
  }
  return { kind: "column", table: number, column: columnOfIndex(member.text), at };
}

/** The one argument of `to`, `from` or `weight`: the index of a row. */
export function translateRow(call: CallExpr, scope: IndexScope): { table: number; at: IndexIR } | undefined {
  const [argument] = call.arguments;
  const at = argument && call.arguments.length === 1 ? translateIndex(argument, scope) : undefined;
  const table = at && rowsTable(at, scope);
  if (at && table !== undefined) return { table, at };
  if (!argument || at) refuseRow(call, scope);
  return undefined;
}

/** The table whose rows an index ranges over: a variable's own, or the one that a column points into. */
function rowsTable(index: IndexIR, { variables, context }: IndexScope): number | undefined {
  if (index.kind === "column") return columnAxis(context.tables, index.table, index.column).table;
  const variable = exactVariable(index);
  return variable === undefined ? undefined : variables[variable]!.table;
}

function refuseRow(call: CallExpr, { context, file }: IndexScope): undefined {
  const column = call.callee.kind === "NameExpr" ? call.callee.name.text : "this";
  context.diagnostics.report("needs-row-index", locate(file, call), { column });
  return undefined;
}

function refuseIndex(expression: Expr, { context, file }: IndexScope): undefined {
  context.diagnostics.report("index-not-affine", locate(file, expression), {});
  return undefined;
}
