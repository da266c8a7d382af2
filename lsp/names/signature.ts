/** What the types of an op's or a layer's signature name, before its body is read. */
import { axisForm } from "../../compiler/check/axis-specs.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import type { Identifier, LayerDecl, MeshDecl, OpDecl, Parameter } from "../../grammar/ast.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

/** Types that are one word, and what may bound a type parameter. */
export const typeWords: ReadonlySet<string> = new Set(["number", "table", "axis", "dtype", "monoid"]);

export interface Signature {
  readonly kind: "op" | "layer";
  /** Type parameters, and parameters that are tables, axes, numbers. */
  readonly declared: ReadonlyMap<string, NameSymbol>;
  /** Axes that the types name and nothing else declares. An op's are its indices too. */
  readonly axes: ReadonlyMap<string, NameSymbol>;
  /** `r` of `r: rows(R)`. */
  readonly labels: ReadonlyMap<string, NameSymbol>;
  readonly dtypes: ReadonlyMap<string, NameSymbol>;
  /** The table whose rows a label stands for. */
  readonly rows: ReadonlyMap<string, Identifier>;
  /** Of a layer, the mesh it works on. */
  readonly mesh?: MeshDecl;
}

/** Of types that declare nothing: of a record. */
export const noSignature: Signature = {
  kind: "layer",
  declared: new Map(),
  axes: new Map(),
  labels: new Map(),
  dtypes: new Map(),
  rows: new Map(),
};

/** What the types declare: each name where it first stands, in the parameters. */
export function signatureOf(node: OpDecl | LayerDecl, walk: Walk, mesh?: MeshDecl): Signature {
  const kind = node.kind === "OpDecl" ? "op" : "layer";
  const isOpen = kind === "op" || node.typeParameters.length > 0;
  const declared = new Map<string, NameSymbol>();
  const axes = new Map<string, NameSymbol>();
  const labels = new Map<string, NameSymbol>();
  const dtypes = new Map<string, NameSymbol>();
  const rows = new Map<string, Identifier>();
  for (const parameter of node.typeParameters)
    declared.set(parameter.name.text, walk.symbol(parameter.name, "type parameter", { node: parameter, within: node }));
  for (const parameter of node.parameters) {
    const { type } = parameter;
    if (type.kind !== "NamedType" || !typeWords.has(type.name.text)) continue;
    for (const name of parameter.names)
      declared.set(name.text, walk.symbol(name, "parameter", { node: parameter, within: node }));
  }
  for (const { type } of node.parameters) declareIn(type, true);
  // A label of the result alone names an index of the body.
  const results = node.kind === "OpDecl" ? [node.result] : node.results.map(({ type }) => type);
  for (const type of results) declareIn(type, false);
  return { kind, declared, axes, labels, dtypes, rows, ...(mesh && { mesh }) };

  function declareIn(type: Parameter["type"], isParameter: boolean): void {
    if (type.kind === "NamedType") {
      const isRecord = walk.scope.definitions("names", type.name.text)[0]?.kind === "record";
      if (!typeWords.has(type.name.text) && !isRecord) declareDtype(type.name);
      return;
    }
    if (type.dtype && isParameter) declareDtype(type.dtype);
    for (const spec of type.axes) {
      if (spec.kind === "AxisPack") continue;
      const form = axisForm(spec.size);
      if (spec.label) {
        const { text } = spec.label;
        if (!labels.has(text))
          labels.set(text, walk.symbol(spec.label, kind === "op" ? "index" : "axis variable", { node: type }));
        if (form.form === "rows" && !rows.has(text)) rows.set(text, form.table);
      }
      if (form.form === "name" && isParameter) declareAxis(form.name, type);
    }
  }

  function declareDtype(name: Identifier): void {
    if (!isOpen || dtypeNames.has(name.text) || declared.has(name.text) || dtypes.has(name.text)) return;
    dtypes.set(name.text, walk.symbol(name, "dtype variable"));
  }

  /** An op's axes are its own; a layer's are its file's, where that has them. */
  function declareAxis(name: Identifier, type: Parameter["type"]): void {
    const { text } = name;
    if (!isOpen || declared.has(text) || axes.has(text) || type.kind === "NamedType") return;
    const [known] = kind === "layer" ? walk.scope.definitions("names", text) : [];
    if (known?.kind === "param" || known?.kind === "axis") return;
    axes.set(text, walk.symbol(name, "axis variable", { node: type }));
  }
}
