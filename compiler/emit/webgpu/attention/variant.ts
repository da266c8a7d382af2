/** What the text of attention depends on, besides its mathematics; and its numbers. */
import type { LeftLoads, RightLoads } from "../contraction/variant.js";
import type { KernelVariant, TaskKey } from "../kernels/variant.js";

/** How much a workgroup does: `down` invocations by `rows` rows, `across` invocations by `fours` fours of keys at a time. */
export interface AttentionTile {
  readonly rows: number;
  readonly fours: number;
  readonly across: number;
  readonly down: number;
}

export interface AttentionVariant {
  readonly kernel: KernelVariant;
  readonly tile: AttentionTile;
  /** The invocations across are the lanes of a subgroup, which pass queries around. */
  readonly hasLanes: boolean;
  /** How queries, keys and values are loaded, as those of a contraction are. */
  readonly left: LeftLoads;
  readonly right: RightLoads;
  readonly values: "fours" | "ones";
  /** Row variables that have several indices here. */
  readonly rowVariables: readonly number[];
  readonly hasRest: boolean;
  /** Fours of the result that an invocation has. */
  readonly outputFours: number;
}

/** A number of attention. Places in operands are in elements, or in fours where it loads fours. */
export type AttentionKey =
  | TaskKey
  | {
      readonly kind:
        | "tiles"
        | "tilesAt"
        | "rowsAt"
        | "blocksAt"
        | "columnStep"
        | "leftAlong"
        | "rightAlong"
        | "length"
        | "valueStep"
        | "valueColumn"
        | "columnGroups";
    };
