import type { Route } from "../../machine/model.js";
import type { Topology } from "./topology.js";

/**
 * Routes with the fewest hops. Of several, the one whose first differing hop goes over the link declared first, or in
 * one link to the neighbour it prefers. Found when first asked for, and kept.
 */
export function createRouter(
  rankCount: number,
  links: readonly Topology[],
): (source: number, target: number) => Route | undefined {
  const known = new Map<number, Route | undefined>();
  const trees = new Map<number, Int32Array>();

  /**
   * The rank before each on its route from `source`; -1 where none leads there. Breadth first: who is found first is
   * found on the preferred route, since ranks are taken in the order of preference of their own.
   */
  function treeFrom(source: number): Int32Array {
    const before = new Int32Array(rankCount).fill(-1);
    before[source] = source;
    const queue = [source];
    const read = new Set<readonly number[]>();
    for (const rank of queue) {
      for (const link of links) {
        const neighbours = link.neighbours(rank);
        if (read.has(neighbours)) continue;
        read.add(neighbours);
        for (const next of neighbours) {
          if (before[next] !== -1) continue;
          before[next] = rank;
          queue.push(next);
        }
      }
    }
    return before;
  }

  function find(source: number, target: number): Route | undefined {
    const direct = hopBetween(source, target);
    if (direct) return direct;
    let before = trees.get(source);
    if (!before) trees.set(source, (before = treeFrom(source)));
    if (before[target] === -1) return undefined;
    const hops: Route[] = [];
    for (let rank = target; rank !== source; rank = before[rank]!) {
      const beginning = known.get(source * rankCount + rank);
      hops.push(beginning ?? hopBetween(before[rank]!, rank)!);
      if (beginning) break;
    }
    return joinHops(hops.reverse());
  }

  function hopBetween(source: number, target: number): Route | undefined {
    for (const link of links) {
      const hop = link.hop(source, target);
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

function joinHops(hops: readonly Route[]): Route {
  const resources = hops.flatMap((hop) => hop.resources);
  const latencySeconds = hops.reduce((sum, hop) => sum + hop.latencySeconds, 0);
  if (hops.every((hop) => hop.shares === undefined)) return { resources, latencySeconds };
  const shares = hops.flatMap((hop) => hop.shares ?? hop.resources.map(() => 1));
  return { resources, shares, latencySeconds };
}
