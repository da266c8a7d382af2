/** What the evaluation of an op's mathematics needs of the kernel around it, and what it knows at a place. */
import type { KernelIR, MonoidIR, ReduceIR } from "../../../check/ir.js";
import type { Environment, IndexTexts, IndexValue } from "./indices.js";
import type { NumberType } from "./formats.js";
import type { Value } from "./scalars.js";

export interface EvaluationHost {
  readonly kernel: KernelIR;
  readonly monoids: ReadonlyMap<string, MonoidIR>;
  readonly indices: IndexTexts;
  readonly writer: {
    line(text: string): void;
    open(head: string): void;
    close(blocks?: number): void;
    unique(): number;
  };
  /** What all is computed in. */
  readonly numbers: NumberType;
  /** An f32 with these bits, which is no constant. */
  notFinite(bits: number): string;
  /** An element of an operand, or four where a dimension is indexed by lanes. */
  read(operand: number, at: readonly IndexValue[]): Value;
  weight(table: number, at: string): string;
  /**
   * Opens the loop over a variable of a reduction, and returns what the variable is inside and how many blocks that were.
   * `rows`: over the rows whose column equals the text.
   */
  loop(
    variable: number,
    depth: number,
    rows?: { readonly link: RowLink; readonly equals: string },
    isShared?: boolean,
  ): OpenedLoop;
  /** The state of a reduction that is at hand already, else undefined. */
  given?(reduce: ReduceIR): State | undefined;
  /**
   * Joins what the invocations of a workgroup folded of a reduction, of which `loop` left each a share; all have the state then.
   * Asked of every reduction, by how many loops stand around it; undefined where each invocation folds all of it.
   */
  agree?(reduce: ReduceIR, monoid: MonoidIR, depth: number): ((state: State) => State) | undefined;
}
type RowLink = NonNullable<ReduceIR["rowsWhere"]>;

export interface OpenedLoop {
  readonly value: IndexValue;
  readonly blocks: number;
  /** Lanes that the loop really visits; absent: all. A vec4<bool>. */
  readonly mask?: string;
}

/** Values of a monoid's components. */
export type State = readonly Value[];

/** What is at hand at a place: bound variables, values by what they are, loops around. */
export interface Scope {
  readonly environment: Environment;
  readonly known: Map<string, State>;
  readonly depth: number;
}
