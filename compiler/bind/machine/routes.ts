import type { Route } from "../../machine/model.js";
import type { FlowEnd, LinkEnds } from "./ends.js";
import type { Topology } from "./topology.js";

/** A link of one instance of the machine that declares it. */
export interface LinkInstance {
  readonly topology: Topology;
  readonly ends: LinkEnds;
  /** By rank, counted within that instance. */
  readonly endOf: ReadonlyMap<number, FlowEnd>;
  /** First rank of that instance. */
  readonly first: number;
  /** Levels around that instance. */
  readonly depth: number;
}

/**
 * Routes with the fewest hops. Of several, the one whose first differing hop goes over the link declared first, or in
 * one link to the neighbour it prefers. Between ranks of one instance of a level only the links in that instance count,
 * where they lead from one to the other; else those of the instance around it. Found when first asked for, and kept.
 *
 * @param links those of inner levels before those around them.
 * @param instanceAt by depth: the instance that each rank belongs to, -1 where it is not that deep.
 */
export function createRouter(
  rankCount: number,
  links: readonly LinkInstance[],
  instanceAt: readonly Int32Array[],
): (source: number, target: number) => Route | undefined {
  const known = new Map<number, Route | undefined>();
  const trees = new Map<number, Int32Array>();
  const linksAt: LinkInstance[][] = Array.from({ length: rankCount }, () => []);
  for (const link of links) for (const rank of link.endOf.keys()) linksAt[link.first + rank]!.push(link);

  /** Depth of the innermost instance that holds both. */
  function commonDepth(source: number, target: number): number {
    let depth = instanceAt.length - 1;
    while (depth > 0) {
      const instances = instanceAt[depth]!;
      if (instances[source] !== -1 && instances[source] === instances[target]) break;
      depth -= 1;
    }
    return depth;
  }

  /**
   * The rank before each on its route from `source` over links at least `depth` deep; -1 where none leads there. Breadth
   * first: who is found first is found on the preferred route, since ranks are taken in the order of preference of their
   * own.
   */
  function treeFrom(source: number, depth: number): Int32Array {
    const before = new Int32Array(rankCount).fill(-1);
    before[source] = source;
    const queue = [source];
    /** Of the neighbours that members share: who read them first, whose own ranks are then left; -1 once nothing is. */
    const readers = new Map<LinkInstance, Map<readonly number[], number>>();
    for (const rank of queue) {
      for (const link of linksAt[rank]!) {
        if (link.depth < depth) continue;
        const { member: reader } = link.endOf.get(rank - link.first)!;
        const neighbours = link.topology.neighbours(reader);
        let firstReaders = readers.get(link);
        if (!firstReaders) readers.set(link, (firstReaders = new Map<readonly number[], number>()));
        const firstReader = firstReaders.get(neighbours);
        if (firstReader === -1 || firstReader === reader) continue;
        firstReaders.set(neighbours, firstReader === undefined ? reader : -1);
        for (const member of neighbours) {
          const { first, size } = link.ends.members[member]!;
          const begins = link.first + first;
          for (let next = begins; next < begins + size; next += 1) {
            if (before[next] !== -1) continue;
            // None, where both belong to one end.
            if (!hopOver(link, rank, next)) continue;
            before[next] = rank;
            queue.push(next);
          }
        }
      }
    }
    return before;
  }

  function find(source: number, target: number): Route | undefined {
    for (let depth = commonDepth(source, target); depth >= 0; depth -= 1) {
      const route = findWithin(source, target, depth);
      if (route) return route;
    }
    return undefined;
  }

  function findWithin(source: number, target: number, depth: number): Route | undefined {
    const direct = hopBetween(source, target, depth);
    if (direct) return direct;
    const key = source * instanceAt.length + depth;
    let before = trees.get(key);
    if (!before) trees.set(key, (before = treeFrom(source, depth)));
    if (before[target] === -1) return undefined;
    const hops: Route[] = [];
    for (let rank = target; rank !== source; rank = before[rank]!) hops.push(hopBetween(before[rank]!, rank, depth)!);
    return joinHops(hops.reverse());
  }

  function hopBetween(source: number, target: number, depth: number): Route | undefined {
    for (const link of linksAt[source]!) {
      const hop = link.depth >= depth ? hopOver(link, source, target) : undefined;
      if (hop) return hop;
    }
    return undefined;
  }

  return (source, target) => {
    if (source === target) return undefined;
    const key = source * rankCount + target;
    if (!known.has(key)) known.set(key, find(source, target));
    return known.get(key);
  };
}

function hopOver(link: LinkInstance, source: number, target: number): Route | undefined {
  const from = link.endOf.get(source - link.first);
  const to = link.endOf.get(target - link.first);
  return from && to && link.topology.hop(from, to);
}

function joinHops(hops: readonly Route[]): Route {
  const resources = hops.flatMap((hop) => hop.resources);
  const latencySeconds = hops.reduce((sum, hop) => sum + hop.latencySeconds, 0);
  if (hops.every((hop) => hop.shares === undefined)) return { resources, latencySeconds };
  const shares = hops.flatMap((hop) => hop.shares ?? hop.resources.map(() => 1));
  return { resources, shares, latencySeconds };
}
