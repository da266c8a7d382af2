import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import type { Elements } from "../numbers/dtypes.js";

/** What a rank holds of an output of the layer. */
export interface RankOutput {
  readonly rank: number;
  /** Value of the layer, and buffer of the plan. */
  readonly value: number;
  readonly buffer: number;
  /** As they lie in the buffer. */
  readonly elements: Elements;
}

/** A copy of what the ranks hold. */
export function outputsOf(plan: ExecutionPlan, elementsOf: (buffer: number) => Elements): RankOutput[] {
  return plan.outputs.map(({ value, buffer }) => {
    return { rank: plan.buffers[buffer]!.rank, value, buffer, elements: elementsOf(buffer).slice() };
  });
}

export interface OutputDifference {
  readonly output: RankOutput;
  /** How many elements are not the same bits, and the first of them. */
  readonly count: number;
  readonly first: number;
}

/** Where two runs of a plan came to other bits; what is not a number is the same everywhere. */
export function differencesOf(expected: readonly RankOutput[], found: readonly RankOutput[]): OutputDifference[] {
  return found.flatMap((output, number) => {
    const { elements } = expected[number]!;
    let [count, first] = [0, -1];
    output.elements.forEach((element, at) => {
      if (Object.is(element, elements[at])) return;
      count++;
      if (first < 0) first = at;
    });
    return count === 0 ? [] : [{ output, count, first }];
  });
}
