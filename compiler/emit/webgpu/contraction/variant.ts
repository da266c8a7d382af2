/** What the text of a contraction depends on, besides its mathematics; and its numbers. */
import type { KernelVariant, TaskKey } from "../kernels/variant.js";

/**
 * How elements of an operand are loaded along k, the innermost variable that is summed over: four along k at once, four
 * along the columns at once, or one by one.
 */
export type LeftLoads = "fours" | "ones";
export type RightLoads = "columns" | "fours" | "ones";

/** How much of the result an invocation computes, and how many share a workgroup. */
export interface ContractionTile {
  /**
   * How operands come to the invocations: each loads what it needs; a workgroup loads tiles that it shares; or the lanes of a
   * subgroup, which are neighbours along the columns, load a share of the left operand each and pass it around.
   */
  readonly by: "registers" | "workgroup" | "subgroups";
  /** Rows, and fours of columns, of an invocation. */
  readonly rows: number;
  readonly fours: number;
  /** Invocations of a workgroup along columns and rows. */
  readonly across: number;
  readonly down: number;
  /** Of `workgroup`: elements along k that are shared at a time, a multiple of four. */
  readonly depth?: number;
  /** Of `subgroups`: their lanes, of which `rows` is a multiple and `across` too. */
  readonly lanes?: number;
}

export interface ContractionVariant {
  readonly kernel: KernelVariant;
  readonly tile: ContractionTile;
  readonly left: LeftLoads;
  readonly right: RightLoads;
  /** Rows follow from one another by additions; else a table has them, and the tiles that they make. */
  readonly rowsAdded: boolean;
  /** Row variables that have several indices here; of a table, its columns. */
  readonly rowVariables: readonly number[];
  /** There are several combinations of the variables that only columns have; a table has them. */
  readonly hasBlocks: boolean;
  /** What is summed over is no single stretch in memory; a table has the stretches. */
  readonly hasStretches: boolean;
  /** Some tile has fewer rows than the others; some stretch along k is no multiple of four. */
  readonly hasEdge: boolean;
  readonly hasRest: boolean;
}

/** A number of a contraction. Places in operands are in elements, or in fours where it loads fours. */
export type ContractionKey =
  | TaskKey
  | {
      readonly kind:
        | "tiles"
        | "rows"
        | "tilesAt"
        | "rowsAt"
        | "leftStart"
        | "leftStep"
        | "rightStart"
        | "columnStep"
        | "leftAlong"
        | "rightAlong"
        | "blocksAt"
        | "stretchesAt"
        | "stretchCount"
        | "length"
        | "columnGroups";
    };
