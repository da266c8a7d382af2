/** Names in an op: its signature, the indices and local equations of its mathematics, what it costs. */
import { axisForm } from "../../compiler/check/axis-specs.js";
import { scalarFunctionNames } from "../../compiler/check/scalar-expressions.js";
import type { Binder, CallExpr, Expr, Identifier, OpDecl, ReductionExpr } from "../../grammar/ast.js";
import { walkColumn } from "./members.js";
import { walkNumber } from "./numbers.js";
import { partsOf } from "./parts.js";
import { signatureOf } from "./signature.js";
import type { Signature } from "./signature.js";
import type { NameSymbol } from "./symbols.js";
import { axisNamed, numbersOf, tableNamed, walkParameters, walkType, walkTypeParameters } from "./types.js";
import type { Walk } from "./walk.js";

/** What a place in the mathematics sees. */
interface MathematicsScope {
  readonly signature: Signature;
  /** Tensors, and local equations so far. */
  readonly readable: Map<string, NameSymbol>;
  /** Indices that reductions around it bind by themselves. */
  readonly bound: ReadonlyMap<string, NameSymbol>;
  /** The table whose rows an index stands for. */
  readonly rows: ReadonlyMap<string, Identifier>;
}

export function walkOp(node: OpDecl, walk: Walk): void {
  walk.declare(node.name, "op", { node });
  const signature = signatureOf(node, walk);
  walkTypeParameters(node.typeParameters, node, walk);
  walkParameters(node.parameters, "parameter", node, signature, walk);
  walkType(node.result, signature, walk);
  const readable = new Map<string, NameSymbol>();
  for (const parameter of node.parameters)
    for (const name of parameter.names)
      if (!signature.declared.has(name.text)) readable.set(name.text, walk.symbol(name, "parameter"));
  const scope: MathematicsScope = { signature, readable, bound: new Map(), rows: signature.rows };
  for (const equation of node.equations) {
    for (const index of equation.indices) if (index.kind === "Identifier") walkIndexName(index, scope, walk);
    walkScalar(equation.value, scope, walk);
    const symbol = walk.declare(equation.name, "equation", { node: equation, within: node });
    if (!readable.has(equation.name.text)) readable.set(equation.name.text, symbol);
  }
  if (node.body) walkScalar(node.body, scope, walk);
  if (node.guard) walkIndex(node.guard, scope, walk);
  for (const { name, value } of node.cost) {
    walk.oneOf(name, ["flops", "bytes"], "setting");
    walkNumber(value, walk, numbersOf(signature));
  }
}

/** What is computed: reads of tensors and equations, functions, reductions. */
function walkScalar(expression: Expr, scope: MathematicsScope, walk: Walk): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr": {
      const readable = scope.readable.get(expression.name.text);
      if (readable) return walk.refer(expression.name, readable);
      return walkIndexName(expression.name, scope, walk);
    }
    case "IndexExpr": {
      const { object, indices } = expression;
      if (object.kind === "NameExpr") walk.refer(object.name, scope.readable.get(object.name.text));
      else walkScalar(object, scope, walk);
      for (const index of indices) if (index.kind !== "Ellipsis") walkIndex(index, scope, walk);
      return;
    }
    case "ReductionExpr":
      return walkReduction(expression, scope, walk);
    case "CallExpr":
      return walkCall(expression, scope, walk);
    default:
      for (const part of partsOf(expression)) walkScalar(part, scope, walk);
  }
}

function walkCall(call: CallExpr, scope: MathematicsScope, walk: Walk): void {
  const { callee } = call;
  if (callee.kind !== "NameExpr" || isColumn(callee.name)) return walkIndex(call, scope, walk);
  const { text } = callee.name;
  if (text === "if") {
    walk.builtIn(callee.name, "function");
    const [condition, ...values] = call.arguments;
    if (condition) walkIndex(condition, scope, walk);
    for (const value of values) walkScalar(value, scope, walk);
    return;
  }
  if (!scalarFunctionNames.includes(text)) return walkIndex(call, scope, walk);
  walk.builtIn(callee.name, "function");
  for (const argument of call.arguments) walkScalar(argument, scope, walk);
}

/** Columns that a call may ask of any table, whatever further ones there are. */
function isColumn({ text }: Identifier): boolean {
  return text === "from" || text === "to" || text === "weight";
}

/** Indices, and conditions of them: sums of index variables, columns of tables at a row. */
function walkIndex(expression: Expr, scope: MathematicsScope, walk: Walk): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr":
      return walkIndexName(expression.name, scope, walk);
    case "CallExpr": {
      const { callee } = expression;
      const [argument] = expression.arguments;
      if (callee.kind === "NameExpr") walkColumn(callee.name, rowsOf(argument, scope, walk), walk);
      else if (callee.kind === "MemberExpr" && callee.object.kind === "NameExpr") {
        const { name } = callee.object;
        const table = tableNamed(name.text, scope.signature, walk);
        walk.refer(name, table);
        walkColumn(callee.member, table, walk);
      } else walkScalar(callee, scope, walk);
      for (const each of expression.arguments) walkIndex(each, scope, walk);
      return;
    }
    default:
      for (const part of partsOf(expression)) walkIndex(part, scope, walk);
  }
}

/** The table whose rows an index runs over, where that is one name. */
function rowsOf(index: Expr | undefined, scope: MathematicsScope, walk: Walk): readonly NameSymbol[] | undefined {
  const table = index?.kind === "NameExpr" ? scope.rows.get(index.name.text) : undefined;
  return table && tableNamed(table.text, scope.signature, walk);
}

function walkIndexName(name: Identifier, { signature, bound }: MathematicsScope, walk: Walk): void {
  const own = bound.get(name.text) ?? signature.labels.get(name.text) ?? signature.axes.get(name.text);
  if (own) return walk.refer(name, own);
  if (name.text === "inf") return walk.builtIn(name, "constant");
  walk.refer(name, axisNamed(name.text, signature, walk));
}

function walkReduction({ monoid, binders, guard, body }: ReductionExpr, scope: MathematicsScope, walk: Walk): void {
  walk.refer(monoid, scope.signature.declared.get(monoid.text) ?? walk.scope.find("names", monoid.text));
  const bound = new Map(scope.bound);
  const rows = new Map(scope.rows);
  const inner = { ...scope, bound, rows };
  for (const binder of binders) walkBinder(binder, inner, bound, rows, walk);
  if (guard) walkIndex(guard, inner, walk);
  const parts = body.kind === "TupleExpr" ? body.elements : [body];
  for (const part of parts) walkScalar(part, inner, walk);
}

/** `k` runs over an axis of the parameters; with a range it is an index of its own. */
function walkBinder(
  binder: Binder,
  scope: MathematicsScope,
  bound: Map<string, NameSymbol>,
  rows: Map<string, Identifier>,
  walk: Walk,
): void {
  const { name, range } = binder;
  if (!range) return walkIndexName(name, scope, walk);
  const form = axisForm(range);
  if (form.form === "rows") {
    if (range.kind === "CallExpr" && range.callee.kind === "NameExpr") walk.builtIn(range.callee.name, "function");
    walk.refer(form.table, tableNamed(form.table.text, scope.signature, walk));
    rows.set(name.text, form.table);
  } else walkIndex(range, scope, walk);
  bound.set(name.text, walk.declare(name, "index", { node: binder }));
}
