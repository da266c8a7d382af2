/** An op applied to arguments: the kernel with concrete sizes, and the axes and dtype of its result. */
import type { AxisSpec, LocalEquation } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { OpDefinition } from "../bind/bound-program.js";
import { resolveAxis } from "./axis-specs.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { variableIndex } from "../kernels/index-math.js";
import type { AffineIndex } from "../kernels/index-math.js";
import { mostGuardedLocal, mostWays } from "./guarded-ways.js";
import type { AxisIR, KernelIR, MonoidIR } from "./ir.js";
import { addVariable, axisOfIndex } from "./kernel-builder.js";
import type { KernelBuilder, Readable } from "./kernel-builder.js";
import { dependsOnAbsent, inlineLocals } from "./kernel-locals.js";
import { translateMathematics } from "./op-mathematics.js";
import { opaqueBody, statedCost } from "./stated-cost.js";
import { dtypeNamed } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";

export interface ResolvedOp {
  readonly kernel: KernelIR;
  readonly dtype: string;
  /** Of the result, without layout. */
  readonly axes: readonly AxisIR[];
}

interface ResultAxis {
  readonly axis: AxisIR;
  /** Name of its index in the body, where it has one. */
  readonly index?: { readonly text: string; readonly span: AxisSpec["span"] };
}

/**
 * @param values types of the arguments that are tensors, by parameter name, in order
 * @returns undefined where the op has an error, which is reported
 */
export function resolveOp(
  definition: OpDefinition,
  environment: TypeEnvironment,
  values: readonly { readonly name: string; readonly type: TypedValue }[],
  context: CheckContext,
): ResolvedOp | undefined {
  const { node, file, name } = definition;
  if (!isBuilt(definition, context)) return undefined;
  const dtype = node.result.dtype && dtypeNamed(node.result.dtype, environment, context);
  if (!node.result.dtype) context.diagnostics.report("dtype-missing", locate(file, node.result), {});
  const axes = resultAxes(definition, environment, context);
  if (!axes) return undefined;

  const variables: KernelIR["variables"][number][] = [];
  const pack: number[] = [];
  const operands: Readable[] = values.map((value) => ({ name: value.name, axes: value.type.axes }));
  const hasPack = node.result.axes.some((spec) => spec.kind === "AxisPack");
  const builder: KernelBuilder = {
    ...{ context, environment, variables, operands, locals: [], localAxes: [], guards: [] },
    pack: hasPack ? pack : undefined,
  };
  const indices = new Map<string, AffineIndex>();
  let complete = true;
  for (const { axis, index, inPack } of axes) {
    const variable = addVariable(builder, index?.text ?? axis.name, axis);
    if (inPack) pack.push(variable);
    if (!index) continue;
    if (indices.has(index.text)) {
      context.diagnostics.report("index-named-twice", { file, span: index.span }, { name: index.text });
      complete = false;
    }
    indices.set(index.text, variableIndex(variable));
  }
  for (const equation of node.equations) if (!addLocal(equation, indices, builder)) complete = false;
  const body = node.opaque
    ? opaqueBody(definition, indices, builder)
    : translateMathematics(node.body!, indices, builder);
  const cost = node.opaque || node.cost.length > 0 ? statedCost(definition, environment, context) : {};
  if (!dtype || !body || !cost || !complete) return undefined;
  const written = {
    ...{ name, outputRank: axes.length, variables, locals: builder.locals, body },
    ...(Object.keys(cost).length > 0 && { cost }),
    ...(node.opaque && { opaque: true as const }),
  };
  const monoid = (wanted: string) => context.monoids().find((other) => other.name === wanted);
  if (!checkStates(written, definition, monoid, context)) return undefined;
  const kernel = inlineLocals(written, monoid);
  const guarded = mostGuardedLocal(kernel);
  if (guarded && guarded.ways > mostWays) {
    const parameters = { name: guarded.name, limit: mostWays };
    context.diagnostics.report("too-many-ways", locate(file, node.name), parameters);
    return undefined;
  }
  return { kernel, dtype, axes: axes.map(({ axis }) => axis) };
}

/** A component of a state depends on no index of the equation that it has no axis for. */
function checkStates(
  kernel: KernelIR,
  { node, file }: OpDefinition,
  monoid: (name: string) => MonoidIR | undefined,
  { diagnostics }: CheckContext,
): boolean {
  const wrong = dependsOnAbsent(kernel, monoid);
  if (wrong === undefined) return true;
  const what = `\`${wrong.component}\` of \`${wrong.monoid}\` has no axis for \`${wrong.index}\`, the last of the equation's, so it cannot depend on it.`;
  diagnostics.report("monoid-component", locate(file, node.body!), { what });
  return false;
}

/** An op has a body, or is opaque and has none. */
function isBuilt({ node, file, name }: OpDefinition, { diagnostics }: CheckContext): boolean {
  if (node.guard) {
    diagnostics.report("not-built-yet", locate(file, node.guard), { what: "A guard over an op's indices" });
    return false;
  }
  if (node.opaque && node.body) {
    const what = `\`${name}\` is opaque and has a body: leave out one of them.`;
    diagnostics.report("op-cost", locate(file, node.body), { what });
    return false;
  }
  if (!node.opaque && !node.body) diagnostics.report("op-without-body", locate(file, node.name), { name });
  return node.opaque || node.body !== undefined;
}

function resultAxes(
  { node, file }: OpDefinition,
  environment: TypeEnvironment,
  context: CheckContext,
): (ResultAxis & { inPack?: true })[] | undefined {
  const axes: (ResultAxis & { inPack?: true })[] = [];
  let complete = true;
  for (const spec of node.result.axes) {
    if (spec.kind === "AxisPack") {
      const known = environment.pack;
      if (!known) context.diagnostics.report("pack-unknown", locate(file, spec), {});
      axes.push(...(known?.axes ?? []).map((axis) => ({ axis: { ...axis, cuts: [] }, inPack: true as const })));
      complete &&= known !== undefined;
      continue;
    }
    const axis = resolveAxis(spec, environment, context);
    const name = spec.label ?? (spec.size.kind === "NameExpr" ? spec.size.name : undefined);
    // A reduction may run over an axis that only the result has a name for.
    if (spec.label && axis && !environment.labels.has(spec.label.text)) environment.labels.set(spec.label.text, axis);
    if (axis) axes.push({ axis: { ...axis, cuts: [] }, ...(name && { index: { text: name.text, span: name.span } }) });
    else complete = false;
  }
  return complete ? axes : undefined;
}

/** `let top[m] = ..`: its indices are the result's, or run over an axis of the parameters. */
function addLocal(equation: LocalEquation, outputs: ReadonlyMap<string, AffineIndex>, builder: KernelBuilder): boolean {
  const { context, environment } = builder;
  const { name } = equation;
  if ([...builder.operands, ...builder.localAxes].some((other) => other.name === name.text)) {
    context.diagnostics.report("value-named-twice", locate(environment.file, name), { name: name.text });
    return false;
  }
  // Only its own: elsewhere the name of an axis is its size.
  const indices = new Map<string, AffineIndex>();
  const variables: number[] = [];
  let complete = true;
  for (const index of equation.indices) {
    if (index.kind === "Ellipsis") {
      if (!builder.pack) context.diagnostics.report("pack-unknown", locate(environment.file, index), {});
      complete &&= builder.pack !== undefined;
      variables.push(...(builder.pack ?? []));
      continue;
    }
    const output = outputs.get(index.text)?.terms[0]?.variable;
    const axis = output === undefined ? axisOfIndex(index, builder) : undefined;
    const variable = output ?? (axis && addVariable(builder, index.text, axis));
    if (variable !== undefined && variables.includes(variable)) {
      context.diagnostics.report("index-named-twice", locate(environment.file, index), { name: index.text });
      complete = false;
    }
    if (variable === undefined) complete = false;
    else {
      variables.push(variable);
      indices.set(index.text, variableIndex(variable));
    }
  }
  const body = complete ? translateMathematics(equation.value, indices, builder) : undefined;
  // Kept without a body too, so that reading it is not a second error.
  builder.locals.push({ name: name.text, indices: variables, body: body ?? { kind: "constant", value: 0 } });
  const axes = variables.map((variable) => ({ ...builder.variables[variable]!, cuts: [] }));
  builder.localAxes.push({ name: name.text, axes });
  return body !== undefined;
}
