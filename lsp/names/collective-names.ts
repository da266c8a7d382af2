/** Names in a collective: what its signature calls sizes, chunks and positions, and the numbers of its rounds. */
import { rankFunctionNames } from "../../compiler/check/rank-arithmetic.js";
import type { CollectiveDecl, Expr, Identifier, RoundStatement, SendStatement, TensorType } from "../../grammar/ast.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import { partsOf } from "./parts.js";
import type { NameSymbol, SymbolKind } from "./symbols.js";
import type { Walk } from "./walk.js";

type Names = Map<string, NameSymbol>;

export function walkCollective(node: CollectiveDecl, walk: Walk): void {
  walk.declare(node.name, "collective", { node });
  const { input, output, over, levels } = node;
  /** Numbers that the rounds see, and all that the signature names besides. */
  const numbers: Names = new Map();
  const named: Names = new Map();
  const add = (names: Names, name: Identifier, kind: SymbolKind) => {
    const symbol = walk.symbol(name, kind, { node, within: node });
    if (!names.has(name.text)) names.set(name.text, symbol);
    walk.refer(name, symbol);
  };
  for (const parameter of node.typeParameters) {
    add(named, parameter.name, "type parameter");
    if (parameter.bound) walk.oneOf(parameter.bound, ["monoid"], "type");
  }
  for (const size of [over, ...levels]) add(numbers, size, "size");
  add(named, input, "parameter");
  if (output) add(named, output, "result");
  walkChunks(node.inputType);
  walkChunks(node.outputType);
  if (node.equation) walkEquation(node.equation);
  walkRounds(node.body, { numbers, sides: named }, walk);

  function declareOnce(names: Names, name: Identifier, kind: SymbolKind): void {
    if (!names.has(name.text)) add(names, name, kind);
    else walk.refer(name, names.get(name.text));
  }

  /** `[c/n]`, `[c] pending u over n`, `[c] at n(root)`. */
  function walkChunks(type: TensorType): void {
    if (type.dtype) walk.oneOf(type.dtype, dtypeNames, "dtype");
    for (const spec of type.axes) {
      if (spec.kind === "AxisPack") continue;
      if (spec.size.kind === "NameExpr") walkAxis(spec.size.name);
      for (const { mesh } of spec.cuts) walk.refer(mesh, numbers.get(mesh.text));
    }
    for (const { monoid, over: axes } of type.pending) {
      declareOnce(named, monoid, "monoid variable");
      for (const axis of axes) walk.refer(axis, numbers.get(axis.text));
    }
    for (const { mesh, position } of type.at) {
      walk.refer(mesh, numbers.get(mesh.text));
      if (position.kind === "NameExpr") declareOnce(numbers, position.name, "position");
    }
  }

  /** `n` of `[n/n]` is the size; any other name is an axis of the signature's own. */
  function walkAxis(name: Identifier): void {
    if (numbers.has(name.text)) walk.refer(name, numbers.get(name.text));
    else declareOnce(named, name, "axis variable");
  }

  /** `y[i] = x[i - d]`, `y[i] = fold u x[j] for j < i`: indices where they first stand; d is a number of the rounds. */
  function walkEquation(equation: Expr): void {
    const indices: Names = new Map();
    const visit = (part: Expr): void => {
      if (part.kind === "NumberLiteral") return walk.literal(part);
      if (part.kind === "NameExpr") {
        const { name } = part;
        const known = indices.get(name.text) ?? numbers.get(name.text);
        if (known) walk.refer(name, known);
        else add(indices, name, "index");
        return;
      }
      if (part.kind === "IndexExpr" && part.object.kind === "NameExpr") {
        walk.refer(part.object.name, named.get(part.object.name.text));
        for (const index of part.indices) {
          const isShift = index.kind === "BinaryExpr" && index.right.kind === "NameExpr";
          if (isShift && index.right.kind === "NameExpr" && !indices.has(index.right.name.text))
            declareOnce(numbers, index.right.name, "position");
          if (index.kind !== "Ellipsis") visit(index);
        }
        return;
      }
      if (part.kind === "ReductionExpr") {
        declareOnce(named, part.monoid, "monoid variable");
        visit(part.body);
        if (part.guard) visit(part.guard);
        return;
      }
      for (const inner of partsOf(part)) visit(inner);
    };
    visit(equation);
  }
}

/** What a statement sees: numbers by name, and the two sides of the signature. */
interface RoundScope {
  readonly numbers: Names;
  readonly sides: ReadonlyMap<string, NameSymbol>;
}

function walkRounds(statements: readonly RoundStatement[], outside: RoundScope, walk: Walk): void {
  const scope: RoundScope = { ...outside, numbers: new Map(outside.numbers) };
  for (const statement of statements) {
    switch (statement.kind) {
      case "SendStatement":
        walkSend(statement, scope, walk);
        break;
      case "RoundGroup":
        for (const send of statement.sends) walkSend(send, scope, walk);
        break;
      case "RoundBlock":
        walkRounds(statement.body, scope, walk);
        break;
      case "RoundLoop": {
        walkRank(statement.range, scope, walk);
        const symbol = walk.declare(statement.variable, "loop variable", { node: statement });
        const numbers = new Map(scope.numbers).set(statement.variable.text, symbol);
        walkRounds(statement.body, { ...scope, numbers }, walk);
        break;
      }
      case "RequireStatement":
        walkRank(statement.condition, scope, walk);
        break;
      case "LocalEquation":
        walkRank(statement.value, scope, walk);
        scope.numbers.set(statement.name.text, walk.declare(statement.name, "equation", { node: statement }));
    }
  }
}

function walkSend({ value, source, into, target, guard }: SendStatement, scope: RoundScope, walk: Walk): void {
  walkSent(value, scope, walk);
  if (into) walk.refer(into, scope.sides.get(into.text), "write");
  for (const number of [source, target, guard]) if (number) walkRank(number, scope, walk);
}

/** `x[rank - s]`, `combine(y, x)`. */
function walkSent(value: Expr, scope: RoundScope, walk: Walk): void {
  if (value.kind === "NameExpr") return walk.refer(value.name, scope.sides.get(value.name.text));
  if (value.kind === "IndexExpr") {
    walkSent(value.object, scope, walk);
    for (const index of value.indices) if (index.kind !== "Ellipsis") walkRank(index, scope, walk);
    return;
  }
  if (value.kind === "CallExpr" && value.callee.kind === "NameExpr") {
    walk.oneOf(value.callee.name, ["combine"], "function");
    for (const argument of value.arguments) walkSent(argument, scope, walk);
    return;
  }
  for (const part of partsOf(value)) walkSent(part, scope, walk);
}

/** Rank arithmetic, which sees no name of the file. */
function walkRank(expression: Expr, scope: RoundScope, walk: Walk): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr": {
      const { name } = expression;
      const known = scope.numbers.get(name.text);
      if (!known && name.text === "rank") return walk.builtIn(name, "rank");
      return walk.refer(name, known);
    }
    case "CallExpr":
      if (expression.callee.kind !== "NameExpr") break;
      walk.oneOf(expression.callee.name, rankFunctionNames, "function");
      for (const argument of expression.arguments) walkRank(argument, scope, walk);
      return;
    default:
      break;
  }
  for (const part of partsOf(expression)) walkRank(part, scope, walk);
}
