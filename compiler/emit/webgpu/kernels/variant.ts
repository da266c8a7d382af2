/** What a kernel's text depends on, besides the mathematics; and the numbers that differ from task to task. */

/** Which part of an accumulation a task is; `whole` is none. */
export type Stage = "whole" | "first" | "next" | "last";

/** A tensor that a kernel touches. */
export interface TensorVariant {
  readonly dtype: string;
  /** Which of the bound arrays it lies in. */
  readonly array: number;
  /** By dimension, whether positions come from a map (its domain is no single interval). */
  readonly mapped: readonly boolean[];
  /**
   * Where its last dimension is indexed as that of the result is: four neighbours of the result that begin at a multiple of
   * four do so here too.
   */
  readonly aligned: boolean;
}

export interface ArrayVariant {
  readonly name: string;
  readonly access: "read" | "write";
  /** The only format in it; undefined where several are, and it is bound as words. */
  readonly dtype: string | undefined;
}

export interface KernelVariant {
  /** Whether the language has a type for f16; else f16 is packed into words. */
  readonly hasF16: boolean;
  readonly stage: Stage;
  /** Monoid of the reduction that is accumulated. */
  readonly accumulated?: string;
  /** What is written is the state of the kernel's outermost reduction, a tensor a component; else its value. */
  readonly writesState: boolean;
  readonly arrays: readonly ArrayVariant[];
  /** The result; of a state, its components, each with the dimensions of the value that it has. */
  readonly outputs: readonly (TensorVariant & { readonly dimensions: readonly number[] })[];
  readonly operands: readonly TensorVariant[];
  /** Of an accumulation: what it keeps between its tasks, a number a component for each element of the result. */
  readonly partial?: TensorVariant;
  /** By variable, whether its indices come from a list (they are no single interval). */
  readonly listed: readonly boolean[];
  /** By variable, whether it ranges over some of its rows only. */
  readonly someRows: readonly boolean[];
}

/** A tensor of a kernel: output or operand number n, or what an accumulation keeps. */
export type TensorName = `${"output" | "operand"} ${number}` | "partial";

/** A number of a task, an i32, by what it is. */
export type TaskKey =
  /** Elements from an index of a dimension to the next; where in `tables` a dimension's map is, so that map + index is it. */
  | { readonly kind: "stride" | "map"; readonly tensor: TensorName; readonly dimension: number }
  /** Added to the sum of positions times strides, where unmapped positions are indices. */
  | { readonly kind: "offset"; readonly tensor: TensorName }
  /** Where a tensor begins in an array of words. */
  | { readonly kind: "firstWord"; readonly tensor: TensorName }
  /** Of a variable: its least index, how many it has, and where in `tables` the list of them begins. */
  | { readonly kind: "low" | "count" | "list"; readonly variable: number }
  /** Of the rows that a variable ranges over: where their map is in `tables`, so that map + row is negative for others. */
  | { readonly kind: "rowMap"; readonly variable: number }
  /** Where in `tables` a column begins, its rows by value, where each value's begin among those; how many values it may have. */
  | { readonly kind: "column" | "rowsOf" | "rowStart" | "columnSize"; readonly table: number; readonly column: string }
  | { readonly kind: "weight"; readonly table: number }
  /** Of a variable, the same of the groups of four of its indices, counted as those of the last output dimension are. */
  | { readonly kind: "firstGroupOf" | "groupsOf"; readonly variable: number }
  /** Of the last output dimension: the first group of four positions, how many groups, and the index at position 0. */
  | { readonly kind: "firstGroup" | "groups" | "lowOfGroup" }
  /** Where in `tables` the index at each position is, so that positions + position is it, or -1 for what is not computed. */
  | { readonly kind: "positions" }
  /** Invocations, or rows of the result, that have something to do. */
  | { readonly kind: "threads" | "rowCount" }
  /** Elements of one component of what an accumulation keeps. */
  | { readonly kind: "partialStride" }
  | { readonly kind: "bits"; readonly bits: number };
