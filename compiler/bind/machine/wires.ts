import type { Route } from "../../machine/model.js";
import type { LinkEnds } from "./ends.js";
import { bandwidth, dims, latency } from "./link-forms.js";
import { defineTopology } from "./define-topology.js";
import type { AddResource, Bandwidth, Topology } from "./topology.js";

/** A directed wire, from member to member. */
type Connection = readonly [source: number, target: number];
/** More than the most members of a link. */
const keyStride = 2 ** 16;

/** Wires between neighbours in a circle, forward first; `->` has only those forward. */
export const ring = defineTopology({
  forms: { bandwidth, latency },
  resourceCount: ({ members }) => 2 * members.length,
  make: (ends, figures, add) => makeWires(gridConnections([ends.members.length], true, ends), ends, figures, add),
});

/** A wire for each ordered pair of ends; without `each way` one for each pair. */
export const full = defineTopology({
  forms: { bandwidth, latency },
  resourceCount: ({ members }) => members.length ** 2,
  make: (ends, figures, add) => makeWires(pairs(ends), ends, figures, add),
});

/** Wires between neighbours of a grid, its last dimension innermost; `torus` closes each dimension to a circle. */
export const mesh = defineGrid(false);
export const torus = defineGrid(true);

function defineGrid(closed: boolean) {
  return defineTopology({
    forms: { dims, bandwidth, latency },
    problem: (ends, figures) => {
      const product = figures.dims.reduce((one, other) => one * other, 1);
      if (product === ends.members.length) return undefined;
      return {
        what: "The product of `dims`",
        expected: `${ends.members.length}, the ends of this link`,
        value: product,
      };
    },
    resourceCount: ({ members }, figures) => 2 * members.length * figures.dims.length,
    make: (ends, figures, add) => makeWires(gridConnections(figures.dims, closed, ends), ends, figures, add),
  });
}

/**
 * The wires of a grid: by dimension, forward before back. In this order of neighbours the first of the shortest routes
 * settles one dimension after the other (dimension-ordered routing: Dally and Seitz, IEEE Trans. Computers 36(5), 1987),
 * forward where both ways round are as long.
 */
function* gridConnections(sizes: readonly number[], closed: boolean, ends: LinkEnds): Generator<Connection> {
  const { members } = ends;
  let stride = members.length;
  for (const size of sizes) {
    stride /= size;
    for (const step of ends.directed ? [1] : [1, -1]) {
      for (let index = 0; index < members.length; index += 1) {
        const coordinate = Math.floor(index / stride) % size;
        const moved = coordinate + step;
        if (!closed && (moved < 0 || moved >= size)) continue;
        const next = index + (((moved + size) % size) - coordinate) * stride;
        if (next !== index) yield [index, next];
      }
    }
  }
}

function* pairs(ends: LinkEnds): Generator<Connection> {
  const from = new Set(ends.from);
  const to = new Set(ends.to);
  for (const source of ends.members.keys()) {
    for (const target of ends.members.keys()) {
      const back = !ends.directed && to.has(source) && from.has(target);
      if (source !== target && ((from.has(source) && to.has(target)) || back)) yield [source, target];
    }
  }
}

/** A connection that is there already is not made twice. */
function makeWires(
  connections: Iterable<Connection>,
  ends: LinkEnds,
  figures: { readonly bandwidth: Bandwidth; readonly latency: number },
  add: AddResource,
): Topology {
  const { bytesPerSecond, eachWay } = figures.bandwidth;
  const shares = !eachWay && !ends.directed;
  const hops = new Map<number, Route>();
  const next: number[][] = ends.members.map(() => []);
  for (const [source, target] of connections) {
    const key = source * keyStride + target;
    if (hops.has(key)) continue;
    const opposite = shares ? hops.get(target * keyStride + source) : undefined;
    const name = `${ends.members[source]!.name} ${shares ? "<->" : "->"} ${ends.members[target]!.name}`;
    const resources = opposite?.resources ?? [add({ name, bytesPerSecond })];
    hops.set(key, { resources, latencySeconds: figures.latency });
    next[source]!.push(target);
  }
  return {
    neighbours: (member) => next[member]!,
    hop: (source, target) => hops.get(source.member * keyStride + target.member),
  };
}
