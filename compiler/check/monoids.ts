/** Monoids from their declarations: identity, combine and finish over the components of a state. */
import type { CallExpr, Expr, MonoidDecl, MonoidRule } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { BoundProgram, MonoidDefinition } from "../bind/bound-program.js";
import type { MonoidIR, ScalarIR } from "./ir.js";
import { stateOf, widenedComponent } from "./monoid-components.js";
import { brokenIdentity } from "./monoid-laws.js";
import { constant, refuse, translateChoice, translateScalar } from "./scalar-expressions.js";
import type { ScalarScope } from "./scalar-expressions.js";

export interface Monoids {
  /** Undefined where the name means no monoid in that file (not reported), or one with an error (reported). */
  find(name: string, file: string): MonoidIR | undefined;
  /** All without errors, of every file. */
  all(): readonly MonoidIR[];
}

export function createMonoids(bound: BoundProgram): Monoids {
  const made = new Map<MonoidDecl, MonoidIR | undefined>();
  function make(definition: MonoidDefinition): MonoidIR | undefined {
    if (!made.has(definition.node)) made.set(definition.node, monoidOf(definition, bound));
    return made.get(definition.node);
  }
  for (const file of bound.files.values()) {
    for (const definition of file.definitions) if (definition.kind === "monoid") make(definition);
  }
  return {
    find(name, file) {
      const definition = bound.lookup(name, file);
      return definition?.kind === "monoid" ? make(definition) : undefined;
    },
    all: () => [...made.values()].filter((monoid) => monoid !== undefined),
  };
}

function monoidOf(definition: MonoidDefinition, bound: BoundProgram): MonoidIR | undefined {
  const { node, name, file } = definition;
  const state = stateOf(definition, bound);
  const components = node.state.flatMap((parameter) => parameter.names.map((component) => component.text));
  const missing = node.identity ? (node.combine ? undefined : "combine") : "identity";
  if (missing) {
    bound.diagnostics.report("monoid-incomplete", locate(file, node.name), { name, missing: `\`${missing}\`` });
    return undefined;
  }
  const identity = translateState(node.identity!, components, [], { bound, file, name });
  const combine = translateRule(node.combine!, 2, components, { bound, file, name });
  if (!node.finish && components.length > 1) {
    bound.diagnostics.report("monoid-incomplete", locate(file, node.name), { name, missing: "`finish`" });
    return undefined;
  }
  const finish = node.finish
    ? translateRule(node.finish, 1, components, { bound, file, name }, true)
    : [{ kind: "argument", argument: 0 } as const];
  if (!state || !identity || !combine || !finish) return undefined;
  const widened = widenedComponent(state, combine);
  if (widened) {
    const { component, reads } = widened;
    const what = `\`${component.name}\` of \`${name}\` is made of \`${reads.name}\`, which has an axis that it has not.`;
    bound.diagnostics.report("monoid-component", locate(file, node.combine!), { what });
    return undefined;
  }
  const values = identity.map((value) => (value.kind === "constant" ? value.value : undefined));
  if (!values.every((value) => value !== undefined)) {
    bound.diagnostics.report("not-a-value", locate(file, node.identity!), {});
    return undefined;
  }
  const broken = brokenIdentity({ identity: values, combine });
  if (broken) {
    const parameters = { name, found: stateText(broken), identity: stateText(values) };
    bound.diagnostics.report("monoid-identity", locate(file, node.identity!), parameters);
    return undefined;
  }
  return {
    name,
    ordered: node.ordered,
    ...state,
    identity: values,
    combine,
    finish: finish[0]!,
    commutative: isSymmetric(combine),
  };
}

function stateText(values: readonly number[]): string {
  const list = values.map((value) => String(value).replace("Infinity", "inf")).join(", ");
  return values.length === 1 ? list : `(${list})`;
}

interface RuleContext {
  readonly bound: BoundProgram;
  readonly file: string;
  readonly name: string;
}

function translateRule(
  rule: MonoidRule,
  arity: number,
  components: readonly string[],
  context: RuleContext,
  single = false,
): ScalarIR[] | undefined {
  if (rule.parameters.length !== arity) {
    const expected = arity === 1 ? "one state" : "two states";
    context.bound.diagnostics.report("wrong-argument-count", locate(context.file, rule), {
      name: arity === 1 ? "finish" : "combine",
      expected,
      found: rule.parameters.length,
    });
    return undefined;
  }
  const states = rule.parameters.map((parameter) => parameter.text);
  return translateState(rule.body, single ? ["result"] : components, states, context, components);
}

/** One scalar a component; a block's equations are read in place. */
function translateState(
  body: Expr,
  results: readonly string[],
  states: readonly string[],
  context: RuleContext,
  components: readonly string[] = results,
): ScalarIR[] | undefined {
  const { bound, file } = context;
  const equations = new Map<string, ScalarIR | undefined>();
  const argument = (state: number, component: number): ScalarIR => ({
    kind: "argument",
    argument: state * components.length + component,
  });
  const scope: ScalarScope = {
    bound,
    file,
    translate(expression, depth) {
      if (expression.kind === "NameExpr") {
        const { text } = expression.name;
        if (equations.has(text)) return equations.get(text);
        if (text === "inf") return constant(Infinity);
        const state = states.indexOf(text);
        if (state >= 0 && components.length === 1) return argument(state, 0);
        bound.reportUnknownName(
          expression.name,
          file,
          "a state or an equation before this one",
          [],
          [...states, ...equations.keys()],
        );
        return undefined;
      }
      if (expression.kind === "MemberExpr" && expression.object.kind === "NameExpr") {
        const state = states.indexOf(expression.object.name.text);
        const component = components.indexOf(expression.member.text);
        if (state >= 0 && component >= 0) return argument(state, component);
        const wrong = state < 0 ? expression.object.name : expression.member;
        bound.reportUnknownName(wrong, file, "a component of a state", [], state < 0 ? states : components);
        return undefined;
      }
      const callee =
        expression.kind === "CallExpr" && expression.callee.kind === "NameExpr" && expression.callee.name.text;
      if (callee === "if") return translateChoice(expression as CallExpr, scope, depth);
      return refuse(expression, scope, "this");
    },
  };
  let result = body;
  if (body.kind === "BlockExpr") {
    for (const equation of body.equations) equations.set(equation.name.text, translateScalar(equation.value, scope));
    result = body.result;
  }
  const elements = result.kind === "TupleExpr" ? result.elements : [result];
  if (elements.length !== results.length) {
    bound.diagnostics.report("monoid-components", locate(file, result), {
      name: context.name,
      expected: results.length,
      found: elements.length,
    });
    return undefined;
  }
  const scalars = elements.map((element) => translateScalar(element, scope));
  return scalars.every((scalar) => scalar !== undefined) ? scalars : undefined;
}

/** combine(a, b) and combine(b, a) are the same expression, up to the order of `+`, `*`, min and max. */
function isSymmetric(combine: readonly ScalarIR[]): boolean {
  const count = combine.length;
  return combine.every((scalar) => {
    const swapped = (argument: number) => (argument < count ? argument + count : argument - count);
    return symmetricKey(scalar, (argument) => argument) === symmetricKey(scalar, swapped);
  });
}

function symmetricKey(scalar: ScalarIR, rename: (argument: number) => number): string {
  switch (scalar.kind) {
    case "argument":
      return `#${rename(scalar.argument)}`;
    case "constant":
      return String(scalar.value);
    case "call": {
      const parts = scalar.arguments.map((part) => symmetricKey(part, rename));
      if (scalar.function === "min" || scalar.function === "max") parts.sort();
      return `${scalar.function}(${parts.join(",")})`;
    }
    case "binary": {
      const parts = [symmetricKey(scalar.left, rename), symmetricKey(scalar.right, rename)];
      if (scalar.operator === "+" || scalar.operator === "*") parts.sort();
      return `(${parts.join(scalar.operator)})`;
    }
    default:
      return "";
  }
}
