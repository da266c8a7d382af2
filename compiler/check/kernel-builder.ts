/** The mathematics of one op, while it is translated: its variables, local equations, and what each name means in it. */
import type { Binder, Ellipsis, Expr, Identifier } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { axisForm } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { addAffine, constantIndex, indexRange, variableIndex } from "../kernels/index-math.js";
import type { AffineIndex } from "../kernels/index-math.js";
import { translateIndex } from "./index-expressions.js";
import type { IndexScope } from "./index-expressions.js";
import { boundsUnder } from "../kernels/conditions.js";
import type { AxisIR, ConditionIR, IndexIR, IndexVariable, LocalIR } from "./ir.js";
import { namedNumbers, rowsAxis, tableNamed } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";
import { sizedName } from "./type-text.js";
import { countAxes } from "./unify-arguments.js";

export interface Readable {
  readonly name: string;
  readonly axes: readonly AxisIR[];
}

export interface KernelBuilder {
  readonly context: CheckContext;
  readonly environment: TypeEnvironment;
  readonly variables: IndexVariable[];
  readonly locals: LocalIR[];
  /** Axes of each local equation, for reading it. */
  readonly localAxes: Readable[];
  /** Tensors of the op, by operand. */
  readonly operands: readonly Readable[];
  /** Variables of `..`, where the result has it. */
  readonly pack: readonly number[] | undefined;
  /** What holds of indices where the mathematics being translated stands. */
  readonly guards: ConditionIR[];
}

/** Index names in scope at some place of an op. */
export type IndexNames = ReadonlyMap<string, AffineIndex>;

export function indexScope(builder: KernelBuilder, indices: IndexNames): IndexScope {
  const { context, environment, variables } = builder;
  return { context, environment, file: environment.file, indices, variables, numbers: namedNumbers(environment) };
}

export function addVariable(builder: KernelBuilder, name: string, axis: Pick<AxisIR, "size" | "table">): number {
  const { size, table } = axis;
  builder.variables.push({ name, size, ...(table !== undefined && { table }) });
  return builder.variables.length - 1;
}

/** The axis an index name runs over: a label of a parameter, or an axis named so. */
export function axisOfIndex(name: Identifier, builder: KernelBuilder): AxisIR | undefined {
  const { labels, axes, file } = builder.environment;
  const axis = labels.get(name.text) ?? axes.get(name.text)?.axis;
  if (!axis) builder.context.diagnostics.report("unknown-index", { file, span: name.span }, { name: name.text });
  return axis;
}

/** A reduction's binder: its variable, and the index its name means. */
export function bindReduced(
  binder: Binder,
  indices: IndexNames,
  builder: KernelBuilder,
): { variable: number; index: AffineIndex } | undefined {
  const { name, range } = binder;
  if (!range) {
    const axis = axisOfIndex(name, builder);
    return axis && plainBinding(addVariable(builder, name.text, axis));
  }
  if (range.kind === "RangeExpr") return bindRange(name, range, indices, builder);
  const form = axisForm(range);
  if (form.form === "rows") {
    const table = tableNamed(form.table, builder.environment, builder.context);
    return table === undefined
      ? undefined
      : plainBinding(addVariable(builder, name.text, rowsAxis(table, builder.context)));
  }
  if (form.form === "name") {
    const axis = axisOfIndex(form.name, builder);
    return axis && plainBinding(addVariable(builder, name.text, axis));
  }
  builder.context.diagnostics.report("unknown-index", locate(builder.environment.file, binder), { name: name.text });
  return undefined;
}

function plainBinding(variable: number): { variable: number; index: AffineIndex } {
  return { variable, index: variableIndex(variable) };
}

function bindRange(
  name: Identifier,
  range: Extract<Expr, { kind: "RangeExpr" }>,
  indices: IndexNames,
  builder: KernelBuilder,
): { variable: number; index: AffineIndex } | undefined {
  const scope = indexScope(builder, indices);
  const [low, high] = [translateIndex(range.low, scope), translateIndex(range.high, scope)];
  if (!low || !high) return undefined;
  const bounds = [low, high].map((index) =>
    index.kind === "affine" && index.terms.length === 0 ? index.offset : undefined,
  );
  const [first, last] = bounds;
  if (first === undefined || last === undefined) {
    builder.context.diagnostics.report("not-a-value", locate(builder.environment.file, range), {});
    return undefined;
  }
  const size = last - first + (range.inclusive ? 1 : 0);
  if (size < 0) {
    builder.context.diagnostics.report("value-out-of-range", locate(builder.environment.file, range), {
      what: "A range",
      expected: "in ascending order",
      value: `${first} to ${last}`,
    });
    return undefined;
  }
  const variable = addVariable(builder, name.text, { size });
  return { variable, index: addAffine(variableIndex(variable), constantIndex(first)) };
}

/** The indices at which a tensor or a local equation is read, checked against its axes. */
export function translateAccess(
  source: Readable,
  expressions: readonly (Expr | Ellipsis)[],
  place: Expr,
  indices: IndexNames,
  builder: KernelBuilder,
): IndexIR[] | undefined {
  const { context, environment } = builder;
  const scope = indexScope(builder, indices);
  const found = expressions.flatMap((expression): (IndexIR | undefined)[] => {
    if (expression.kind !== "Ellipsis") return [translateIndex(expression, scope)];
    if (builder.pack) return builder.pack.map((variable) => variableIndex(variable));
    context.diagnostics.report("pack-unknown", locate(environment.file, expression), {});
    return [undefined];
  });
  if (!found.every((index) => index !== undefined)) return undefined;
  if (found.length !== source.axes.length) {
    const expected = countAxes(source.axes.length);
    const given = found.length === 1 ? "one index" : `${found.length} indices`;
    context.diagnostics.report("index-count", locate(environment.file, place), {
      name: source.name,
      expected,
      found: given,
    });
    return undefined;
  }
  const columnSize = context.inference.columnSize;
  let inside = true;
  found.forEach((index, dimension) => {
    const axis = source.axes[dimension]!;
    const range = indexRange(index, builder.variables, columnSize);
    const guarded = index.kind === "affine" ? boundsUnder(index, builder.guards) : undefined;
    const [low, high] = [range?.low, range?.high].map((end) => end ?? 0) as [number, number];
    const least = Math.max(low, guarded?.low ?? low);
    const most = Math.min(high, guarded?.high ?? high);
    // Where no index passes the guards, nothing is read.
    if (!range || least > most || (least >= 0 && most < axis.size)) return;
    inside = false;
    const written = expressions.length === found.length ? expressions[dimension]! : place;
    context.diagnostics.report("index-out-of-range", locate(environment.file, written), {
      text: textOf(written.span, environment.file, context),
      low: range.low,
      high: range.high,
      axis: sizedName(axis),
      name: source.name,
      last: axis.size - 1,
    });
  });
  return inside ? found : undefined;
}

export function textOf(span: { start: number; end: number }, file: string, { bound }: CheckContext): string {
  return bound.files.get(file)?.text.slice(span.start, span.end).replaceAll(/\s+/g, " ") ?? "";
}
