/** Kernels of what words do to the values that they move, each made once. */
import type { KernelIR, MonoidIR } from "../../check/ir.js";
import { combineAndFinishKernel, combineKernel, finishKernel } from "../../kernels/moving-kernels.js";

export function createMovingKernels() {
  const made = new Map<string, KernelIR>();
  const once = (key: string, make: () => KernelIR): KernelIR => {
    let kernel = made.get(key);
    if (kernel === undefined) made.set(key, (kernel = make()));
    return kernel;
  };
  return {
    combine: (monoid: MonoidIR, component: number, rank: number, isLast: boolean): KernelIR =>
      once(`combine ${monoid.name} ${component} ${rank} ${isLast}`, () =>
        isLast ? combineAndFinishKernel(monoid, rank) : combineKernel(monoid, component, rank),
      ),
    finish: (monoid: MonoidIR, rank: number, outputRank: number): KernelIR =>
      once(`finish ${monoid.name} ${rank} ${outputRank}`, () => finishKernel(monoid, rank, outputRank)),
    constant: (value: number, rank: number): KernelIR =>
      once(`constant ${value} ${rank}`, () => {
        const variables = Array.from({ length: rank }, (_, d) => ({ name: `i${d}`, size: 0 }));
        return { name: "fill", outputRank: rank, variables, locals: [], body: { kind: "constant", value } };
      }),
  };
}
