import type { LinkResource, Route } from "../../machine/model.js";
import type { FlowEnd } from "./ends.js";

/** One link of a machine: which of its members it joins, and over which of its resources each hop goes. */
export interface Topology {
  /**
   * Members that `member` reaches in one hop, in the order in which routes prefer them; `member` itself may be among
   * them. Members that reach the same ones share one array, so that a search reads it once.
   */
  neighbours(member: number): readonly number[];
  /** The hop from a rank of one member to a rank of another; undefined where this link has none. */
  hop(source: FlowEnd, target: FlowEnd): Route | undefined;
}

/** Where a topology puts its resources; gives the index of the new one. */
export type AddResource = (resource: LinkResource) => number;

/** A figure of a link; `eachWay`: each direction has it, else both share it. */
export interface Bandwidth {
  readonly bytesPerSecond: number;
  readonly eachWay: boolean;
}
