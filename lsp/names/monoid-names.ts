/** Names in a monoid: the components of its state, and the states that its rules join. */
import { scalarFunctionNames } from "../../compiler/check/scalar-expressions.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import type { Expr, MonoidDecl, MonoidRule, Parameter } from "../../grammar/ast.js";
import { partsOf } from "./parts.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

/** What a rule sees: states and equations, and the components of the states. */
interface RuleScope {
  readonly names: Map<string, NameSymbol>;
  readonly components: ReadonlyMap<string, NameSymbol>;
}

export function walkMonoid(node: MonoidDecl, walk: Walk): void {
  walk.declare(node.name, "monoid", { node });
  const components = new Map<string, NameSymbol>();
  const axes = new Map<string, NameSymbol>();
  for (const parameter of node.state) {
    for (const name of parameter.names) {
      const symbol = walk.declare(name, "component", { node: parameter, within: node });
      if (!components.has(name.text)) components.set(name.text, symbol);
    }
    walkState(parameter.type, axes, walk);
  }
  if (node.identity) walkRuleBody(node.identity, { names: new Map(), components }, walk);
  for (const rule of [node.combine, node.finish]) if (rule) walkRule(rule, components, walk);
}

/** `f32[k, d]`: names for the last axes of a value, the same in all components. */
function walkState(type: Parameter["type"], axes: Map<string, NameSymbol>, walk: Walk): void {
  const dtype = type.kind === "NamedType" ? type.name : type.dtype;
  if (dtype) walk.oneOf(dtype, dtypeNames, "dtype");
  for (const spec of type.axes ?? []) {
    if (spec.kind !== "AxisSpec" || spec.size.kind !== "NameExpr") continue;
    const { name } = spec.size;
    const known = axes.get(name.text) ?? walk.symbol(name, "axis variable");
    axes.set(name.text, known);
    walk.refer(name, known);
  }
}

function walkRule(rule: MonoidRule, components: ReadonlyMap<string, NameSymbol>, walk: Walk): void {
  const names = new Map<string, NameSymbol>();
  for (const name of rule.parameters) {
    const symbol = walk.declare(name, "state", { node: rule, within: rule });
    if (!names.has(name.text)) names.set(name.text, symbol);
  }
  walkRuleBody(rule.body, { names, components }, walk);
}

function walkRuleBody(expression: Expr, scope: RuleScope, walk: Walk): void {
  switch (expression.kind) {
    case "NumberLiteral":
      return walk.literal(expression);
    case "NameExpr": {
      const { name } = expression;
      const known = scope.names.get(name.text);
      if (!known && name.text === "inf") return walk.builtIn(name, "constant");
      return walk.refer(name, known);
    }
    case "MemberExpr":
      walkRuleBody(expression.object, scope, walk);
      return walk.refer(expression.member, scope.components.get(expression.member.text));
    case "CallExpr":
      if (expression.callee.kind !== "NameExpr") break;
      walk.oneOf(expression.callee.name, [...scalarFunctionNames, "if"], "function");
      for (const argument of expression.arguments) walkRuleBody(argument, scope, walk);
      return;
    case "BlockExpr": {
      const names = new Map(scope.names);
      for (const equation of expression.equations) {
        walkRuleBody(equation.value, { ...scope, names }, walk);
        names.set(equation.name.text, walk.declare(equation.name, "equation", { node: equation, within: expression }));
      }
      return walkRuleBody(expression.result, { ...scope, names }, walk);
    }
    default:
      break;
  }
  for (const part of partsOf(expression)) walkRuleBody(part, scope, walk);
}
