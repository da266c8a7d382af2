import type { Route } from "../../machine/model.js";
import type { Topology } from "./topology.js";

/** The ends of a link. For `a <-> b` between ranks of one set, both are that set. */
export interface LinkEnds {
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** `->`: only from `from` to `to`. */
  readonly directed: boolean;
  /** Every rank of the link, once: those of `from`, then the others. */
  readonly members: readonly number[];
}

export function linkEnds(from: readonly number[], to: readonly number[], directed: boolean): LinkEnds {
  return { from, to, directed, members: [...new Set([...from, ...to])] };
}

/** A topology where each end reaches each opposite end in one hop. */
export function joined(ends: LinkEnds, hop: (source: number, target: number) => Route): Topology {
  const from = new Set(ends.from);
  const to = new Set(ends.to);
  const joins = (source: number, target: number): boolean =>
    source !== target &&
    ((from.has(source) && to.has(target)) || (!ends.directed && to.has(source) && from.has(target)));
  return {
    hop: (source, target) => (joins(source, target) ? hop(source, target) : undefined),
    neighbours(rank) {
      const backToo = !ends.directed && to.has(rank);
      if (from.has(rank)) return backToo ? ends.members : ends.to;
      return backToo ? ends.from : [];
    },
  };
}

/** Ranks in equal runs of neighbours, ceiling blocks: the last may be smaller, or empty. */
export interface Groups {
  groupOf(rank: number): number;
  /** Of a rank within its group. */
  placeOf(rank: number): number;
  sizeOf(group: number): number;
}

export function inGroups(members: readonly number[], count: number): Groups {
  const most = Math.ceil(members.length / count);
  const position = new Map(members.map((rank, index) => [rank, index]));
  return {
    groupOf: (rank) => Math.floor(position.get(rank)! / most),
    placeOf: (rank) => position.get(rank)! % most,
    sizeOf: (group) => Math.max(0, Math.min(most, members.length - group * most)),
  };
}
