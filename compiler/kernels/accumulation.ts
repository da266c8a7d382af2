/** What `accumulate` means for a kernel: which of its reductions is done part by part. */
import { InternalFault } from "../diagnostics/internal-fault.js";
import type { KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";
import { scalarParts } from "./walk.js";

/** The reduction whose partial results a task accumulates, and the variables its results are indexed by. */
export interface Accumulation {
  readonly reduce: ReduceIR;
  /** The local that it stands in; absent: the body. */
  readonly local: number | undefined;
  readonly indices: readonly number[];
}

/** Equal for scalars that compute the same in the same scope. */
export const reductionKey = (scalar: ScalarIR): string =>
  JSON.stringify(scalar, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
  );

/** Reductions of a scalar that stand in no other, in order. */
export function outermostReductions(scalar: ScalarIR): ReduceIR[] {
  return scalar.kind === "reduce" ? [scalar] : scalarParts(scalar).flatMap(outermostReductions);
}

/** Finds what `accumulate` under the monoid means for a kernel. Throws InternalFault where it is not one reduction. */
export function accumulationOf(kernel: KernelIR, monoid: string): Accumulation {
  const outputs = Array.from({ length: kernel.outputRank }, (_, dimension) => dimension);
  const bodies = [
    ...kernel.locals.map((local, number) => ({ body: local.body, local: number, indices: local.indices })),
    { body: kernel.body, local: undefined, indices: outputs },
  ];
  const found = new Map<string, Accumulation>();
  for (const { body, local, indices } of bodies) {
    for (const reduce of outermostReductions(body)) {
      if (reduce.monoid === monoid) found.set(`${local} ${reductionKey(reduce)}`, { reduce, local, indices });
    }
  }
  const [accumulation] = found.values();
  if (found.size !== 1 || accumulation!.indices.some((variable) => variable >= kernel.outputRank)) {
    throw new InternalFault("run", `${kernel.name} has no single reduction under ${monoid} to accumulate`);
  }
  return accumulation!;
}
