import type { TaskGraph, TaskNode } from "../../../lsp/protocol.js";

/** A statement and where it is drawn: its layer from the top, its place in it from the left. */
export interface PlacedNode {
  readonly node: TaskNode;
  readonly layer: number;
  readonly place: number;
}

/** Each statement below all that it waits for, beside what it stands nearest to. */
export function placeNodes({ nodes, edges }: TaskGraph): PlacedNode[] {
  const before = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of edges) if (from !== to) before.get(to)?.push(from);
  const layers = layersOf(nodes, before);
  const places = new Map<string, number>();
  const rows: TaskNode[][] = [];
  for (const node of nodes) (rows[layers.get(node.id)!] ??= []).push(node);
  for (const row of rows) {
    const wished = (node: TaskNode): number => {
      const above = before.get(node.id)!.map((id) => places.get(id) ?? 0);
      return above.length === 0 ? 0 : above.reduce((sum, place) => sum + place, 0) / above.length;
    };
    const sorted = row.map((node) => ({ node, wish: wished(node) })).sort((a, b) => a.wish - b.wish);
    for (const [place, { node }] of sorted.entries()) places.set(node.id, place);
  }
  return nodes.map((node) => ({ node, layer: layers.get(node.id)!, place: places.get(node.id)! }));
}

/** Parts of one statement may wait for parts of another and the other way round: an edge that closes a circle is left out. */
function layersOf(nodes: readonly TaskNode[], before: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const layers = new Map<string, number>();
  const open = new Set<string>();
  const layerOf = (id: string): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    open.add(id);
    let layer = 0;
    for (const other of before.get(id) ?? []) if (!open.has(other)) layer = Math.max(layer, layerOf(other) + 1);
    open.delete(id);
    layers.set(id, layer);
    return layer;
  };
  for (const { id } of nodes) layerOf(id);
  return layers;
}
