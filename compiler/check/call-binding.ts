/**
 * A call's arguments, sorted out: values for the parameters, then, after them or in `<>`, what binds type parameters in
 * order. The rest of those are inferred from the values' types.
 */
import type { CallExpr, Expr, Identifier, Parameter, TensorType, TypeParameter } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { describeDimension, plain, sameDimension } from "../bind/quantity.js";
import { resolveAxis } from "./axis-specs.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { createEnvironment, dtypeNamed, meshAxisNamed, namedNumbers, tableNamed } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";
import { flattenParameters, unifyArguments } from "./unify-arguments.js";

export interface Callee {
  readonly name: string;
  readonly file: string;
  readonly kind: "op" | "layer";
  readonly parameters: readonly Parameter[];
  readonly typeParameters: readonly TypeParameter[];
}

export interface BoundArgument<V> {
  /** Name of the parameter. */
  readonly name: string;
  readonly type: TensorType;
  readonly value: V;
  readonly expression: Expr;
}

export interface BoundCall<V> {
  readonly environment: TypeEnvironment;
  /** Arguments that are values, in the order of the parameters. */
  readonly values: readonly BoundArgument<V>[];
}

export interface Caller<V> {
  readonly environment: TypeEnvironment;
  /** Whether an expression is a value of the layer, rather than a number. */
  isValue(expression: Expr): boolean;
  /** Reported where undefined. */
  evaluate(expression: Expr): V | undefined;
  typeOf(value: V): TypedValue;
}

/** @returns undefined where the arguments do not fit, which is reported; all arguments are evaluated in any case. */
export function bindCall<V>(
  callee: Callee,
  call: CallExpr,
  caller: Caller<V>,
  context: CheckContext,
): BoundCall<V> | undefined {
  const environment = createEnvironment(callee.file, callee.name, callee.typeParameters, callee.kind);
  const parameters = flattenParameters(callee.parameters);
  const given = call.arguments.slice(0, parameters.length);
  const extra = [...(call.typeArguments ?? []), ...call.arguments.slice(parameters.length)];
  const typeParameters = callee.typeParameters;
  if (given.length < parameters.length || extra.length > typeParameters.length) {
    for (const argument of call.arguments) if (caller.isValue(argument)) caller.evaluate(argument);
    reportCount(callee, call, parameters.length, context, caller);
    return undefined;
  }
  let fits = true;
  extra.forEach((expression, index) => {
    if (!bindTypeParameter(typeParameters[index]!, expression, environment, caller, context)) fits = false;
  });
  const values: BoundArgument<V>[] = [];
  parameters.forEach(({ name, type }, index) => {
    const expression = given[index]!;
    const kind = type.kind === "NamedType" ? type.name.text : undefined;
    if (kind === "number" || kind === "table" || kind === "axis" || kind === "dtype") {
      const bound: TypeParameter = { kind: "TypeParameter", name, bound: { ...name, text: kind }, span: name.span };
      if (!bindTypeParameter(bound, expression, environment, caller, context)) fits = false;
      return;
    }
    const tensor = asTensor(type);
    if (tensor.axes.length === 0 && !caller.isValue(expression)) {
      if (!bindNumber(name, expression, environment, caller, context)) fits = false;
      return;
    }
    const value = caller.evaluate(expression);
    if (value === undefined) fits = false;
    else values.push({ name: name.text, type: tensor, value, expression });
  });
  const tensors = values.map(({ name, type, value, expression }) => ({
    name,
    type,
    value: caller.typeOf(value),
    location: locate(caller.environment.file, expression),
  }));
  if (!fits) return undefined;
  const unified = unifyArguments(tensors, environment, context);
  if (unified === "clash") return undefined;
  return allBound(callee, call, environment, caller, context) && unified === "fits"
    ? { environment, values }
    : undefined;
}

/** A name alone, where a type is needed, is a scalar of that dtype. */
function asTensor(type: Parameter["type"]): TensorType {
  if (type.kind === "TensorType") return type;
  return { kind: "TensorType", dtype: type.name, axes: type.axes ?? [], pending: [], at: [], span: type.span };
}

function reportCount<V>(callee: Callee, call: CallExpr, count: number, context: CheckContext, caller: Caller<V>): void {
  const values = `${count} ${count === 1 ? "argument" : "arguments"}`;
  const more = callee.typeParameters.length;
  const expected = more > 0 ? `${values}, and up to ${more} for its parameters` : values;
  context.diagnostics.report("wrong-argument-count", locate(caller.environment.file, call), {
    name: callee.name,
    expected,
    found: call.arguments.length,
  });
}

function bindTypeParameter<V>(
  parameter: TypeParameter,
  expression: Expr,
  environment: TypeEnvironment,
  caller: Caller<V>,
  context: CheckContext,
): boolean {
  const { name } = parameter;
  const bound = parameter.bound?.text ?? kindOfArgument(expression, caller, context);
  if (bound === "number") return bindNumber(name, expression, environment, caller, context);
  if (expression.kind !== "NameExpr") {
    const expected = bound === "table" ? "a table" : bound === "dtype" ? "a dtype" : "an axis";
    context.diagnostics.report("wrong-argument", locate(caller.environment.file, expression), {
      parameter: name.text,
      callee: environment.callee,
      expected,
      found: "an expression",
    });
    return false;
  }
  if (bound === "table") {
    const table = tableNamed(expression.name, caller.environment, context);
    if (table !== undefined) environment.tables.set(name.text, table);
    return table !== undefined;
  }
  if (bound === "dtype") {
    const dtype = dtypeNamed(expression.name, caller.environment, context);
    if (dtype !== undefined) environment.dtypes.set(name.text, { dtype, place: environment.callee });
    return dtype !== undefined;
  }
  return bindAxis(name, expression.name, environment, caller, context);
}

/** A mesh axis, else an axis of the mathematics. */
function bindAxis<V>(
  name: Identifier,
  argument: Identifier,
  environment: TypeEnvironment,
  caller: Caller<V>,
  context: CheckContext,
): boolean {
  const known =
    caller.environment.axes.has(argument.text) || context.bound.lookup(argument.text, caller.environment.file);
  if (
    context.mesh.axes.some((axis) => axis.name === argument.text) ||
    caller.environment.meshAxes.has(argument.text) ||
    !known
  ) {
    const meshAxis = meshAxisNamed(argument, caller.environment, context);
    if (meshAxis !== undefined) environment.meshAxes.set(name.text, meshAxis);
    return meshAxis !== undefined;
  }
  const spec = {
    kind: "AxisSpec",
    size: { kind: "NameExpr", name: argument, span: argument.span },
    cuts: [],
    span: argument.span,
  } as const;
  const axis = resolveAxis(spec, caller.environment, context);
  if (axis) environment.axes.set(name.text, { axis, place: environment.callee });
  return axis !== undefined;
}

function bindNumber<V>(
  name: Identifier,
  expression: Expr,
  environment: TypeEnvironment,
  caller: Caller<V>,
  context: CheckContext,
): boolean {
  const place = locate(caller.environment.file, expression);
  if (caller.isValue(expression)) {
    const parameters = { parameter: name.text, callee: environment.callee, expected: "a number", found: "a value" };
    context.diagnostics.report("wrong-argument", place, parameters);
    return false;
  }
  const quantity = context.bound.evaluate(expression, caller.environment.file, namedNumbers(caller.environment));
  if (!quantity) return false;
  if (!sameDimension(quantity.dimension, plain)) {
    context.diagnostics.report("wrong-unit", place, {
      what: `\`${name.text}\` of \`${environment.callee}\``,
      expected: describeDimension(plain),
      found: describeDimension(quantity.dimension),
    });
    return false;
  }
  environment.numbers.set(name.text, quantity.value);
  return true;
}

/** What an argument for a type parameter without a bound must be. */
function kindOfArgument<V>(expression: Expr, caller: Caller<V>, context: CheckContext): string {
  if (expression.kind !== "NameExpr") return "number";
  const { text } = expression.name;
  if (caller.environment.tables.has(text)) return "table";
  const definition = context.bound.lookup(text, caller.environment.file);
  return definition?.kind === "table" ? "table" : "axis";
}

function allBound<V>(
  callee: Callee,
  call: CallExpr,
  environment: TypeEnvironment,
  caller: Caller<V>,
  context: CheckContext,
): boolean {
  const { axes, tables, meshAxes, dtypes, numbers } = environment;
  const missing = callee.typeParameters.filter(
    ({ name: { text } }) =>
      !axes.has(text) && !tables.has(text) && !meshAxes.has(text) && !dtypes.has(text) && !numbers.has(text),
  );
  for (const { name } of missing) {
    const related = [{ location: locate(callee.file, name), message: `\`${name.text}\` is declared here` }];
    context.diagnostics.report(
      "cannot-infer",
      locate(caller.environment.file, call),
      { name: name.text, callee: callee.name },
      { related },
    );
  }
  return missing.length === 0;
}
