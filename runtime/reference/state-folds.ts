/** States of a monoid as whole arrays: folded left to right in float64, and finished. */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { KernelIR, MonoidIR } from "../../compiler/check/ir.js";
import { componentDimensions } from "../../compiler/graph/monoid-states.js";
import { compileKernel } from "../cpu/kernels.js";
import type { Tensor } from "../cpu/kernels.js";
import { combineKernel, finishKernel } from "../../compiler/kernels/moving-kernels.js";
import { layoutOf } from "../../compiler/graph/layout.js";
import { fullRuns } from "../../compiler/graph/runs.js";

/**
 * States of one monoid, each of a region of a value with so many indices along each dimension; the components of a state
 * lie one behind the other.
 */
export interface StateFolds {
  /** As many numbers as a state has. */
  readonly identity: () => Float64Array;
  readonly combine: (left: Float64Array, right: Float64Array) => Float64Array;
  readonly finish: (state: Float64Array) => Float64Array;
  /** A tensor a component, over the same memory. */
  readonly tensorsOf: (state: Float64Array) => Tensor[];
}

/** Throws InternalFault for a monoid that is not known. */
export function stateFolds(name: string, lengths: readonly number[], monoids: readonly MonoidIR[]): StateFolds {
  const monoid = monoids.find((candidate) => candidate.name === name);
  if (monoid === undefined) throw new InternalFault("run", `no monoid ${name}`);
  const rank = lengths.length;
  const domain = lengths.map(fullRuns);
  const regions = monoid.components.map((_, component) =>
    componentDimensions(monoid, component, rank).map((dimension) => domain[dimension]!),
  );
  const layouts = regions.map(layoutOf);
  const size = layouts.reduce((sum, { elements }) => sum + elements, 0);
  const compiled = (kernel: KernelIR) => compileKernel(kernel, monoids, [], "f64");
  const combining = monoid.components.map((_, component) => compiled(combineKernel(monoid, component, rank)));
  const finishing = compiled(finishKernel(monoid, rank));
  const rounds = [(value: number) => value];
  const tensorsOf = (state: Float64Array): Tensor[] => {
    let start = 0;
    return regions.map((region, component) => {
      const layout = layouts[component]!;
      return { domain: region, layout, elements: state.subarray(start, (start += layout.elements)) };
    });
  };
  return {
    tensorsOf,
    identity() {
      const state = new Float64Array(size);
      tensorsOf(state).forEach(({ elements }, component) => elements.fill(monoid.identity[component]!));
      return state;
    },
    combine(left, right) {
      const combined = new Float64Array(size);
      const operands = [...tensorsOf(left), ...tensorsOf(right)];
      tensorsOf(combined).forEach((output, component) =>
        combining[component]!.run({ outputs: [output], operands, ranges: output.domain, rounds }),
      );
      return combined;
    },
    finish(state) {
      const layout = layoutOf(domain);
      const elements = new Float64Array(layout.elements);
      finishing.run({ outputs: [{ domain, layout, elements }], operands: tensorsOf(state), ranges: domain, rounds });
      return elements;
    },
  };
}

/** States of a pending value folded into one, and finished. Throws InternalFault for a monoid that is not known. */
export function foldStates(
  name: string,
  states: readonly Float64Array[],
  lengths: readonly number[],
  monoids: readonly MonoidIR[],
): Float64Array {
  const { combine, finish } = stateFolds(name, lengths, monoids);
  return finish(states.reduce(combine));
}
