/** Index expressions of ops: sums of index variables times whole numbers, or a column of a table at a row. */
import type { CallExpr, Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { Quantity } from "../bind/quantity.js";
import { columnNamed } from "../graph/table-columns.js";
import { columnAxis } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { hasColumn } from "./type-environment.js";
import { addAffine, constantIndex, exactVariable } from "./index-math.js";
import type { AffineIndex } from "./index-math.js";
import type { IndexIR, IndexVariable } from "./ir.js";

export interface IndexScope {
  readonly context: CheckContext;
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

/** `to(..)`, `from(..)`, or another name that is a column of some table. */
export function isColumnCall(expression: Expr, { context }: Pick<IndexScope, "context">): boolean {
  if (expression.kind !== "CallExpr" || expression.callee.kind !== "NameExpr") return false;
  const { text } = expression.callee.name;
  return text === "to" || text === "from" || context.tables.some((table) => columnNamed(table, text) !== undefined);
}

function translateColumn(call: CallExpr, scope: IndexScope): IndexIR | undefined {
  const row = translateRow(call, scope);
  const name = call.callee.kind === "NameExpr" ? call.callee.name : undefined;
  if (!row || !name || !hasColumn(row.table, name, scope, scope.context)) return undefined;
  return { kind: "column", table: row.table, column: name.text, at: row.at };
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
