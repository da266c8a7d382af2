import type { Route } from "../../machine/model.js";
import type { Topology } from "./topologies.js";

/**
 * Routes with the fewest hops. Of several, the one that goes over the link declared first, from the source on; in a
 * ring of even length, forward. Found when first asked for, and kept.
 */
export function createRouter(
  rankCount: number,
  links: readonly Topology[],
): (source: number, target: number) => Route | undefined {
  const known = new Map<number, Route | undefined>();
  const trees = new Map<number, Int32Array>();

  /** The rank before each on its route from `source`; -1 where none leads there. Breadth first. */
  function treeFrom(source: number): Int32Array {
    const before = new Int32Array(rankCount).fill(-1);
    before[source] = source;
    const queue = [source];
    for (const rank of queue) {
      for (const link of links) {
        for (const next of link.neighbours(rank)) {
          if (before[next] !== -1) continue;
          before[next] = rank;
          queue.push(next);
        }
      }
    }
    return before;
  }

  function find(source: number, target: number): Route | undefined {
    const direct = hopRoute(source, target);
    if (direct) return direct;
    let before = trees.get(source);
    if (!before) trees.set(source, (before = treeFrom(source)));
    if (before[target] === -1) return undefined;
    const hops: Route[] = [];
    for (let rank = target; rank !== source; rank = before[rank]!) hops.unshift(hopRoute(before[rank]!, rank)!);
    return {
      resources: hops.flatMap((hop) => hop.resources),
      latencySeconds: hops.reduce((sum, hop) => sum + hop.latencySeconds, 0),
    };
  }

  function hopRoute(source: number, target: number): Route | undefined {
    for (const link of links) {
      const resources = link.hop(source, target);
      if (resources) return { resources, latencySeconds: link.latencySeconds };
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
