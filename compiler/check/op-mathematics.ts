/** The right-hand sides of an op, to ScalarIR. */
import type { CallExpr, Expr, NameExpr, ReductionExpr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { isColumnCall, translateIndex, translateRow } from "./index-expressions.js";
import { bindReduced, indexScope, translateAccess } from "./kernel-builder.js";
import type { IndexNames, KernelBuilder } from "./kernel-builder.js";
import { negateCondition } from "../kernels/conditions.js";
import type { ConditionIR, MonoidIR, ScalarIR } from "./ir.js";
import { splitGuard, translateCondition } from "./op-conditions.js";
import { constant, refuse, scalarFunctionNames, translateScalar } from "./scalar-expressions.js";
import type { ScalarScope } from "./scalar-expressions.js";

/** @returns undefined where part of it means nothing, which is reported. */
export function translateMathematics(
  expression: Expr,
  indices: IndexNames,
  builder: KernelBuilder,
  depth = 0,
): ScalarIR | undefined {
  const { context, environment } = builder;
  const scope: ScalarScope = {
    bound: context.bound,
    file: environment.file,
    translate(form, formDepth) {
      switch (form.kind) {
        case "NameExpr":
          return translateName(form, indices, builder);
        case "IndexExpr":
          return translateRead(form, indices, builder);
        case "ReductionExpr":
          return translateReduction(form, indices, builder, formDepth);
        case "CallExpr":
          return translateCall(form, indices, builder, scope, formDepth);
        case "MemberExpr":
          return refuse(form, scope, "members");
        default:
          return refuse(form, scope, "such form");
      }
    },
  };
  return translateScalar(expression, scope, depth);
}

function localNamed(name: string, builder: KernelBuilder): number {
  return builder.localAxes.findIndex((local) => local.name === name);
}

function translateName(expression: NameExpr, indices: IndexNames, builder: KernelBuilder): ScalarIR | undefined {
  const { name } = expression;
  const local = localNamed(name.text, builder);
  const operand = builder.operands.findIndex((other) => other.name === name.text);
  if (local >= 0 || operand >= 0) return translateReadOf(name.text, [], expression, indices, builder);
  const index = indices.get(name.text);
  if (index) return { kind: "index", at: index };
  if (name.text === "inf") return constant(Infinity);
  const { numbers, context, file } = indexScope(builder, indices);
  const known = numbers.get(name.text);
  if (known) return constant(known.value);
  const definition = context.bound.lookup(name.text, file);
  if (definition?.kind === "param" || definition?.kind === "axis") {
    const value = context.bound.evaluate(expression, file, numbers)?.value;
    return value === undefined ? undefined : constant(value);
  }
  const more = [...indices.keys(), ...numbers.keys(), ...readableNames(builder)];
  context.bound.reportUnknownName(name, file, "a parameter, an index or a local equation", ["param"], more);
  return undefined;
}

function readableNames(builder: KernelBuilder): string[] {
  return [...builder.operands, ...builder.localAxes].map((readable) => readable.name);
}

function translateRead(
  expression: Extract<Expr, { kind: "IndexExpr" }>,
  indices: IndexNames,
  builder: KernelBuilder,
): ScalarIR | undefined {
  const { object } = expression;
  if (object.kind === "NameExpr")
    return translateReadOf(object.name.text, expression.indices, expression, indices, builder);
  return refuse(expression, { bound: builder.context.bound, file: builder.environment.file }, "reads of expressions");
}

function translateReadOf(
  name: string,
  written: Extract<Expr, { kind: "IndexExpr" }>["indices"],
  expression: Expr,
  indices: IndexNames,
  builder: KernelBuilder,
): ScalarIR | undefined {
  const local = localNamed(name, builder);
  const operand = builder.operands.findIndex((other) => other.name === name);
  const source = local >= 0 ? builder.localAxes[local] : builder.operands[operand];
  if (!source) {
    const identifier = expression.kind === "IndexExpr" ? expression.object : expression;
    const missing = { kind: "Identifier", text: name, span: identifier.span } as const;
    const { context, environment } = builder;
    context.bound.reportUnknownName(
      missing,
      environment.file,
      "a parameter or a local equation",
      [],
      readableNames(builder),
    );
    return undefined;
  }
  const at = translateAccess(source, written, expression, indices, builder);
  if (!at) return undefined;
  return local >= 0 ? { kind: "local", local, at } : { kind: "read", operand, at };
}

function translateCall(
  call: CallExpr,
  indices: IndexNames,
  builder: KernelBuilder,
  scope: ScalarScope,
  depth: number,
): ScalarIR | undefined {
  const indexing = indexScope(builder, indices);
  if (isColumnCall(call, indexing)) {
    const at = translateIndex(call, indexing);
    return at && { kind: "index", at };
  }
  if (call.callee.kind !== "NameExpr") return refuse(call, scope, "such call");
  const { name } = call.callee;
  if (name.text === "if") return translateSelection(call, indices, builder, depth);
  if (name.text === "weight") {
    const row = translateRow(call, indexing);
    return row && { kind: "weight", table: row.table, at: row.at };
  }
  const definition = builder.context.bound.lookup(name.text, builder.environment.file);
  if (definition?.kind === "op") return refuse(call, scope, "calls of other ops");
  builder.context.bound.reportUnknownName(
    name,
    builder.environment.file,
    "a function of mathematics",
    [],
    [...scalarFunctionNames, ...["weight", "to", "from", "if"]],
  );
  return undefined;
}

/** Translates what stands where a condition holds. */
function guarded<T>(condition: ConditionIR | undefined, { guards }: KernelBuilder, translate: () => T): T {
  if (condition) guards.push(condition);
  const result = translate();
  if (condition) guards.pop();
  return result;
}

/** `if(s < t, a, b)`. */
function translateSelection(
  call: CallExpr,
  indices: IndexNames,
  builder: KernelBuilder,
  depth: number,
): ScalarIR | undefined {
  const { context, environment } = builder;
  if (call.arguments.length !== 3) {
    const place = locate(environment.file, call);
    const counts = { name: "if", expected: "a condition and two values", found: call.arguments.length };
    context.diagnostics.report("wrong-argument-count", place, counts);
    return undefined;
  }
  const condition = translateCondition(call.arguments[0]!, indexScope(builder, indices));
  const [chosen, other] = call.arguments.slice(1) as [Expr, Expr];
  const under = (value: Expr, guard: ConditionIR | undefined) =>
    guarded(guard, builder, () => translateMathematics(value, indices, builder, depth + 1));
  const whenTrue = under(chosen, condition);
  const whenFalse = under(other, condition && negateCondition(condition));
  return condition && whenTrue && whenFalse && { kind: "select", condition, whenTrue, whenFalse };
}

function translateReduction(
  reduction: ReductionExpr,
  indices: IndexNames,
  builder: KernelBuilder,
  depth: number,
): ScalarIR | undefined {
  const { context, environment } = builder;
  const monoid = context.monoid(reduction.monoid.text, environment.file);
  if (!monoid) {
    const known = context.bound.lookup(reduction.monoid.text, environment.file);
    if (known?.kind !== "monoid") {
      context.bound.reportUnknownName(reduction.monoid, environment.file, "a monoid", ["monoid"]);
    }
  }
  const names = new Map(indices);
  const variables: number[] = [];
  let complete = monoid !== undefined;
  for (const binder of reduction.binders) {
    const bound = bindReduced(binder, names, builder);
    if (!bound) {
      complete = false;
      continue;
    }
    variables.push(bound.variable);
    names.set(binder.name.text, bound.index);
  }
  // Without its variables the body would only be reported again.
  if (variables.length < reduction.binders.length) return undefined;
  const guard = reduction.guard && translateCondition(reduction.guard, indexScope(builder, names));
  const bodies = guarded(guard, builder, () => translateBodies(reduction, monoid, names, builder, depth + 1));
  if (!complete || !bodies || (reduction.guard && !guard)) return undefined;
  if (!guard) return { kind: "reduce", monoid: monoid!.name, variables, bodies };
  const { row, ...guards } = splitGuard(guard, variables);
  const ordered = row === undefined ? variables : [row, ...variables.filter((variable) => variable !== row)];
  return { kind: "reduce", monoid: monoid!.name, variables: ordered, ...guards, bodies };
}

/** The state of a term: as many scalars as the monoid has components. */
function translateBodies(
  { body }: ReductionExpr,
  monoid: MonoidIR | undefined,
  indices: IndexNames,
  builder: KernelBuilder,
  depth: number,
): ScalarIR[] | undefined {
  const { context, environment } = builder;
  const parts = body.kind === "TupleExpr" ? body.elements : [body];
  const bodies = parts.map((part) => translateMathematics(part, indices, builder, depth));
  if (monoid && parts.length !== monoid.components.length) {
    const expected = monoid.components.length;
    const parameters = { name: monoid.name, expected, found: parts.length };
    context.diagnostics.report("monoid-components", locate(environment.file, body), parameters);
    return undefined;
  }
  return bodies.every((scalar) => scalar !== undefined) ? bodies : undefined;
}
