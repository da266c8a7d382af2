/**
 * The layer IR: what a checked file means. A small SSA form with concrete sizes; calls of layers are inlined, every
 * value and statement keeps its path of calls and the place it came from. Plain data: it can be cloned and printed.
 */
import type { Location } from "../diagnostics/types.js";
import type { RoundStatement } from "../../grammar/ast.js";
import type { MachineModel } from "../machine/model.js";

export interface CheckedProgram {
  readonly file: string;
  /** Params after profile and `--set`. */
  readonly params: ReadonlyMap<string, number>;
  /** Of the file, in source order; a layer works on one of them. */
  readonly meshes: readonly { readonly mesh: MeshModel; readonly machine: MachineModel }[];
  /** The first of them; of a program as a layer sees it (`onMeshOf`), the layer's. A rank is a position of the mesh. */
  readonly mesh: MeshModel;
  readonly machine: MachineModel;
  /** From which a run's inputs are drawn; absent: the runtime's own. */
  readonly inputSeed?: number;
  readonly tables: readonly TableData[];
  readonly monoids: readonly MonoidIR[];
  readonly collectives: readonly CollectiveIR[];
  /** In source order; layers of other files and layers with parameters are not here (they are inlined where called). */
  readonly layers: readonly LayerIR[];
  readonly schedules: readonly ScheduleIR[];
  readonly checks: readonly CheckIR[];
}

// ---------------------------------------------------------------- mesh and tables

export interface MeshModel {
  readonly name: string;
  /** Outermost first; the last axis is innermost: rank = (..(i0 * n1 + i1) * n2 + ..). */
  readonly axes: readonly { readonly name: string; readonly size: number }[];
  readonly rankCount: number;
  readonly location: Location;
}

/** A relation from -> to with a weight and further columns, its rows ordered by (to, from). */
export interface TableData {
  readonly name: string;
  /** Axis names and sizes: `tokens`, `experts`. */
  readonly fromAxis: string;
  readonly fromSize: number;
  readonly toAxis: string;
  readonly toSize: number;
  readonly rowCount: number;
  /** Column values by row, length rowCount. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weight: Float64Array;
  /** Rows of `to` value e are toStart[e] .. toStart[e + 1]; length toSize + 1. */
  readonly toStart: Int32Array;
  /** Those declared besides `from` and `to`. */
  readonly columns: readonly TableColumn[];
  readonly location: Location;
}

/** One column of a table: an index of an axis for each row. */
export interface TableColumn {
  readonly name: string;
  /** By row, each below `size`. */
  readonly values: Int32Array;
  /** Name of the axis it points into. */
  readonly axis: string;
  readonly size: number;
  /** Where that axis is the rows of a table: its index in tables. */
  readonly table?: number;
}

// ---------------------------------------------------------------- monoids and collectives

export interface MonoidIR {
  readonly name: string;
  readonly ordered: boolean;
  /** Names of the last axes of a value, as far as components have them: `dim` of `lse(o: f32[dim], m: f32, l: f32)`. */
  readonly axes: readonly string[];
  /** Of the state, s in all; `sum` and `max` have one. */
  readonly components: readonly MonoidComponentIR[];
  /** One number a component. */
  readonly identity: readonly number[];
  /** Components of combine(a, b); `argument` nodes 0 .. s-1 are a's components, s .. 2s-1 are b's. */
  readonly combine: readonly ScalarIR[];
  /** What a state says: one number of its components. */
  readonly finish: ScalarIR;
  /** combine(a, b) and combine(b, a) are the same bits (its expression is symmetric). */
  readonly commutative: boolean;
}

/** A component has the value's first axes, those before the monoid's, and of the monoid's its own. */
export interface MonoidComponentIR {
  readonly name: string;
  /** As declared; what is as large as the value is kept and sent in the value's dtype (`componentDtype`). */
  readonly dtype: string;
  /** Indices into the monoid's axes, ascending. */
  readonly axes: readonly number[];
}

export type Word =
  "all_gather" | "reduce_scatter" | "all_reduce" | "all_to_all" | "broadcast" | "reduce" | "send" | "shift" | "scan";

/**
 * A word that a statement may be. Of some there is one way, and no collective: `reshard`, derived from its layouts, and
 * copies between a rank's memory and a tier of it.
 */
export type AnyWord = Word | "reshard" | TierWord;
export type TierWord = "load" | "store";

/** How one word is done, round by round; run symbolically at the mesh's size by lower. */
export interface CollectiveIR {
  readonly name: string;
  /** The word whose layout change its signature states. */
  readonly word: Word;
  /** Name of the tensor in `send x[..]`, and of the rank count (`n`). */
  readonly input: string;
  readonly output: string;
  readonly over: string;
  /** `over n = a * b`: names of the sizes of the mesh axes it is over, outermost first; empty: any number of axes. */
  readonly levels: readonly string[];
  /** Names that the body has for where broadcast and send leave from and reduce ends, where send ends, how far shift goes. */
  readonly root?: string;
  readonly target?: string;
  readonly offset?: string;
  /** scan: `for j <= i`. */
  readonly inclusive?: boolean;
  readonly body: readonly RoundStatement[];
  readonly location: Location;
}

// ---------------------------------------------------------------- values and layouts

export type ValueId = number;

export interface ValueIR {
  readonly id: ValueId;
  /** Path of calls and name: `h`, `sent`, `sent.take`. Unique in the layer. */
  readonly name: string;
  /** `bf16`, `f16`, `f32`, `f64`, `i32`, .. */
  readonly dtype: string;
  readonly axes: readonly AxisIR[];
  /** Monoids this value is pending under, and over which mesh axes (indices into mesh.axes). */
  readonly pending: readonly { readonly monoid: string; readonly over: readonly number[] }[];
  /** Mesh axes along which it exists at one position only. */
  readonly at: readonly { readonly meshAxis: number; readonly position: number }[];
  /** The memory tier of each rank that it lies in; absent: the rank's own memory. */
  readonly tier?: string;
  readonly location: Location;
}

export interface AxisIR {
  /** The axis's own name: `tokens`, `hidden`, `rows(gate)`; flows from arguments to results. */
  readonly name: string;
  /** What it is declared as, where an import gives it another name. */
  readonly declared?: string;
  /** Logical size over all ranks. */
  readonly size: number;
  /** For `rows(R)`: index of R in tables. */
  readonly table?: number;
  /** What it is made of, where it is declared so. */
  readonly factors?: readonly AxisFactorIR[];
  /** Cut by these mesh axes, left to right, in ceiling blocks: of the axis, of a column's values, or of a factor. */
  readonly cuts: readonly AxisCutIR[];
}
/** One of the factors that an axis is made of, row-major: index = ((i0 * n1 + i1) * n2 + i2) .. */
export interface AxisFactorIR {
  readonly name: string;
  readonly size: number;
  /** Counted backward where the index of the factor before it is odd. */
  readonly mirrored: boolean;
}

export interface AxisCutIR {
  readonly meshAxis: number;
  /** Of rows: the column whose parts they follow; of an axis made of factors: the factor that is cut. */
  readonly by?: string;
  /** That factor. */
  readonly factor?: CutFactorIR;
}
/** A factor where it stands in its axis: its index there is floor(index / stride) % size, or size - 1 - that. */
export interface CutFactorIR {
  readonly size: number;
  /** Size of all the factors after it. */
  readonly stride: number;
  /** Mirrored: size of the factor before it; it counts backward where that one's index (as it stands) is odd. */
  readonly mirroredAfter?: number;
}

// ---------------------------------------------------------------- layers

export interface LayerIR {
  readonly name: string;
  readonly values: readonly ValueIR[];
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
  /** In program order. */
  readonly statements: readonly StatementIR[];
  /** Index into the program's `meshes`. */
  readonly mesh: number;
  readonly location: Location;
}

export type StatementIR = OpStatement | WordStatement | ViewStatement;

/** result = kernel(operands): epilogues are already part of the kernel. */
export interface OpStatement {
  readonly kind: "op";
  readonly result: ValueId;
  readonly operands: readonly ValueId[];
  readonly kernel: KernelIR;
  readonly location: Location;
}

/** What a word does, along one or several mesh axes; the equation is the identity or the monoid's fold. */
export interface WordChange {
  readonly word: AnyWord;
  /** Indices into mesh.axes, outermost first: its ranks are numbered row-major over them, the last one innermost. */
  readonly meshAxes: readonly number[];
  /** Dimension of the operand that meshAxes cut before (all_gather, all_to_all, shift, scan). */
  readonly cutBefore?: number;
  /**
   * Dimension of the result that meshAxes cut after (reduce_scatter, all_to_all, shift, scan). A scan without `cutBefore`
   * folds what positions contribute to a pending operand, and its result has that dimension, the first, besides the operand's.
   */
  readonly cutAfter?: number;
  /** The monoid that combines (reduce_scatter, all_reduce, reduce, scan). */
  readonly monoid?: string;
  /** Position along meshAxes that broadcast and send leave from and reduce ends at; where send ends. */
  readonly root?: number;
  readonly target?: number;
  /** shift: part p of the result is part p - offset of the operand, cyclically; 0 .. parts - 1. */
  readonly offset?: number;
  /** shift, as an equation: y[k * length + j] = x[k * length + (j - by mod length)]. */
  readonly cycle?: { readonly length: number; readonly by: number };
  /** scan: y[i] is the fold of x[j] for j <= i, not for j < i. */
  readonly inclusive?: boolean;
  /** load, store: the tier that is read or written. */
  readonly tier?: string;
}

/** result = word(operand). */
export interface WordStatement extends WordChange {
  readonly kind: "word";
  readonly result: ValueId;
  readonly operand: ValueId;
  readonly location: Location;
}

/** What a layout change that moves nothing is called. */
export type View = "shard" | "spread" | "partials" | "fan";

/** result = operand as each rank has it already, under another layout: nothing moves and nothing is computed. */
export interface ViewStatement {
  readonly kind: "view";
  readonly view: View;
  readonly result: ValueId;
  readonly operand: ValueId;
  /** Indices into mesh.axes, outermost first. */
  readonly meshAxes: readonly number[];
  /** shard, fan: of operand and result, what meshAxes cut; partials: of the operand, what goes; spread: of the result, 0. */
  readonly dimension: number;
  /** What the result is pending under (partials, fan). */
  readonly monoid?: string;
  readonly location: Location;
}

// ---------------------------------------------------------------- mathematics

/** out[i0, .., iR-1] = body; variables are numbered: outputs 0 .. outputRank-1 first. */
export interface KernelIR {
  /** `silu(grouped_matmul)`: for people. */
  readonly name: string;
  readonly outputRank: number;
  readonly variables: readonly IndexVariable[];
  /** Each may refer to those before it. */
  readonly locals: readonly LocalIR[];
  readonly body: ScalarIR;
  /** Where the text states it: `cost { flops = 0 }`. */
  readonly cost?: StatedCost;
  /** The body only says what is read: it cannot be computed. */
  readonly opaque?: true;
}
/** Of the op over all its elements, all ranks together; what is absent is derived. */
export interface StatedCost {
  /** Work, at the rate of the first operand's dtype. */
  readonly flops?: number;
  /** Memory traffic, reads and writes. */
  readonly bytes?: number;
}
export interface IndexVariable {
  readonly name: string;
  /** Ranges over 0 .. size-1, all ranks together. */
  readonly size: number;
  /** Ranges over rows of this table. */
  readonly table?: number;
}
/** local[indices] = body, for all values of the variables in `indices`. */
export interface LocalIR {
  readonly name: string;
  /** Variables, by number. Output variables, or variables of its own. */
  readonly indices: readonly number[];
  readonly body: ScalarIR;
}

export type ScalarIR =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "read"; readonly operand: number; readonly at: readonly IndexIR[] }
  | { readonly kind: "local"; readonly local: number; readonly at: readonly IndexIR[] }
  | { readonly kind: "weight"; readonly table: number; readonly at: IndexIR }
  /** The value of an index expression, as a number. */
  | { readonly kind: "index"; readonly at: IndexIR }
  /** Only in monoids. */
  | { readonly kind: "argument"; readonly argument: number }
  | { readonly kind: "call"; readonly function: ScalarFunction; readonly arguments: readonly ScalarIR[] }
  | {
      readonly kind: "binary";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: ScalarIR;
      readonly right: ScalarIR;
    }
  /** One of two values; only the one chosen is read. */
  | {
      readonly kind: "select";
      readonly condition: ConditionIR;
      readonly whenTrue: ScalarIR;
      readonly whenFalse: ScalarIR;
    }
  | ReduceIR;

/** monoid over all values of `variables` (or, with `rowsWhere`, over the rows r = variables[0] with column(r) = equals). */
export interface ReduceIR {
  readonly kind: "reduce";
  readonly monoid: string;
  readonly variables: readonly number[];
  readonly rowsWhere?: { readonly table: number; readonly column: string; readonly equals: IndexIR };
  /** Only those values of the variables for which this holds: what it lets not through is neither read nor folded. */
  readonly where?: ConditionIR;
  /** The state of one term: a scalar a component of the monoid. */
  readonly bodies: readonly ScalarIR[];
}
/** `ifLess(a, b, x, y)` is x where a < b, else y; `ifEqual` likewise. */
export type ScalarFunction = "exp" | "log" | "sqrt" | "tanh" | "abs" | "min" | "max" | "neg" | "ifLess" | "ifEqual";

/** What global indices must fulfil. All of no parts holds, one of no parts does not. */
export type ConditionIR =
  | {
      readonly kind: "compare";
      readonly operator: "<" | "<=" | "==" | "!=";
      readonly left: IndexIR;
      readonly right: IndexIR;
    }
  | { readonly kind: "and" | "or"; readonly parts: readonly ConditionIR[] };

/** offset + sum of coefficient * variable (integers), or a column of a table at an index. */
export type IndexIR =
  | {
      readonly kind: "affine";
      readonly terms: readonly { readonly variable: number; readonly coefficient: number }[];
      readonly offset: number;
    }
  | { readonly kind: "column"; readonly table: number; readonly column: string; readonly at: IndexIR };

// ---------------------------------------------------------------- schedules

export interface ScheduleIR {
  readonly name: string;
  /** Index into CheckedProgram.layers. */
  readonly layer: number;
  readonly verbs: readonly VerbIR[];
  readonly location: Location;
}

/** A value named in a schedule: the statements of its call in program order, its own last. */
export interface Target {
  readonly path: string;
  /** Indices into LayerIR.statements. Empty where a layer's input is named. */
  readonly statements: readonly number[];
  readonly value: ValueId;
  readonly location: Location;
}

export type GrainIR =
  | { readonly kind: "rows" | "tile" | "shard" }
  | { readonly kind: "bucket"; readonly bytes: number }
  | { readonly kind: "axis"; readonly axis: string; readonly size: number };

export type VerbIR = { readonly location: Location } & (
  | {
      readonly verb: "split";
      readonly axis: string;
      /** Index into mesh.axes; absent: logical indices. */
      readonly within?: number;
      readonly count: number;
      /** Where parts 1 .. count-1 begin (logical index, or index within each rank's part); absent: ceiling blocks. */
      readonly at?: readonly number[];
      readonly names: readonly string[];
    }
  | { readonly verb: "tile"; readonly targets: readonly Target[]; readonly sizes: readonly number[] }
  | {
      readonly verb: "overlap";
      /** One group: independents. More: each with the next. */
      readonly groups: readonly (readonly Target[])[];
      readonly grain?: GrainIR;
    }
  | { readonly verb: "order"; readonly target: Target; readonly as?: Target; readonly by: readonly string[] }
  | { readonly verb: "priority"; readonly target: Target; readonly above: Target }
  | { readonly verb: "async"; readonly targets: readonly Target[]; readonly ahead?: number }
  | { readonly verb: "accumulate"; readonly targets: readonly Target[]; readonly axis: string }
  | { readonly verb: "fuse"; readonly first: Target; readonly last: Target }
  | { readonly verb: "use"; readonly collective: string; readonly targets: readonly Target[] }
  | {
      readonly verb: "run";
      readonly targets: readonly Target[];
      readonly engine: "sms" | "copy" | "nic" | "stores" | "memory";
      /** Of `sms`, and of `memory` that SMs issue to: a number, or auto within a range. */
      readonly amount?: number | { readonly low: number; readonly high: number };
    }
  | { readonly verb: "keep"; readonly count: number; readonly targets: readonly Target[] }
);

// ---------------------------------------------------------------- checks

export interface CheckIR {
  /** Index into schedules, or into layers. */
  readonly subject: { readonly kind: "schedule" | "layer"; readonly index: number };
  readonly claims: readonly ClaimIR[];
  /** What they are to hold for, every value of one with every value of the others; none: the sizes of the file. */
  readonly ranges: readonly RangeIR[];
  readonly location: Location;
}

/** One name's part of a `for`. */
export interface RangeIR {
  /** As `--set` calls it: `tokens`, `gate seed`, `links speed`. */
  readonly name: string;
  /** As it is written: `tokens in 64 .. 4096 step 64`. */
  readonly text: string;
  readonly location: Location;
  readonly values: RangeValues;
}

/** Texts for `--set`, or numbers `low + i * step` for 0 <= i < `count`, each followed by the unit; the least first. */
export type RangeValues =
  | { readonly listed: readonly string[] }
  | { readonly low: number; readonly step: number; readonly count: number; readonly unit: string };

export type ClaimIR = { readonly location: Location } & (
  | { readonly claim: "same result"; readonly layer: number; readonly within?: number }
  | { readonly claim: "no deadlock" | "no race" }
  | {
      readonly claim: "memory" | "bytes moved" | "messages" | "rounds";
      /** Only what goes between positions that differ along this axis; index into the axes of the layer's mesh. */
      readonly over?: number;
      readonly perRank: boolean;
      readonly comparison: "==" | "<=" | ">=" | "<" | ">";
      /** Bytes, or a count. */
      readonly limit: number;
    }
  | { readonly claim: "hides"; readonly share: number }
  /** At most so many times the lower bound. */
  | { readonly claim: "bound"; readonly factor: number }
  /** Without `by`: strictly faster. */
  | { readonly claim: "faster than"; readonly schedule: number; readonly by?: number }
);
