/** What sort of kernel computes a block, and how large it is: what its speed depends on, where that was measured. */
export interface BlockShape {
  readonly does: KernelSort;
  /** Of what it multiplies; of its result where it multiplies nothing. */
  readonly dtype: string;
  /** Elements of the block's last axis, and of all others together. */
  readonly columns: number;
  readonly rows: number;
  /** Products summed for an element; keys that a row attends to; elements folded; 1 of an elementwise kernel. */
  readonly depth: number;
  /** Parts that it is accumulated in, of which this is one: between them its state is stored and loaded; 1 of a whole block. */
  readonly parts: number;
}

/** Sums of products; a fold of several components weighed by such sums; any other fold; none. */
export const kernelSorts = ["contraction", "attention", "reduction", "elementwise"] as const;
export type KernelSort = (typeof kernelSorts)[number];
