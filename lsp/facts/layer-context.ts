/** A layer of a document with all that is known of where it works: also of one with errors, as far as that goes. */
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import type { CheckedProgram, MeshModel, MonoidIR, TableData } from "../../compiler/check/ir.js";
import type { CheckedLayer, LayerOutcome } from "../../compiler/check/layers.js";
import { meshOfLayer, onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { Identifier, LayerDecl } from "../../grammar/ast.js";
import type { Analysis } from "../documents/analysis.js";

export interface LayerContext {
  readonly node: LayerDecl;
  readonly outcome: LayerOutcome;
  /** Absent where the layer has an error. */
  readonly layer: CheckedLayer | undefined;
  /** Without axes where the file has none. */
  readonly mesh: Pick<MeshModel, "axes">;
  readonly tables: readonly TableData[];
  /** Absent where the file has an error: then states of monoids are not known. */
  readonly monoids: readonly MonoidIR[] | undefined;
  /** On the mesh of the layer. Absent where the file has an error. */
  readonly program: CheckedProgram | undefined;
}

const known = new WeakMap<Analysis, Map<string, LayerContext | undefined>>();

/** Undefined where the file has no layer of that name that stands by itself. */
export function layerContext(name: string, analysis: Analysis): LayerContext | undefined {
  let ofAnalysis = known.get(analysis);
  if (ofAnalysis === undefined) known.set(analysis, (ofAnalysis = new Map<string, LayerContext | undefined>()));
  if (!ofAnalysis.has(name)) ofAnalysis.set(name, findContext(name, analysis));
  return ofAnalysis.get(name);
}

function findContext(name: string, { tree, layers, bound, program }: Analysis): LayerContext | undefined {
  const node = tree.declarations.find((one) => one.kind === "LayerDecl" && one.name.text === name);
  const outcome = layers.get(name);
  if (node?.kind !== "LayerDecl" || outcome === undefined || bound === undefined) return undefined;
  const { layer } = outcome;
  return {
    ...{ node, outcome, layer, tables: bound.tables, monoids: program?.monoids },
    mesh: bound.meshes[meshOfLayer(node, bound)]?.mesh ?? { axes: [] },
    program: program && layer ? onMeshOf(program, layer.ir) : undefined,
  };
}

/** What is known of a parameter, or of what a `let` names. */
export function typeOfName({ node, outcome }: LayerContext, declaredAt: Identifier): TypedValue | undefined {
  const own = outcome.types.get(declaredAt.span);
  if (own) return own;
  for (const statement of node.body)
    if (statement.kind === "LetStatement")
      for (const { name } of statement.targets)
        if (name.segments.at(-1)?.name === declaredAt) return outcome.types.get(name.span);
  return undefined;
}
