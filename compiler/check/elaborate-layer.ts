/** Bodies of layers: their statements in order, what they return, and calls of layers in them, inlined. */
import type { CallExpr, LayerDecl, LayerStatement, LetStatement, ReturnStatement } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { LayerDefinition } from "../bind/bound-program.js";
import { resolveType } from "./axis-specs.js";
import type { TypedValue } from "./axis-specs.js";
import type { BoundCall } from "./call-binding.js";
import { compareTypes } from "./compare-types.js";
import { elaborateCallExpression, elaborateExpression } from "./elaborate-expression.js";
import { bearer, close, deepestCalls, typeOf } from "./elaboration-state.js";
import type { Elaborated, NameNode, ValueEntry } from "./elaboration-state.js";
import type { LayerScope } from "./layer-scope.js";
import { originOf } from "./layer-scope.js";
import { flattenParameters } from "./unify-arguments.js";

type Results = readonly (Elaborated | undefined)[];

/** A call of a layer, written out in place. Its values are named below `nodes[0]`, its results by `nodes`. */
export function elaborateCall(
  call: CallExpr,
  definition: LayerDefinition,
  bound: BoundCall<Elaborated>,
  nodes: readonly NameNode[],
  scope: LayerScope,
): Results | undefined {
  const { context } = scope;
  const { node: layer, file, name } = definition;
  const place = locate(scope.environment.file, call);
  if (scope.calls.includes(layer)) {
    const cycle = [...scope.calls.slice(scope.calls.indexOf(layer)), layer].map((other) => `\`${other.name.text}\``);
    context.diagnostics.report("layer-recursion", place, { name, cycle: cycle.join(" calls ") });
    return undefined;
  }
  if (scope.calls.length >= deepestCalls) {
    const what = `has calls of layers nested deeper than ${deepestCalls}`;
    context.diagnostics.report("layer-too-large", place, { name: scope.state.name, what });
    return undefined;
  }
  const names = new Map<string, Elaborated | undefined>();
  let fits = true;
  for (const argument of bound.values) {
    const declared = resolveType(argument.type, bound.environment, context);
    const found = typeOf(argument.value);
    const comparison = {
      ...{ name: argument.name, found, expression: argument.expression, file: scope.environment.file },
      declaration: locate(file, argument.type),
    };
    if (!declared || !compareTypes({ ...comparison, declared }, context)) fits = false;
    names.set(argument.name, { kind: "value", entry: close(argument.value) });
  }
  // `approximate` is reported by bind.
  if (!fits || layer.approximate) return undefined;
  return elaborateBody(layer, nodes, {
    ...scope,
    environment: bound.environment,
    names,
    frame: { node: nodes[0]!, ...(scope.frame && { parent: scope.frame }) },
    calls: [...scope.calls, layer],
    origin: originOf(call, scope),
    calledFrom: [{ location: place, message: `\`${name}\` is called here` }, ...scope.calledFrom].slice(0, 8),
  });
}

/** @returns one result a result of the signature; undefined where the body has none, which is reported. */
export function elaborateBody(layer: LayerDecl, nodes: readonly NameNode[], scope: LayerScope): Results | undefined {
  let results: Results | undefined;
  let returned: ReturnStatement | undefined;
  const own = new Set<ValueEntry>();
  for (const statement of layer.body) {
    if (returned) {
      scope.context.diagnostics.report("after-return", locate(scope.environment.file, statement), {});
      break;
    }
    if (statement.kind === "ReturnStatement") {
      returned = statement;
      results = elaborateReturn(layer, statement, nodes, own, scope);
    } else elaborateStatement(statement, own, scope);
  }
  if (!returned) {
    const [first] = flattenParameters(layer.results);
    const result = first ? `\`${first.name.text}\`` : "result";
    const name = layer.name.text;
    scope.context.diagnostics.report(
      "no-return",
      { file: scope.environment.file, span: layer.name.span },
      { name, result },
    );
  }
  return results;
}

function elaborateStatement(statement: LayerStatement, own: Set<ValueEntry>, scope: LayerScope): void {
  const { context, environment } = scope;
  if (statement.kind === "LetStatement") return elaborateLet(statement, own, scope);
  const what = statement.kind === "NextStatement" ? "`next`" : "`when` in a layer";
  context.diagnostics.report("not-built-yet", locate(environment.file, statement), { what });
}

function elaborateLet(statement: LetStatement, own: Set<ValueEntry>, scope: LayerScope): void {
  const { context, environment, frame, state } = scope;
  const { targets, value } = statement;
  const names = targets.map((target) => target.name.segments.map((segment) => segment.name.text).join("."));
  const nodes = names.map((label): NameNode => ({ label, ...(frame && { encloser: frame.node }) }));
  const several = targets.length > 1 && value.kind === "CallExpr";
  const results = several
    ? elaborateCallExpression(value, nodes, scope)
    : [elaborateExpression(value, nodes[0]!, scope)];
  if (several && results && results.length !== targets.length) {
    const parameters = { name: names.join(", "), expected: `${targets.length} values`, found: String(results.length) };
    context.diagnostics.report("result-count", locate(environment.file, value), parameters);
  }
  targets.forEach((target, index) => {
    const name = names[index]!;
    const result = results?.[index];
    if (scope.names.has(name)) {
      context.diagnostics.report("value-named-twice", locate(environment.file, target.name), { name });
      return;
    }
    if (!result) {
      scope.names.set(name, undefined);
      return;
    }
    const declared = target.type && resolveType(target.type, environment, context);
    const comparison = {
      name,
      expression: value,
      file: environment.file,
      declaration: locate(environment.file, target),
    };
    const fits = !declared || compareTypes({ ...comparison, found: typeOf(result), declared }, context);
    const entry = close(result);
    if (declared && fits) entry.type = named(entry.type, declared);
    if (frame === undefined) scope.types.set(target.name.span, entry.type);
    if (bearer(entry.node) !== nodes[index]) state.aliases.push({ node: nodes[index]!, entry });
    else own.add(entry);
    // A value whose type is not as declared is not used further: what it would do to others is not the mistake.
    scope.names.set(name, fits && (!target.type || declared) ? { kind: "value", entry } : undefined);
  });
}

/** Names of axes as they were written; all else is the same. */
function named(found: TypedValue, declared: TypedValue): TypedValue {
  return { ...found, axes: found.axes.map((axis, dimension) => ({ ...axis, name: declared.axes[dimension]!.name })) };
}

function elaborateReturn(
  layer: LayerDecl,
  statement: ReturnStatement,
  nodes: readonly NameNode[],
  own: ReadonlySet<ValueEntry>,
  scope: LayerScope,
): Results | undefined {
  const { context, environment, state } = scope;
  const declared = flattenParameters(layer.results);
  if (statement.values.length !== declared.length) {
    const counted = (count: number) => `${count} ${count === 1 ? "value" : "values"}`;
    const parameters = {
      name: layer.name.text,
      expected: counted(declared.length),
      found: String(statement.values.length),
    };
    context.diagnostics.report("result-count", locate(environment.file, statement), parameters);
    return undefined;
  }
  return statement.values.map((value, index) => {
    const node = nodes[index] ?? { label: declared[index]!.name.text, encloser: nodes[0]! };
    const result = elaborateExpression(value, node, scope);
    const { name, type } = declared[index]!;
    if (type.kind === "NamedType") {
      context.diagnostics.report("not-built-yet", locate(environment.file, type), {
        what: "A result that is no tensor",
      });
      return undefined;
    }
    const expected = resolveType(type, environment, context);
    if (!result || !expected) return undefined;
    const comparison = {
      name: name.text,
      expression: value,
      file: environment.file,
      declaration: locate(environment.file, type),
    };
    if (!compareTypes({ ...comparison, found: typeOf(result), declared: expected }, context)) return undefined;
    const entry = close(result);
    entry.type = named(entry.type, expected);
    const bears = bearer(entry.node);
    if (bears === node) return { kind: "value", entry };
    // The returned value bears the output's name; the one it had inside still leads to it.
    const isNamedInside = own.has(entry) && !nodes.includes(bears);
    state.aliases.push({ node: isNamedInside ? { ...bears } : node, entry });
    if (isNamedInside) bears.mergedInto = node;
    return { kind: "value", entry };
  });
}
