/** Which value of a layer a place of a document is about. */
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import type { StatementIR } from "../../compiler/check/ir.js";
import { pathText } from "../../compiler/check/schedules.js";
import type { Declaration, Identifier, Path } from "../../grammar/ast.js";
import type { Analysis } from "../documents/analysis.js";
import type { Place } from "../names/program-names.js";
import { layerContext, typeOfName, type LayerContext } from "./layer-context.js";

export interface ValueAt {
  readonly context: LayerContext;
  /** As schedules call it: `sent.take`. */
  readonly name: string;
  /** As far as it is known. */
  readonly type: TypedValue | undefined;
  /** Of its call, in program order, its own last. None of an input, and where the layer has an error. */
  readonly statements: readonly StatementIR[];
}

/** A value, a parameter or a result of a layer, named in the layer, in a schedule of it, or in a check. */
export function valueAt(analysis: Analysis, { declaration, occurrence }: Place): ValueAt | undefined {
  const { node, symbols, via } = occurrence;
  if (declaration.kind === "ScheduleDecl") {
    const path = pathWith(declaration, node);
    const context = layerContext(pathText(declaration.layer), analysis);
    if (path === undefined || context === undefined) return undefined;
    return valueNamed(context, path, symbols[0]?.declaredAt);
  }
  if (declaration.kind !== "LayerDecl" || via !== undefined) return undefined;
  const context = layerContext(declaration.name.text, analysis);
  const [symbol] = symbols;
  const isValue = symbol && (symbol.kind === "value" || symbol.kind === "parameter" || symbol.kind === "result");
  return context && isValue ? valueNamed(context, node.text, symbol.declaredAt) : undefined;
}

/** @param declaredAt of the name, where the layer itself declares it */
function valueNamed(context: LayerContext, name: string, declaredAt?: Identifier): ValueAt | undefined {
  const { layer } = context;
  const known = layer?.names.get(name);
  const type = (known && layer?.ir.values[known.value]) ?? (declaredAt && typeOfName(context, declaredAt));
  if (type === undefined) return undefined;
  const statements = (known?.statements ?? []).map((index) => layer!.ir.statements[index]!);
  return { context, name, type, statements };
}

/** The path up to the segment that an identifier is. */
function pathWith(declaration: Declaration, segment: Identifier): string | undefined {
  const path = pathAround(declaration, segment);
  if (path === undefined) return undefined;
  const last = path.segments.findIndex(({ name }) => name === segment);
  return pathText({ ...path, segments: path.segments.slice(0, last + 1) });
}

function pathAround(root: object, segment: Identifier): Path | undefined {
  const rest: object[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if ("kind" in node && node.kind === "Path" && (node as Path).segments.some(({ name }) => name === segment))
      return node as Path;
    for (const child of Object.values(node) as unknown[]) if (child && typeof child === "object") rest.push(child);
  }
  return undefined;
}
