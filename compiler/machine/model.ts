/**
 * A machine as the planner and the simulator see it: numbers only, units in the names.
 * Made from a `machine` declaration by bind; a mesh smaller than the machine takes its first ranks.
 */
import type { BlockShape } from "./block-shape.js";

export interface MachineModel {
  readonly name: string;
  readonly rankCount: number;
  readonly kinds: readonly RankKind[];
  /** Index into `kinds` of each rank. */
  readonly kindOfRank: Uint16Array;
  /** Directed ports and wires that transfers share; a route is a list of indices into it. */
  readonly linkResources: readonly LinkResource[];
  /** Memories beside those of the ranks, inner levels first. */
  readonly tiers: readonly MemoryTier[];
  /** The route from one rank to another, fewest hops, ties by declaration; undefined where none exists or src = dst. */
  route(source: number, target: number): Route | undefined;
}

export interface LinkResource {
  /** `gpu[3] out`, `gpu[3] in`, `gpu[3] -> gpu[4]`, `bus`. */
  readonly name: string;
  readonly bytesPerSecond: number;
}

export interface Route {
  /** Indices into `linkResources`. */
  readonly resources: readonly number[];
  /** The share of a transfer's bytes that goes over each of `resources`, in 0 < s <= 1; absent: all of them over each. */
  readonly shares?: readonly number[];
  /** Sum over the hops. */
  readonly latencySeconds: number;
  /** Of a route over one switch that does work by itself. */
  readonly inSwitch?: SwitchWork;
}

/** What a switch does with flows of one word, and the ways that its work takes besides those of the flows. */
export interface SwitchWork {
  /** Monoids under which it combines what several ranks send to one, which receives the combination once. */
  readonly reduces: readonly string[];
  /** It copies what one rank sends once to several. */
  readonly multicasts: boolean;
  /** Way into the source: a multicast goes to its source as well. */
  readonly sourceIn: number;
  /** Way out of the target: what the target itself contributes goes up to be combined. */
  readonly targetOut: number;
}

/** A memory that ranks share, or have each for itself: a host's, an SSD. */
export interface MemoryTier {
  readonly name: string;
  /** Of one instance. */
  readonly capacityBytes: number;
  readonly latencySeconds: number;
  /** Index into `instances`; -1 for a rank that has none. */
  readonly instanceOfRank: Int32Array;
  /** `read`, `write`: indices into `linkResources`, which all ranks of an instance share. */
  readonly instances: readonly { readonly name: string; readonly read: number; readonly write: number }[];
}

export interface RankKind {
  readonly name: string;
  /** Peak rate per dtype over the whole rank, FLOP/s; `f32` is also the rate of elementwise work. */
  readonly computeFlopsPerSecond: Readonly<Record<string, number>>;
  /** Share of the peak that ops reach, 0 < e <= 1; 1 where the machine states none. */
  readonly efficiency: number;
  /** Streaming multiprocessors (compute units): tiles that run at once. */
  readonly sms: number;
  /** Bytes per second that one SM moves over a link when transfers run on SMs; Infinity where not stated. */
  readonly smMovesBytesPerSecond: number;
  readonly memory: {
    readonly name: string;
    readonly capacityBytes: number;
    readonly bytesPerSecond: number;
    /** Monoids the memory combines by itself (near-memory reduction). */
    readonly reduces: readonly string[];
  };
  readonly copyEngines: number;
  readonly nics: number;
  readonly nicBytesPerSecond: number;
  /** Cost of one launch of a statement on a rank. */
  readonly launchSeconds: number;
  /** Of a rank whose compute tasks run one at a time, whatever SMs they claim: one that was measured. */
  readonly device?: DeviceRates;
}

/** How long a device takes for a task: what a dispatch costs, and its kernel at the rate of the blocks most like its own. */
export interface DeviceRates {
  readonly dispatchSeconds: number;
  readonly kernels: readonly KernelRate[];
}

/** How fast a block of a shape was measured. */
export interface KernelRate extends BlockShape {
  /** FLOP/s of a contraction and of attention; of others, bytes a second, read and written. */
  readonly perSecond: number;
}
