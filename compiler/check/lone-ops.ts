/** Ops of the entry by themselves, so that a mistake in one is reported whether a layer calls it or not. */
import type { OpDecl } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { OpDefinition } from "../bind/bound-program.js";
import type { Memory } from "../bind/memory.js";
import { axisForm } from "./axis-specs.js";
import type { TypedValue } from "./axis-specs.js";
import type { DiagnosticName } from "../diagnostics/catalogue.js";
import type { CheckContext } from "./check-context.js";
import type { AxisIR } from "./ir.js";
import { resolveOp } from "./op-resolution.js";
import { createEnvironment } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";
import { flattenParameters, unifyArguments } from "./unify-arguments.js";

/** Each axis is another multiple of this, so that axes do not agree by chance and halves and quarters are whole. */
const unit = 5040;

/** What depends on sizes says nothing of made-up ones. */
const aboutSizes: ReadonlySet<DiagnosticName> = new Set(["index-out-of-range", "value-out-of-range"]);

/**
 * Checks each op of the entry against arguments made up from its own signature. Ops over tables have none to be tried
 * with unless the file has a table; they are then checked where they are called only.
 */
export function checkLoneOps(context: CheckContext, memory: Memory): void {
  const { bound, diagnostics } = context;
  for (const definition of bound.files.get(bound.entry)!.definitions) {
    if (definition.kind !== "op" || memory.recall(definition.node) !== undefined) continue;
    const reported = diagnostics.count();
    reportLayouts(definition, context);
    tryOp(definition, context);
    if (diagnostics.count() === reported) memory.keep(definition.node, "sound");
  }
}

/** Types of an op's parameters and result have no layout. */
function reportLayouts({ node, file }: OpDefinition, { diagnostics }: CheckContext): void {
  const types = [...node.parameters.map((parameter) => parameter.type), node.result];
  for (const type of types) {
    if (type.kind !== "TensorType") continue;
    const cuts = type.axes.flatMap((axis) => (axis.kind === "AxisSpec" ? axis.cuts : []));
    for (const part of [...cuts, ...type.pending, ...type.at])
      diagnostics.report("layout-in-op", locate(file, part), {});
  }
}

function tryOp(definition: OpDefinition, whole: CheckContext): void {
  const { node, file, name } = definition;
  // A computed size may have no value for made-up ones.
  if (node.result.axes.some((spec) => spec.kind === "AxisSpec" && axisForm(spec.size).form !== "name")) return;
  const { diagnostics } = whole;
  const context: CheckContext = {
    ...whole,
    diagnostics: {
      ...diagnostics,
      report: (code, ...rest) => (aboutSizes.has(code) ? undefined : diagnostics.report(code, ...rest)),
    },
  };
  const environment = createEnvironment(file, name, node.typeParameters, "op");
  const values: { name: string; type: TypedValue; of: OpDecl["parameters"][number]["type"] }[] = [];
  for (const parameter of flattenParameters(node.parameters)) {
    const { type } = parameter;
    if (type.kind === "NamedType" && type.name.text === "number") {
      environment.numbers.set(parameter.name.text, 1);
    } else if (type.kind === "TensorType") {
      const made = makeUp(type, environment);
      if (!made) return;
      values.push({ name: parameter.name.text, type: made, of: type });
    } else return;
  }
  if (node.typeParameters.some((parameter) => parameter.bound !== undefined)) return;
  const tensors = values.flatMap(({ name: parameter, type, of }) =>
    of.kind === "TensorType" ? [{ name: parameter, type: of, value: type, location: locate(file, of) }] : [],
  );
  if (unifyArguments(tensors, environment, context) === "fits") resolveOp(definition, environment, values, context);
}

/** A value of the parameter's type: two axes for `..`; undefined where its axes cannot be made up. */
function makeUp(
  type: Extract<OpDecl["parameters"][number]["type"], { kind: "TensorType" }>,
  environment: TypeEnvironment,
) {
  const axes: AxisIR[] = [];
  for (const spec of type.axes) {
    if (spec.kind === "AxisPack") {
      axes.push({ name: "leading", size: unit, cuts: [] }, { name: "leading2", size: 2 * unit, cuts: [] });
      continue;
    }
    const form = axisForm(spec.size);
    if (form.form !== "name") return undefined;
    const name = form.name.text;
    const known = environment.axes.get(name)?.axis;
    const axis = known ?? { name, size: unit * (3 + environment.axes.size), cuts: [] };
    environment.axes.set(name, { axis, place: name });
    axes.push(axis);
  }
  return { dtype: type.dtype?.text ?? "f32", axes, pending: [], at: [] };
}
