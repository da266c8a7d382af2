import type { LinkResource, Route } from "../../machine/model.js";

/** One link of a machine: which ranks it joins, and over which of its resources each hop goes. */
export interface Topology {
  /**
   * Ranks that `rank` reaches in one hop, in the order in which routes prefer them; `rank` itself may be among them.
   * Ranks that reach the same ones share one array, so that a search reads it once.
   */
  neighbours(rank: number): readonly number[];
  /** The hop from one rank to another; undefined where this link has none. */
  hop(source: number, target: number): Route | undefined;
}

/** Where a topology puts its resources; gives the index of the new one. */
export type AddResource = (resource: LinkResource) => number;
export type RankNamer = (rank: number) => string;

/** A figure of a link; `eachWay`: each direction has it, else both share it. */
export interface Bandwidth {
  readonly bytesPerSecond: number;
  readonly eachWay: boolean;
}
