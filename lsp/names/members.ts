/** Names that belong to another name: columns of tables, factors of axes, axes of meshes, parts of machines. */
import { meshOfLayer } from "../../compiler/check/mesh-of-layer.js";
import type { Identifier, LayerDecl, MachineDecl, MeshDecl, Path } from "../../grammar/ast.js";
import type { FileScope } from "./file-scope.js";
import { openSymbol, symbolAt, withoutAliases } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";
import type { Walk } from "./walk.js";

/** Columns that every table has. */
const ownColumns = new Set(["from", "to", "weight"]);

/** A column of a table; of any table where that is not known, or a parameter. */
export function walkColumn(name: Identifier, table: readonly NameSymbol[] | undefined, walk: Walk): void {
  if (ownColumns.has(name.text)) return walk.builtIn(name, "column");
  const [known] = withoutAliases(table ?? []);
  if (known?.node?.kind === "TableDecl") return walk.refer(name, columnsOf(known).get(name.text));
  walk.refer(name, openSymbol(name.text, "column", walk.file));
}

/** The columns that a table declares, by name. */
export function columnsOf({ node, file }: NameSymbol): Map<string, NameSymbol> {
  const columns = node?.kind === "TableDecl" ? node.with : [];
  return new Map(
    columns.map((column) => [column.name.text, symbolAt(column.name, "column", file, { node: column, within: node! })]),
  );
}

/** A factor that an axis is divided by; of any axis where that is a variable. */
export function walkFactor(name: Identifier, axis: readonly NameSymbol[], walk: Walk): void {
  const [known] = withoutAliases(axis);
  if (known?.node?.kind !== "AxisDecl") return walk.refer(name, openSymbol(name.text, "axis factor", walk.file));
  const { node, file } = known;
  const factor = node.factors?.find((one) => one.name.text === name.text);
  walk.refer(name, factor && symbolAt(factor.name, "axis factor", file, { node: factor, within: node }));
}

/** The mesh that a layer of a file works on, as check finds it; undefined where the file has none. */
export function meshOf(layer: LayerDecl, scope: FileScope): MeshDecl | undefined {
  const declared = scope.meshes();
  const meshes = declared.map(({ name, machine, axes }) => ({
    mesh: {
      name: name?.text ?? machine.segments[0]?.name.text ?? "",
      axes: axes.map((axis) => ({ name: axis.name.text })),
    },
  }));
  return declared[meshOfLayer(layer, { meshes })];
}

/** An axis of the mesh, else of another one of the file; without any, of that of whoever imports the file. */
export function meshAxis(name: string, mesh: MeshDecl | undefined, scope: FileScope): NameSymbol | undefined {
  const meshes = scope.meshes();
  for (const node of mesh ? [mesh, ...meshes] : meshes) {
    const axis = node.axes.find((one) => one.name.text === name);
    if (axis) return symbolAt(axis.name, "mesh axis", scope.file, { node: axis, within: node });
  }
  return meshes.length === 0 ? openSymbol(name, "mesh axis", scope.file) : undefined;
}

/** Refers each segment of `node.gpu`, or of `h800_cluster.node[1]` after its first, to a part of a machine. */
export function walkParts(path: Pick<Path, "segments">, machine: MachinePlace | undefined, walk: Walk): void {
  let within = machine;
  for (const { name } of path.segments) {
    const part = within && partNamed(name.text, within);
    walk.refer(name, part?.symbol);
    within = part?.inner;
  }
}

/** A machine and the file it stands in. */
export interface MachinePlace {
  readonly node: MachineDecl;
  readonly scope: FileScope;
}

/** The machine that a name means. */
export function machineNamed(name: string, scope: FileScope): MachinePlace | undefined {
  const [found] = scope.definitions("names", name);
  return found?.kind === "machine" ? { node: found.node, scope: scope.in(found.file) } : undefined;
}

/** A kind of rank, or a level, whose machine has further parts. */
export function partNamed(
  name: string,
  { node, scope }: MachinePlace,
): { readonly symbol: NameSymbol; readonly inner?: MachinePlace } | undefined {
  for (const item of node.items) {
    if (item.kind !== "RankDecl" && item.kind !== "LevelDecl") continue;
    if (item.name.text !== name) continue;
    const more = { node: item, within: node };
    if (item.kind === "RankDecl") return { symbol: symbolAt(item.name, "rank kind", scope.file, more) };
    const inner = machineNamed(item.machine.segments[0]?.name.text ?? "", scope);
    return { symbol: symbolAt(item.name, "level", scope.file, more), ...(inner && { inner }) };
  }
  return undefined;
}

/** Levels within one another that are looked through: more are refused when they are bound. */
const deepestLevels = 8;

/** A memory tier of the machine of a mesh, or of a machine it is made of. */
export function tierNamed(name: string, mesh: MeshDecl | undefined, scope: FileScope): NameSymbol | undefined {
  const first = mesh?.machine.segments[0];
  return first && tierIn(machineNamed(first.name.text, scope), name, deepestLevels);
}

function tierIn(place: MachinePlace | undefined, name: string, levels: number): NameSymbol | undefined {
  for (const item of place?.node.items ?? []) {
    const { node, scope } = place!;
    if (item.kind === "TierDecl" && item.name.text === name)
      return symbolAt(item.name, "tier", scope.file, { node: item, within: node });
    if (item.kind !== "LevelDecl" || levels === 0) continue;
    const found = tierIn(machineNamed(item.machine.segments[0]?.name.text ?? "", scope), name, levels - 1);
    if (found) return found;
  }
  return undefined;
}
