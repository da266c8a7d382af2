/** Types as they are written, to axes with sizes and layouts; and what a call's arguments say of a type's variables. */
import type { AxisSpec, Expr, Identifier, TensorType } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { Location } from "../diagnostics/types.js";
import type { CheckContext } from "./check-context.js";
import { canKeepState } from "./pending-states.js";
import { cutBy, factorNamed, factorNames } from "./axis-factors.js";
import type { AxisCutIR, AxisIR, ValueIR } from "./ir.js";
import { nestedApart, orderedCuts } from "./row-parts.js";
import {
  dtypeNamed,
  hasColumn,
  isUnboundTable,
  meshAxisNamed,
  namedNumbers,
  rowsAxis,
  sameAxis,
  tableColumnAxis,
  tableNamed,
} from "./type-environment.js";
import { isTier } from "./tiers.js";
import type { TypeEnvironment } from "./type-environment.js";
import { meshAxisName } from "./type-text.js";

export type TypedValue = Pick<ValueIR, "dtype" | "axes" | "pending" | "at" | "tier">;

/** The forms the size of an axis has. */
export type AxisForm =
  | { readonly form: "name"; readonly name: Identifier }
  | { readonly form: "rows"; readonly table: Identifier }
  | { readonly form: "column"; readonly table: Identifier; readonly column: Identifier }
  | { readonly form: "expression"; readonly size: Expr };

export function axisForm(size: Expr): AxisForm {
  if (size.kind === "NameExpr") return { form: "name", name: size.name };
  if (size.kind === "CallExpr" && size.callee.kind === "NameExpr" && size.callee.name.text === "rows") {
    const [table] = size.arguments;
    if (size.arguments.length === 1 && table!.kind === "NameExpr") return { form: "rows", table: table!.name };
  }
  if (size.kind === "MemberExpr" && size.object.kind === "NameExpr") {
    return { form: "column", table: size.object.name, column: size.member };
  }
  return { form: "expression", size };
}

/** The axis a spec names, without the spec's own cuts; undefined where it names none, which is reported. */
export function resolveAxis(spec: AxisSpec, environment: TypeEnvironment, context: CheckContext): AxisIR | undefined {
  const form = axisForm(spec.size);
  switch (form.form) {
    case "rows": {
      const table = tableNamed(form.table, environment, context);
      return table === undefined ? undefined : rowsAxis(table, context);
    }
    case "column": {
      const table = tableNamed(form.table, environment, context);
      if (table === undefined || !hasColumn(table, form.column, environment, context)) return undefined;
      return tableColumnAxis(table, form.column.text, context);
    }
    case "name": {
      const { text } = form.name;
      const known = environment.axes.get(text)?.axis ?? environment.labels.get(text);
      if (known) return known;
      const definition = context.bound.lookup(text, environment.file);
      if (definition?.kind !== "param" && definition?.kind !== "axis" && !environment.numbers.has(text)) {
        context.bound.reportUnknownName(
          form.name,
          environment.file,
          "an axis or a size",
          ["param", "axis"],
          environment.axes.keys(),
        );
        return undefined;
      }
      return sized(spec, text, environment, context);
    }
    case "expression":
      return sized(spec, spec.label?.text, environment, context);
  }
}

function sized(
  spec: AxisSpec,
  name: string | undefined,
  environment: TypeEnvironment,
  context: CheckContext,
): AxisIR | undefined {
  const what = name === undefined ? "The size of an axis" : `The size of \`${name}\``;
  const size = context.bound.evaluateSize(spec.size, environment.file, what, namedNumbers(environment));
  if (size === undefined) return undefined;
  const definition = name === undefined ? undefined : context.bound.lookup(name, environment.file);
  const factors =
    definition?.kind === "axis" && spec.size.kind === "NameExpr" ? context.bound.factorsOf(definition) : undefined;
  const declared = definition !== undefined && definition.name !== name ? definition.name : undefined;
  return { name: name ?? String(size), size, ...(declared && { declared }), ...(factors && { factors }), cuts: [] };
}

/** The cuts a spec states, by mesh axis. */
export function resolveCuts(
  spec: AxisSpec,
  axis: AxisIR,
  environment: TypeEnvironment,
  context: CheckContext,
): AxisCutIR[] | undefined {
  const cuts: AxisCutIR[] = [];
  let complete = true;
  for (const cut of spec.cuts) {
    const meshAxis = meshAxisNamed(cut.mesh, environment, context);
    const by = cut.by?.text;
    const place = locate(environment.file, cut);
    if (axis.table !== undefined && cut.by === undefined) {
      const what = `Rows of a table are divided by a column: write \`/${cut.mesh.text} by from\` or \`by to\`.`;
      context.diagnostics.report("cut-column", place, { what });
      complete = false;
    } else if (axis.table === undefined && by !== undefined && !factorNamed(axis, by)) {
      const factors = factorNames(axis).map((name) => `\`${name}\``);
      const what =
        factors.length === 0
          ? `\`by ${by}\` divides the rows of a table, or an axis that is made of factors; \`${axis.name}\` is neither.`
          : `\`${by}\` is no factor of \`${axis.name}\`: it is made of ${factors.join(", ")}.`;
      context.diagnostics.report("cut-column", place, { what });
      complete = false;
    } else if (axis.table !== undefined && !hasColumn(axis.table, cut.by!, environment, context)) complete = false;
    else if (meshAxis === undefined) complete = false;
    else cuts.push(cutBy(axis, meshAxis, by));
  }
  return complete ? cuts : undefined;
}

/** A type with all its variables known; undefined where part of it means nothing, which is reported. */
export function resolveType(
  type: TensorType,
  environment: TypeEnvironment,
  context: CheckContext,
): TypedValue | undefined {
  const { diagnostics } = context;
  const place = locate(environment.file, type);
  const dtype = type.dtype && dtypeNamed(type.dtype, environment, context);
  if (!type.dtype) diagnostics.report("dtype-missing", place, {});
  const axes = type.axes.flatMap((spec): (AxisIR | undefined)[] => {
    if (spec.kind === "AxisPack") {
      if (environment.pack) return [...environment.pack.axes];
      diagnostics.report("pack-unknown", locate(environment.file, spec), {});
      return [undefined];
    }
    const axis = resolveAxis(spec, environment, context);
    const cuts = axis && resolveCuts(spec, axis, environment, context);
    if (!cuts) return [undefined];
    const all = [...axis.cuts, ...cuts];
    return [{ ...axis, cuts: nestedApart(axis) ? orderedCuts(all) : all }];
  });
  const pending = type.pending.map((spec) => {
    const over = spec.over.map((name) => meshAxisNamed(name, environment, context));
    if (!context.monoid(spec.monoid.text, environment.file)) {
      context.bound.reportUnknownName(spec.monoid, environment.file, "a monoid", ["monoid"]);
      return undefined;
    }
    return over.every((axis) => axis !== undefined) ? { monoid: spec.monoid.text, over } : undefined;
  });
  const at = type.at.map((spec) => {
    const meshAxis = meshAxisNamed(spec.mesh, environment, context);
    const position = context.bound.evaluate(spec.position, environment.file, namedNumbers(environment))?.value;
    if (meshAxis === undefined || position === undefined) return undefined;
    const { name, size } = context.mesh.axes[meshAxis]!;
    if (Number.isInteger(position) && position >= 0 && position < size) return { meshAxis, position };
    const parameters = { what: `A position along \`${name}\``, expected: `from 0 to ${size - 1}`, value: position };
    diagnostics.report("value-out-of-range", locate(environment.file, spec.position), parameters);
    return undefined;
  });
  const isInTier = type.tier === undefined || isTier(type.tier, environment, context);
  const all = [...axes, ...pending, ...at, isHere(type, environment, context), isInTier];
  if (!dtype || all.some((part) => part === undefined)) return undefined;
  const resolved = { dtype, axes, pending, at, ...(type.tier && { tier: type.tier.text }) } as TypedValue;
  const isPossible =
    usesEachMeshAxisOnce(resolved, place, context) && canKeepState(resolved, type, environment.file, context);
  return isPossible ? resolved : undefined;
}

/** Whether a type without `on`, or with it, is of a value on the layer's own mesh; undefined where it is not, reported. */
function isHere({ on }: TensorType, environment: TypeEnvironment, context: CheckContext): true | undefined {
  const { bound, meshIndex } = context;
  const named = on && bound.meshes.findIndex(({ mesh }) => mesh?.name === on.text);
  if (on === undefined || named === meshIndex) return true;
  if (named === -1) {
    const names = bound.meshes.flatMap(({ mesh }) => (mesh ? [mesh.name] : []));
    bound.reportUnknownName(on, environment.file, "a mesh of this file", ["mesh"], names);
  } else {
    const mesh = bound.meshes[meshIndex]?.mesh?.name ?? "";
    context.diagnostics.report("other-mesh", { file: environment.file, span: on.span }, { mesh, other: on.text });
  }
  return undefined;
}

function usesEachMeshAxisOnce(value: TypedValue, place: Location, { mesh, diagnostics }: CheckContext): boolean {
  const used = [
    ...value.axes.flatMap((axis) => axis.cuts.map((cut) => cut.meshAxis)),
    ...value.pending.flatMap(({ over }) => over),
    ...value.at.map(({ meshAxis }) => meshAxis),
  ];
  const twice = used.find((meshAxis, index) => used.indexOf(meshAxis) !== index);
  if (twice === undefined) return true;
  diagnostics.report("mesh-axis-used-twice", place, { mesh: meshAxisName(mesh, twice) });
  return false;
}

/** What one argument's axis says of a spec's variables. */
export type AxisClash = { readonly name: string; readonly known: AxisIR; readonly knownPlace: string };

/**
 * Binds what a spec leaves open to an argument's axis. Returns the axis it clashes with, if it does; `"later"` where the
 * spec cannot be judged before others have bound its names; `"rows"` where it needs rows of a table and has none.
 */
export function unifyAxis(
  spec: AxisSpec,
  axis: AxisIR,
  place: string,
  environment: TypeEnvironment,
  context: CheckContext,
): AxisClash | "later" | "rows" | undefined {
  const form = axisForm(spec.size);
  bindMeshAxes(spec, axis, environment);
  if (spec.label) environment.labels.set(spec.label.text, { ...axis, cuts: [] });
  if (form.form === "rows") {
    if (axis.table === undefined) return "rows";
    if (isUnboundTable(form.table.text, environment)) {
      environment.tables.set(form.table.text, axis.table);
      return undefined;
    }
  } else if (form.form === "column") {
    if (isUnboundTable(form.table.text, environment)) return "later";
  } else if (form.form === "expression") {
    if (!canEvaluate(form.size, environment)) return "later";
  } else {
    const { text } = form.name;
    const bound = environment.axes.get(text);
    if (bound)
      return sameAxis(bound.axis, axis) ? undefined : { name: text, known: bound.axis, knownPlace: bound.place };
    if (isVariable(text, environment, context)) {
      const carried = environment.carriesCuts && spec.cuts.length === 0 ? axis.cuts : [];
      environment.axes.set(text, { axis: { ...axis, cuts: carried }, place });
      return undefined;
    }
  }
  const expected = resolveAxis(spec, environment, context);
  if (!expected || sameAxis(expected, axis)) return undefined;
  return { name: expected.name, known: expected, knownPlace: environment.callee };
}

/** Names in an op's types are its own; a layer's are its file's where that has them. */
function isVariable(name: string, environment: TypeEnvironment, context: CheckContext): boolean {
  if (environment.declared.has(name)) return true;
  if (!environment.implicit) return false;
  if (!environment.carriesCuts) return true;
  const definition = context.bound.lookup(name, environment.file);
  return definition?.kind !== "param" && definition?.kind !== "axis";
}

/** `m` in `R.from/m` is what divides the argument there. */
function bindMeshAxes(spec: AxisSpec, axis: AxisIR, environment: TypeEnvironment): void {
  spec.cuts.forEach((cut, depth) => {
    const { text } = cut.mesh;
    const actual = axis.cuts[depth];
    if (environment.declared.has(text) && !environment.meshAxes.has(text) && actual) {
      environment.meshAxes.set(text, actual.meshAxis);
    }
  });
}

/** Whether all names of a size are numbers by now. */
function canEvaluate(size: Expr, environment: TypeEnvironment): boolean {
  // A list, not recursion: a long sum leans left as deep as it is long.
  const waiting = [size];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    if (part.kind === "NameExpr") {
      const { text } = part.name;
      const isKnown = environment.axes.has(text) || environment.numbers.has(text) || environment.labels.has(text);
      if (!isKnown && environment.implicit) return false;
    } else if (part.kind === "BinaryExpr") waiting.push(part.left, part.right);
    else if (part.kind === "UnaryExpr") waiting.push(part.operand);
    else if (part.kind === "CallExpr") waiting.push(...part.arguments);
  }
  return true;
}
