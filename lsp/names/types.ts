/** Names in types, of an op's or a layer's signature and of the values in a layer. */
import { axisForm } from "../../compiler/check/axis-specs.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import type { AtSpec, AxisPack, AxisSpec, Identifier, Parameter, TypeParameter } from "../../grammar/ast.js";
import { meshAxis, tierNamed, walkColumn, walkFactor } from "./members.js";
import { walkNumber } from "./numbers.js";
import type { NumberScope } from "./numbers.js";
import { typeWords } from "./signature.js";
import type { Signature } from "./signature.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

export function walkType(type: Parameter["type"], signature: Signature, walk: Walk): void {
  if (type.kind === "NamedType") {
    if (typeWords.has(type.name.text)) return walk.builtIn(type.name, "type");
    return walkDtype(type.name, signature, walk);
  }
  if (type.dtype) walkDtype(type.dtype, signature, walk);
  walkLayout(type, signature, walk);
  for (const { monoid, over } of type.pending) {
    walk.refer(monoid, signature.declared.get(monoid.text) ?? walk.scope.find("names", monoid.text));
    for (const name of over) walkMeshAxis(name, signature, walk);
  }
  if (type.on) walk.refer(type.on, meshSymbol(type.on.text, walk));
  if (type.tier) walk.refer(type.tier, tierNamed(type.tier.text, signature.mesh, walk.scope));
}

/** The axes and positions of a type, or of what `reshard` is told. */
export function walkLayout(
  { axes, at }: { readonly axes: readonly (AxisSpec | AxisPack)[]; readonly at: readonly AtSpec[] },
  signature: Signature,
  walk: Walk,
): void {
  for (const spec of axes) if (spec.kind === "AxisSpec") walkAxis(spec, signature, walk);
  for (const { mesh, position } of at) {
    walkMeshAxis(mesh, signature, walk);
    walkNumber(position, walk, numbersOf(signature));
  }
}

export function walkDtype(name: Identifier, signature: Signature, walk: Walk): void {
  const { declared, dtypes } = signature;
  if (dtypeNames.has(name.text)) return walk.builtIn(name, "dtype");
  const own = declared.get(name.text) ?? dtypes.get(name.text);
  const records = walk.scope.find("names", name.text).filter(({ kind }) => kind === "record" || kind === "alias");
  walk.refer(name, own ?? records);
}

function walkAxis({ label, size, cuts }: AxisSpec, signature: Signature, walk: Walk): void {
  if (label) walk.refer(label, signature.labels.get(label.text));
  const form = axisForm(size);
  let table: readonly NameSymbol[] | undefined;
  let axis: readonly NameSymbol[] = [];
  if (form.form === "rows") {
    table = tableNamed(form.table.text, signature, walk);
    if (size.kind === "CallExpr" && size.callee.kind === "NameExpr") walk.builtIn(size.callee.name, "function");
    walk.refer(form.table, table);
  } else if (form.form === "column") {
    const of = tableNamed(form.table.text, signature, walk);
    walk.refer(form.table, of);
    walkColumn(form.column, of, walk);
  } else if (form.form === "name") {
    axis = axisNamed(form.name.text, signature, walk);
    walk.refer(form.name, axis);
  } else walkNumber(size, walk, numbersOf(signature));
  for (const { mesh, by } of cuts) {
    walkMeshAxis(mesh, signature, walk);
    if (by && table) walkColumn(by, table, walk);
    else if (by) walkFactor(by, axis, walk);
  }
}

/** An axis by its name: a variable of the signature, else a param or an axis of the file. */
export function axisNamed(name: string, signature: Signature, walk: Walk): readonly NameSymbol[] {
  const own = signature.axes.get(name) ?? signature.labels.get(name) ?? signature.declared.get(name);
  return own ? [own] : walk.scope.find("names", name);
}

export function tableNamed(name: string, signature: Signature, walk: Walk): readonly NameSymbol[] {
  const own = signature.declared.get(name);
  return own ? [own] : walk.scope.find("names", name);
}

export function walkMeshAxis(name: Identifier, signature: Signature, walk: Walk): void {
  walk.refer(name, signature.declared.get(name.text) ?? meshAxis(name.text, signature.mesh, walk.scope));
}

/** What a number may name in a signature and below it. */
export function numbersOf({ declared, labels, axes }: Signature): NumberScope {
  return {
    local: (name) => labels.get(name) ?? axes.get(name) ?? declared.get(name),
    table: (name) => declared.get(name),
  };
}

/** A mesh by its name; one without is called as its machine. */
function meshSymbol(name: string, walk: Walk): readonly NameSymbol[] {
  const named = walk.scope.find("names", name);
  const laid = walk.scope.meshes().some((mesh) => !mesh.name && mesh.machine.segments[0]?.name.text === name);
  return named.filter(({ kind }) => kind === "mesh" || kind === "alias" || (kind === "machine" && laid));
}

/** Names and types of parameters or results, the names as symbols of what declares them. */
export function walkParameters(
  parameters: readonly Parameter[],
  kind: "parameter" | "result",
  within: object,
  signature: Signature,
  walk: Walk,
): void {
  for (const parameter of parameters) {
    for (const name of parameter.names) if (!walk.has(name)) walk.declare(name, kind, { node: parameter, within });
    walkType(parameter.type, signature, walk);
  }
}

/** Type parameters and what bounds them. */
export function walkTypeParameters(parameters: readonly TypeParameter[], within: object, walk: Walk): void {
  for (const parameter of parameters) {
    walk.declare(parameter.name, "type parameter", { node: parameter, within });
    if (parameter.bound) walk.oneOf(parameter.bound, typeWords, "type");
  }
}
