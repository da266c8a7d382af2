import type { LayerDecl } from "../../grammar/ast.js";
import { namesWithin } from "../bind/names-in.js";
import type { CheckedProgram, LayerIR } from "./ir.js";

/** Meshes by what matters here: their names, and those of their axes. */
interface NamedMeshes {
  readonly meshes: readonly {
    readonly mesh?: { readonly name: string; readonly axes: readonly { readonly name: string }[] };
  }[];
}

/**
 * Index of the mesh that a layer works on: the one its signature says with `on`, else the first that has all the mesh
 * axes it names, else the one that has the most of them, where what is missing is then reported.
 */
export function meshOfLayer(layer: LayerDecl, { meshes }: NamedMeshes): number {
  const types = [...layer.parameters, ...layer.results].map(({ type }) => type);
  const said = types.map((type) => (type.kind === "TensorType" ? type.on?.text : undefined));
  const stated = meshes.findIndex(({ mesh }) => mesh && said.includes(mesh.name));
  if (stated >= 0) return stated;
  const names = meshes.length > 1 ? namesWithin(layer) : new Set<string>();
  const axes = meshes.map(({ mesh }) => (mesh?.axes ?? []).filter(({ name }) => names.has(name)).length);
  return Math.max(0, axes.indexOf(Math.max(...axes)));
}

/** The program as one of its layers sees it: on the mesh of that layer. */
export function onMeshOf(program: CheckedProgram, layer: LayerIR): CheckedProgram {
  return { ...program, ...program.meshes[layer.mesh] };
}
