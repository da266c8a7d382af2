/**
 * What each task of a TaskGraph does to which memory: enough for a runtime to execute it, with nothing left to decide.
 * Regions are products of runs of *global* indices, one per dimension; a buffer says which global indices it holds.
 */
import type { KernelIR, MonoidIR, TableData, ValueIR } from "../check/ir.js";
import type { TaskGraph } from "./task-graph.js";

/** Sorted, disjoint, non-empty half-open intervals [start, end), flattened: start0, end0, start1, end1, .. */
export type Runs = Int32Array;

/** Memory of one value (or of a word's partial state, or a landing place) on one rank. */
export interface BufferInfo {
  readonly rank: number;
  readonly name: string;
  readonly dtype: string;
  /** Global indices held, per dimension; local index = position among them in order. Row-major. */
  readonly domain: readonly Runs[];
  /** Product of lengths of the domain. */
  readonly elements: number;
  readonly bytes: number;
  /** Of what is pending under a monoid of several components: they lie one behind the other. Absent: `dtype` alone. */
  readonly state?: StateInfo;
  /** `input`: filled before the run. `value`: a statement's result. `state`: partial results of a word. `staging`: a delivery that waits to be combined. */
  readonly role: "input" | "value" | "state" | "staging";
  /** Value of the layer it belongs to. */
  readonly value: number;
  /** Number of its lifetime: see `apart`. Of all that a word keeps it is the same. */
  readonly lifetime: number;
  /** Of a state that a delivery is combined into: the delivery's, which nothing else reads, and in whose place it may lie. */
  readonly replaces?: number;
  /**
   * What stays in place under a new name: whatever is written here, within `region`, is written to `buffer` as well
   * (and onward, if that has aliases of its own). Inputs are passed on before the run.
   */
  readonly aliases: readonly BufferAlias[];
  /** What all of it holds before the run, a number a component of its state; absent: nothing that may be read. */
  readonly fill?: readonly number[];
}

export interface BufferAlias {
  readonly buffer: number;
  /** A view's: it may lie where the written buffer does. Then it is in use no longer than that. */
  readonly inPlace?: true;
  /** Task of the rank that passes it on, rather than whoever writes it: none of what is passed on is read before. */
  readonly by?: number;
  /** In indices of the buffer that is written. */
  readonly region: readonly Runs[];
  /** Where that is in `buffer`, by its dimensions in order; absent: at the same indices. */
  readonly onto?: readonly AliasDimension[];
}
/** Indices `runs` of a dimension: those of the written buffer's dimension `from`, one after another, or (absent) a single one. */
export interface AliasDimension {
  readonly runs: Runs;
  readonly from?: number;
}

export interface StateInfo {
  readonly monoid: string;
  readonly components: readonly {
    readonly dtype: string;
    /** Dimensions of the value that it has, ascending. */
    readonly dimensions: readonly number[];
    readonly elements: number;
  }[];
}

export interface CopyPart {
  readonly from: number;
  readonly to: number;
  readonly region: readonly Runs[];
  /** Where it lands: as many indices a dimension, in order; absent: `region`. */
  readonly place?: readonly Runs[];
}

/** All that goes with a copy, in one message. */
export function partsOf(copy: CopyPart & { readonly rest?: readonly CopyPart[] }): readonly CopyPart[] {
  return [copy, ...(copy.rest ?? [])];
}

export type TaskAction =
  | {
      readonly kind: "compute";
      /** Index into `kernels`. */
      readonly kernel: number;
      readonly output: number;
      /** Buffer of each operand on this rank. */
      readonly operands: readonly number[];
      /** What is computed of the output, per output variable. */
      readonly region: readonly Runs[];
      /** What each variable of the kernel ranges over here, indexed by variable; outputs as in region. */
      readonly ranges: readonly Runs[];
      /** Combine the result into what the output holds, under the monoid of the outermost reduction; the first contribution stores. */
      readonly accumulate?: { readonly monoid: string; readonly first: boolean; readonly last: boolean };
    }
  /** A transfer between two ranks; `from` and `to` are buffers of the sender and the receiver, both of states or neither. */
  | (CopyPart & {
      readonly kind: "copy";
      /** More that goes with it, in one message. */
      readonly rest?: readonly CopyPart[];
    })
  /** into[region] = monoid(left[region], right[region]), rounded at into's dtype (a join); finished where into is no state. */
  | {
      readonly kind: "combine";
      readonly monoid: string;
      readonly into: number;
      readonly left: number;
      readonly right: number;
      readonly region: readonly Runs[];
    }
  | { readonly kind: "none" };

/** Part of a buffer whose elements are lost. */
export interface Overwrite {
  readonly buffer: number;
  readonly region: readonly Runs[];
}

export interface ExecutionPlan {
  readonly graph: TaskGraph;
  readonly buffers: readonly BufferInfo[];
  readonly kernels: readonly KernelIR[];
  readonly monoids: readonly MonoidIR[];
  readonly tables: readonly TableData[];
  /** Values of the layer, by id. */
  readonly values: readonly ValueIR[];
  /** Buffers of the layer's inputs and outputs: [value, buffer] for each rank that holds one. */
  readonly inputs: readonly { readonly value: number; readonly buffer: number }[];
  readonly outputs: readonly { readonly value: number; readonly buffer: number }[];
  /**
   * Whether memory can be used for one after the other on a rank: everything that touches a buffer of one lifetime is over
   * before anything writes a buffer of the other, one way round.
   */
  apart(lifetime: number, other: number): boolean;
  /** What task t does; made when asked for. */
  action(task: number): TaskAction;
  /** What task t destroys beside what it writes, when it begins: what lay there before, in a slot that it takes over. */
  overwrites(task: number): readonly Overwrite[];
}
