/** Expressions of a layer's body: names of values, and calls of ops, words and layers. */
import type { CallExpr, Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { LayerDefinition, OpDefinition } from "../bind/bound-program.js";
import { bindCall } from "./call-binding.js";
import type { Callee, Caller } from "./call-binding.js";
import { elaborateOp } from "./elaborate-op.js";
import { elaborateView, views } from "./elaborate-view.js";
import { elaborateWord, laterWords, words } from "./elaborate-word.js";
import { close, mostCalls, typeOf } from "./elaboration-state.js";
import type { Elaborated, NameNode } from "./elaboration-state.js";
import type { AnyWord, View } from "./ir.js";
import { argumentNode, dottedName } from "./layer-scope.js";
import type { LayerScope } from "./layer-scope.js";
import { refuseForm } from "./word-arguments.js";
import { isInMemory } from "./tiers.js";

/** @returns undefined where it has an error, which is reported here or was where its parts were made. */
export function elaborateExpression(expression: Expr, node: NameNode, scope: LayerScope): Elaborated | undefined {
  switch (expression.kind) {
    case "NameExpr":
    case "MemberExpr":
      return elaborateName(expression, scope);
    case "CallExpr": {
      const results = elaborateCallExpression(expression, [node], scope);
      if (results && results.length !== 1) {
        reportNoTensor(expression, `${results.length} values at once`, scope);
        return undefined;
      }
      return results?.[0];
    }
    case "MissingExpr":
      return undefined;
    case "ForExpr":
      return reportLater(expression, "A loop in a layer", scope);
    case "IndexExpr":
      return reportLater(expression, "A part of a value, `x[i]`, in a layer", scope);
    default:
      reportNoTensor(
        expression,
        "an expression of numbers: values are made by ops, words and layers, as in `add(x, y)`",
        scope,
      );
      return undefined;
  }
}

function reportLater(expression: Expr, what: string, { context, environment }: LayerScope): undefined {
  context.diagnostics.report("not-built-yet", locate(environment.file, expression), { what });
  return undefined;
}

function reportNoTensor(expression: Expr, found: string, { context, environment }: LayerScope): void {
  context.diagnostics.report("not-a-tensor", locate(environment.file, expression), { found });
}

function elaborateName(expression: Expr, scope: LayerScope): Elaborated | undefined {
  const name = dottedName(expression);
  if (name !== undefined && scope.names.has(name)) return scope.names.get(name);
  const { context, environment, names } = scope;
  if (expression.kind === "NameExpr") {
    const definition = context.bound.lookup(expression.name.text, environment.file);
    if (definition && definition.kind !== "op")
      reportNoTensor(expression, `the ${definition.kind} \`${definition.name}\``, scope);
    else context.bound.reportUnknownName(expression.name, environment.file, "a value", [], names.keys());
  } else {
    const whole = { kind: "Identifier", text: name ?? "this", span: expression.span } as const;
    context.bound.reportUnknownName(whole, environment.file, "a value", [], names.keys());
  }
  return undefined;
}

/** Whether an expression stands for a tensor rather than a number, a table or an axis. */
function isValue(expression: Expr, scope: LayerScope): boolean {
  if (expression.kind === "CallExpr") {
    const callee = dottedName(expression.callee);
    return callee === undefined || calleeOf(callee, scope) !== undefined || laterWords.includes(callee);
  }
  const name = dottedName(expression);
  return name !== undefined && scope.names.has(name);
}

type FoundCallee =
  | { readonly kind: "word"; readonly word: AnyWord }
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "op"; readonly definition: OpDefinition }
  | { readonly kind: "layer"; readonly definition: LayerDefinition };

function calleeOf(name: string, { context, environment }: LayerScope): FoundCallee | undefined {
  const word = words.find((known) => known === name);
  if (word) return { kind: "word", word };
  const view = views.find((known) => known === name);
  if (view) return { kind: "view", view };
  const definition = context.bound.lookup(name, environment.file);
  if (definition?.kind === "op") return { kind: "op", definition };
  const layer = context.bound.lookupLayer(name, environment.file);
  return layer && { kind: "layer", definition: layer };
}

/**
 * A call, with one node a result where a layer gives several; fewer nodes than results where only one was expected.
 *
 * @returns its results, or undefined where it has an error
 */
export function elaborateCallExpression(
  call: CallExpr,
  nodes: readonly NameNode[],
  scope: LayerScope,
): readonly (Elaborated | undefined)[] | undefined {
  const { context, state, environment } = scope;
  if (state.budget.left-- <= 0) {
    const what = `makes more calls, with the layers before it, than the ${mostCalls} that are allowed`;
    const place = locate(environment.file, call);
    if (!state.budget.exhausted) context.diagnostics.report("layer-too-large", place, { name: state.name, what });
    state.budget.exhausted = true;
    return undefined;
  }
  const [node] = nodes as [NameNode];
  const evaluate = (expression: Expr) => elaborateExpression(expression, argumentNode(expression, node), scope);
  const name = dottedName(call.callee);
  const found = name === undefined ? undefined : calleeOf(name, scope);
  if (!found) {
    reportCallee(call, name, scope);
    for (const argument of call.arguments) if (isValue(argument, scope)) evaluate(argument);
    return undefined;
  }
  if (found.kind === "word" || found.kind === "view") {
    const result = elaborateMove(call, found, node, scope, evaluate);
    return result && [result];
  }
  const { definition } = found;
  const caller: Caller<Elaborated> = {
    environment,
    isValue: (expression) => isValue(expression, scope),
    evaluate,
    typeOf,
  };
  const callee: Callee = {
    ...{ name: definition.name, file: definition.file, kind: found.kind },
    parameters: definition.node.parameters,
    typeParameters: definition.node.typeParameters,
  };
  const bound = bindCall(callee, call, caller, context);
  if (!bound) return undefined;
  if (found.kind === "layer") return scope.inline(call, found.definition, bound, nodes, scope);
  const result = elaborateOp(call, found.definition, bound, node, scope);
  return result && [result];
}

function elaborateMove(
  call: CallExpr,
  found: Extract<FoundCallee, { kind: "word" | "view" }>,
  node: NameNode,
  scope: LayerScope,
  evaluate: (expression: Expr) => Elaborated | undefined,
): Elaborated | undefined {
  const [value] = call.arguments;
  const word = found.kind === "word" ? found.word : found.view;
  if (!value) return refuseForm({ word, call, scope });
  const argument = evaluate(value);
  if (!argument) return undefined;
  const given = { operand: close(argument), call, scope };
  if (word !== "load" && !isInMemory(given.operand.type, value, scope.environment.file, scope.context))
    return undefined;
  if (found.kind === "word") return elaborateWord({ ...given, word: found.word }, node);
  return elaborateView({ ...given, word: found.view }, node);
}

function reportCallee(call: CallExpr, name: string | undefined, scope: LayerScope): void {
  const { context, environment } = scope;
  if (name === undefined) {
    reportLater(call, "A call of what another call gives", scope);
  } else if (laterWords.includes(name)) {
    reportLater(call.callee, `\`${name}\``, scope);
  } else {
    const identifier = { kind: "Identifier", text: name, span: call.callee.span } as const;
    const expected = "an op, a layer or a word";
    context.bound.reportUnknownName(identifier, environment.file, expected, ["op", "layer"], [...words, ...views]);
  }
}
