/** Names in the expressions of a layer: values, what they are computed by, and what words are told. */
import { flattenParameters } from "../../compiler/check/unify-arguments.js";
import { dottedName } from "../../compiler/check/layer-scope.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import type { CallExpr, Expr, ForExpr, Identifier, LayerDecl, Parameter, TypeParameter } from "../../grammar/ast.js";
import { calledSymbols, wordNames } from "./layer-values.js";
import { meshAxis } from "./members.js";
import { walkNumber } from "./numbers.js";
import { partsOf } from "./parts.js";
import { typeWords } from "./signature.js";
import type { Signature } from "./signature.js";
import { withoutAliases } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";
import { numbersOf, walkDtype } from "./types.js";
import type { Walk } from "./walk.js";
import { walkWordArguments } from "./word-names.js";

/** What a statement of a layer sees. */
export interface LayerScope {
  readonly layer: LayerDecl;
  readonly signature: Signature;
  /** Values so far. */
  readonly values: Map<string, NameSymbol>;
  /** Walks a loop, whose statements are those of a layer. */
  readonly loop: (loop: ForExpr, around: LayerScope) => void;
}

/** An expression that stands for a value. */
export function walkValue(expression: Expr, scope: LayerScope, walk: Walk): void {
  switch (expression.kind) {
    case "NameExpr": {
      const { name } = expression;
      // Where what is called is not known, neither is whether it takes a value here.
      const own = scope.values.get(name.text) ?? scope.signature.declared.get(name.text);
      return walk.refer(name, own ?? walk.scope.find("names", name.text));
    }
    case "MemberExpr": {
      walkValue(expression.object, scope, walk);
      const name = dottedName(expression);
      return walk.refer(expression.member, name === undefined ? undefined : scope.values.get(name));
    }
    case "CallExpr":
      return walkCall(expression, scope, walk);
    case "ForExpr":
      return scope.loop(expression, scope);
    case "IndexExpr":
      walkValue(expression.object, scope, walk);
      for (const index of expression.indices)
        if (index.kind !== "Ellipsis") walkNumber(index, walk, indexNumbers(scope));
      return;
    case "NumberLiteral":
      return walk.literal(expression);
    default:
      for (const part of partsOf(expression)) walkValue(part, scope, walk);
  }
}

/** A loop's variable is a number too. */
function indexNumbers({ signature, values }: LayerScope) {
  const { local, table } = numbersOf(signature);
  return { table: table!, local: (name: string) => local!(name) ?? values.get(name) };
}

function walkCall(call: CallExpr, scope: LayerScope, walk: Walk): void {
  const { callee } = call;
  if (callee.kind !== "NameExpr") {
    for (const part of partsOf(call)) walkValue(part, scope, walk);
    return;
  }
  const { name } = callee;
  if (wordNames.has(name.text)) {
    walk.builtIn(name, "word");
    const [value, ...told] = call.arguments;
    if (value) walkValue(value, scope, walk);
    return walkWordArguments(name.text, told, scope, walk);
  }
  const called = calledSymbols(name.text, walk.scope);
  walk.refer(name, called);
  const node = withoutAliases(called)[0]?.node;
  const isCallable = node?.kind === "OpDecl" || node?.kind === "LayerDecl";
  const parameters = isCallable ? flattenParameters(node.parameters) : undefined;
  const types = isCallable ? node.typeParameters : [];
  const values = call.arguments.slice(0, parameters?.length ?? call.arguments.length);
  values.forEach((argument, index) => walkArgument(argument, parameters?.[index]?.type, scope, walk));
  const rest = [...(call.typeArguments ?? []), ...call.arguments.slice(values.length)];
  rest.forEach((argument, index) => walkTypeArgument(argument, boundOf(types[index]), scope, walk));
}

/** What a parameter takes, where its type says so. */
function boundOf(parameter: TypeParameter | undefined): string | undefined {
  return parameter?.bound?.text;
}

/** An argument of a parameter: a value, or what its type says; undefined where the callee is not known. */
function walkArgument(argument: Expr, type: Parameter["type"] | undefined, scope: LayerScope, walk: Walk): void {
  if (type?.kind === "NamedType" && typeWords.has(type.name.text))
    return walkTypeArgument(argument, type.name.text, scope, walk);
  const name = dottedName(argument);
  const isNumber = type !== undefined && (type.axes ?? []).length === 0 && argument.kind !== "CallExpr";
  if (name !== undefined ? scope.values.has(name) || !isNumber : !isNumber) return walkValue(argument, scope, walk);
  walkNumber(argument, walk, numbersOf(scope.signature));
}

/** What binds a type parameter: a table, an axis of the mesh or of a value, a dtype, a monoid, a number. */
function walkTypeArgument(argument: Expr, bound: string | undefined, scope: LayerScope, walk: Walk): void {
  if (argument.kind !== "NameExpr") return walkNumber(argument, walk, numbersOf(scope.signature));
  const { name } = argument;
  if (bound === "dtype" || dtypeNames.has(name.text)) return walkDtype(name, scope.signature, walk);
  walk.refer(name, typeArgument(name, bound, scope, walk));
}

function typeArgument(
  { text }: Identifier,
  bound: string | undefined,
  { signature }: LayerScope,
  walk: Walk,
): readonly NameSymbol[] {
  const own = signature.declared.get(text) ?? signature.axes.get(text) ?? signature.labels.get(text);
  if (own) return [own];
  const found = walk.scope.find("names", text);
  const isMeshAxis = bound === "axis" || (bound === undefined && found.length === 0);
  const axis = isMeshAxis ? meshAxis(text, signature.mesh, walk.scope) : undefined;
  return axis && (axis.declaredAt || found.length === 0) ? [axis] : found;
}
