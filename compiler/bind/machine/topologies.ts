import type { LinkFigures } from "./link-properties.js";
import type { LinkResource } from "../../machine/model.js";

/** One link of a machine: which ranks it joins, and over which of its resources each hop goes. */
export interface Topology {
  /** Ranks that `rank` reaches in one hop, in the order in which routes prefer them. */
  neighbours(rank: number): readonly number[];
  /** Indices into the machine's resources that a hop takes; undefined where this link has no such hop. */
  hop(source: number, target: number): readonly number[] | undefined;
  readonly latencySeconds: number;
}

/** The ends of a link. For `a <-> b` between ranks of one set, both are that set. */
export interface LinkEnds {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** `->`: only from `from` to `to`. */
  readonly directed: boolean;
}

/** Where a topology puts its resources; gives the index of the new one. */
export type AddResource = (resource: LinkResource) => number;

export const topologyNames = ["switch", "ring", "full", "bus"] as const;
export type TopologyName = (typeof topologyNames)[number];
/** What is kept for structured machines. */
export const laterTopologies: readonly string[] = ["leaf_spine", "torus", "mesh", "dragonfly", "fat_tree", "tree"];

type MakeTopology = (
  ends: LinkEnds,
  figures: LinkFigures,
  nameOf: (rank: number) => string,
  add: AddResource,
) => Topology;

export const topologies: Readonly<Record<TopologyName, MakeTopology>> = {
  switch: makeSwitch,
  ring: makeRing,
  full: makeFull,
  bus: makeBus,
};

/** How many resources `makeTopology` will add, so that a machine too large is refused before it is built. */
export function resourceCount(name: TopologyName, ends: LinkEnds): number {
  const ranks = new Set([...ends.from, ...ends.to]).size;
  if (name === "bus") return 1;
  if (name === "full") return ranks * ranks;
  return ranks * 2;
}

/** A port out and a port in at each rank, the switch itself never the limit; without `each way` one port for both. */
function makeSwitch(
  ends: LinkEnds,
  figures: LinkFigures,
  nameOf: (rank: number) => string,
  add: AddResource,
): Topology {
  const { bytesPerSecond } = figures;
  const out = new Map<number, number>();
  const into = new Map<number, number>();
  for (const rank of memberRanks(ends)) {
    const name = nameOf(rank);
    if (figures.eachWay) {
      out.set(rank, add({ name: `${name} out`, bytesPerSecond }));
      into.set(rank, add({ name: `${name} in`, bytesPerSecond }));
    } else {
      const port = add({ name: `${name} port`, bytesPerSecond });
      out.set(rank, port);
      into.set(rank, port);
    }
  }
  return joined(ends, figures, (source, target) => [out.get(source)!, into.get(target)!]);
}

/** One resource that every transfer takes; with `each way`, of two kinds of ends, one for each direction. */
function makeBus(ends: LinkEnds, figures: LinkFigures, _nameOf: unknown, add: AddResource): Topology {
  const { bytesPerSecond } = figures;
  const forth = new Set(ends.from);
  const back = new Set(ends.to);
  const twoSided = figures.eachWay && !ends.directed && ![...forth].some((rank) => back.has(rank));
  const first = add({ name: "bus", bytesPerSecond });
  const second = twoSided ? add({ name: "bus back", bytesPerSecond }) : first;
  return joined(ends, figures, (source) => [forth.has(source) ? first : second]);
}

/** A wire for each ordered pair; without `each way` one for each pair. */
function makeFull(ends: LinkEnds, figures: LinkFigures, nameOf: (rank: number) => string, add: AddResource): Topology {
  const wires = new Map<string, number>();
  const { bytesPerSecond } = figures;
  const pairs = connections(ends);
  for (const source of memberRanks(ends)) {
    for (const target of pairs.neighbours(source)) {
      const opposite = wires.get(`${target} ${source}`);
      const shared = !figures.eachWay && !ends.directed && opposite !== undefined;
      const arrow = figures.eachWay || ends.directed ? "->" : "<->";
      const wire = shared ? opposite : add({ name: `${nameOf(source)} ${arrow} ${nameOf(target)}`, bytesPerSecond });
      wires.set(`${source} ${target}`, wire);
    }
  }
  return joined(ends, figures, (source, target) => [wires.get(`${source} ${target}`)!]);
}

/** Wires between neighbours in a circle, forward first; `->` has only those forward. */
function makeRing(ends: LinkEnds, figures: LinkFigures, nameOf: (rank: number) => string, add: AddResource): Topology {
  const ranks = memberRanks(ends);
  const { bytesPerSecond } = figures;
  const wires = new Map<string, number>();
  const next = new Map<number, number[]>(ranks.map((rank) => [rank, []]));
  function connect(source: number, target: number): void {
    if (source === target || wires.has(`${source} ${target}`)) return;
    const opposite = wires.get(`${target} ${source}`);
    const shared = !figures.eachWay && !ends.directed && opposite !== undefined;
    const arrow = figures.eachWay || ends.directed ? "->" : "<->";
    const wire = shared ? opposite : add({ name: `${nameOf(source)} ${arrow} ${nameOf(target)}`, bytesPerSecond });
    wires.set(`${source} ${target}`, wire);
    next.get(source)!.push(target);
  }
  ranks.forEach((rank, index) => connect(rank, ranks[(index + 1) % ranks.length]!));
  if (!ends.directed) {
    ranks.forEach((rank, index) => connect(rank, ranks[(index - 1 + ranks.length) % ranks.length]!));
  }
  return {
    latencySeconds: figures.latencySeconds,
    neighbours: (rank) => next.get(rank) ?? [],
    hop(source, target) {
      const wire = wires.get(`${source} ${target}`);
      return wire === undefined ? undefined : [wire];
    },
  };
}

/** Every rank of a link, once: those of `from`, then the others. */
function memberRanks(ends: LinkEnds): number[] {
  return [...new Set([...ends.from, ...ends.to])];
}

/** A topology where each end reaches each opposite end in one hop. */
function joined(
  ends: LinkEnds,
  figures: LinkFigures,
  resources: (source: number, target: number) => readonly number[],
): Topology {
  const pairs = connections(ends);
  return {
    latencySeconds: figures.latencySeconds,
    neighbours: pairs.neighbours,
    hop: (source, target) => (pairs.has(source, target) ? resources(source, target) : undefined),
  };
}

function connections(ends: LinkEnds) {
  const from = new Set(ends.from);
  const to = new Set(ends.to);
  const has = (source: number, target: number) =>
    source !== target &&
    ((from.has(source) && to.has(target)) || (!ends.directed && to.has(source) && from.has(target)));
  return {
    has,
    neighbours: (rank: number) => memberRanks(ends).filter((other) => has(rank, other)),
  };
}
