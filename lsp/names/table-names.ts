/** Names in tables: axes, where the rows come from, columns, and the numbers in their rows. */
import { distributions } from "../../compiler/bind/distributions.js";
import { lengthDistributions } from "../../compiler/bind/length-distributions.js";
import { calls as rowFunctions } from "../../compiler/bind/row-arithmetic.js";
import type { CallExpr, Expr, Identifier, TableDecl } from "../../grammar/ast.js";
import { columnsOf, walkColumn } from "./members.js";
import { walkNumber } from "./numbers.js";
import { partsOf } from "./parts.js";
import { withoutAliases } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

/** What an expression over rows names: columns of the row at hand, `from` and `to` among them. */
interface RowScope {
  readonly columns: ReadonlyMap<string, NameSymbol>;
}

export function walkTable(node: TableDecl, walk: Walk): void {
  walk.declare(node.name, "table", { node });
  walkNumber(node.from, walk);
  walkNumber(node.to, walk);
  for (const column of node.columns) walkChoices(column, walk);
  const none: RowScope = { columns: new Map() };
  if (node.source) walkSource(node.source, walk);
  if (node.seed) walkNumber(node.seed, walk);
  if (node.guard) walkRow(node.guard, none, walk);
  const columns = new Map<string, NameSymbol>();
  for (const column of node.with) {
    const { axis, name, value, seed } = column;
    walkNumber(axis, walk);
    if (value) walkRow(value, { columns }, walk);
    if (seed) walkNumber(seed, walk);
    const symbol = walk.declare(name, "column", { node: column, within: node });
    if (!columns.has(name.text)) columns.set(name.text, symbol);
  }
}

/** `top(topk)`, `any`. */
function walkChoices(column: Expr, walk: Walk): void {
  if (column.kind === "NameExpr") return walk.oneOf(column.name, ["any"], "setting");
  if (column.kind !== "CallExpr" || column.callee.kind !== "NameExpr") return walkNumber(column, walk);
  walk.oneOf(column.callee.name, ["top"], "setting");
  for (const argument of column.arguments) walkNumber(argument, walk);
}

/** `zipf(1.1)`, `uniform`, `project(gate, to / 4)`, `lengths(fixed(128))`; of a path nothing. */
export function walkSource(source: Expr, walk: Walk): void {
  const callee = source.kind === "CallExpr" ? source.callee : source;
  const given = source.kind === "CallExpr" ? source.arguments : [];
  if (callee.kind !== "NameExpr") return walkNumber(source, walk);
  const { name } = callee;
  const [first, ...rest] = given;
  switch (name.text) {
    case "project":
      walk.builtIn(name, "distribution");
      if (first) walkTableArgument(first, walk);
      for (const end of rest) walkRow(end, columnsOfArgument(first, walk), walk);
      return;
    case "then":
      walk.builtIn(name, "distribution");
      for (const table of given) walkTableArgument(table, walk);
      return;
    case "lengths":
      walk.builtIn(name, "distribution");
      for (const lengths of given) walkLengths(lengths, walk);
      return;
    default:
      walk.oneOf(name, ["all", ...Object.keys(distributions)], "distribution");
      for (const argument of given) walkNumber(argument, walk);
  }
}

/** `fixed(128)` of `lengths(fixed(128))`, or the lengths themselves. */
function walkLengths(lengths: Expr, walk: Walk): void {
  const callee = lengths.kind === "CallExpr" && lengths.callee.kind === "NameExpr" ? lengths.callee : undefined;
  if (!callee || lengths.kind !== "CallExpr" || !Object.hasOwn(lengthDistributions, callee.name.text))
    return walkNumber(lengths, walk);
  walk.builtIn(callee.name, "distribution");
  for (const argument of lengths.arguments) walkNumber(argument, walk);
}

function walkTableArgument(expression: Expr, walk: Walk): void {
  if (expression.kind === "NameExpr") walk.refer(expression.name, walk.scope.find("names", expression.name.text));
  else walkNumber(expression, walk);
}

function columnsOfArgument(table: Expr | undefined, walk: Walk): RowScope {
  const found = table?.kind === "NameExpr" ? walk.scope.find("names", table.name.text) : [];
  const [symbol] = withoutAliases(found);
  return { columns: symbol ? columnsOf(symbol) : new Map() };
}

/** Whole numbers and conditions over the rows of a table. */
function walkRow(expression: Expr, scope: RowScope, walk: Walk): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr":
      return walkRowName(expression.name, scope, walk);
    case "CallExpr":
      return walkRowCall(expression, scope, walk);
    default:
      for (const part of partsOf(expression)) walkRow(part, scope, walk);
  }
}

function walkRowName(name: Identifier, { columns }: RowScope, walk: Walk): void {
  const column = columns.get(name.text);
  if (!column && (name.text === "from" || name.text === "to")) return walk.builtIn(name, "column");
  walk.refer(name, column ?? walk.scope.find("names", name.text));
}

function walkRowCall(call: CallExpr, scope: RowScope, walk: Walk): void {
  const { callee } = call;
  let given: readonly Expr[] = call.arguments;
  if (callee.kind === "MemberExpr" && callee.object.kind === "NameExpr") {
    const { name } = callee.object;
    const table = walk.scope.find("names", name.text);
    walk.refer(name, table);
    walkColumn(callee.member, table, walk);
  } else if (callee.kind === "NameExpr") {
    walk.oneOf(callee.name, rowFunctions, "function");
    const [first, ...rest] = given;
    if (callee.name.text === "row" && first) {
      walkTableArgument(first, walk);
      given = rest;
    }
  }
  for (const argument of given) walkRow(argument, scope, walk);
}
