/** Executes actions on the shared memory of a run. */
import { isWide, roundingOf } from "./dtypes.js";
import { combineKernel, compileKernel, copyKernel, scratchTensor } from "./kernels.js";
import type { CompiledKernel, Tensor } from "./kernels.js";
import type { Precision } from "./kernel-source.js";
import { elementsOf } from "./memory.js";
import type { SharedMemory } from "./memory.js";
import { actionReader, runsReader } from "./program.js";
import type { SharedActions } from "./program.js";
import type { KernelIR } from "../compiler/check/ir.js";
import type { Runs, TaskAction } from "../compiler/graph/execution-plan.js";
import { intersectRuns, layoutOf } from "./runs.js";

export interface Performer {
  /** Does what a task does. */
  perform(task: number): void;
  /** Copies all of a buffer to wherever it stays under another name. */
  passOn(buffer: number): void;
}

/**
 * Arithmetic is rounded to f32 at every step (a device with f32 accumulators),
 * or left at f64 where an operand or the result is kept in 64 bits.
 */
export function createPerformer(actions: SharedActions, memory: SharedMemory): Performer {
  const { buffers, kernels, monoids, tables } = actions;
  const runsOf = runsReader(actions);
  const actionOf = actionReader(actions, runsOf);
  const tensors: (Tensor | undefined)[] = Array.from({ length: buffers.length });
  const compiled = new Map<string, CompiledKernel>();
  /** Accumulators of buffers that are accumulated into, each beside its buffer. */
  const partials = new Map<number, Tensor>();

  const tensorOf = (buffer: number): Tensor => {
    const known = tensors[buffer];
    if (known !== undefined) return known;
    const domain = actions.domains[buffer]!.map(runsOf);
    return (tensors[buffer] = { elements: elementsOf(memory, buffers, buffer), layout: layoutOf(domain), domain });
  };
  const kernelFor = (key: string, precision: Precision, make: () => KernelIR): CompiledKernel => {
    const full = `${key} ${precision}`;
    let kernel = compiled.get(full);
    if (kernel === undefined) {
      kernel = compileKernel(make(), monoids, tables, precision);
      compiled.set(full, kernel);
    }
    return kernel;
  };
  const precisionOf = (touched: readonly number[]): Precision =>
    touched.some((buffer) => isWide(buffers[buffer]!.dtype)) ? "f64" : "f32";

  const elementwise = (
    key: string,
    make: () => KernelIR,
    into: number,
    from: readonly number[],
    region: readonly Runs[],
  ): void => {
    kernelFor(`${key} ${region.length}`, precisionOf([into, ...from]), make).run({
      output: tensorOf(into),
      operands: from.map(tensorOf),
      ranges: region,
      round: roundingOf(buffers[into]!.dtype),
    });
  };

  const compute = (action: Extract<TaskAction, { kind: "compute" }>): void => {
    const precision = precisionOf([action.output, ...action.operands]);
    const kernel = kernelFor(`kernel ${action.kernel}`, precision, () => kernels[action.kernel]!);
    const output = tensorOf(action.output);
    const { accumulate, region } = action;
    let partial = partials.get(action.output);
    if (accumulate !== undefined && partial === undefined) {
      partial = scratchTensor(kernel.partialDomain(accumulate.monoid, output), precision);
      partials.set(action.output, partial);
    }
    kernel.run({
      output,
      operands: action.operands.map(tensorOf),
      ranges: action.ranges.map((runs, variable) => region[variable] ?? runs),
      round: roundingOf(buffers[action.output]!.dtype),
      ...(accumulate === undefined ? {} : { accumulate: { ...accumulate, partial: partial! } }),
    });
  };

  const combine = ({ monoid: name, into, left, right, region }: Extract<TaskAction, { kind: "combine" }>): void => {
    const monoid = monoids.find((candidate) => candidate.name === name)!;
    elementwise(`combine ${name}`, () => combineKernel(monoid, region.length), into, [left, right], region);
  };

  const copy = (from: number, to: number, region: readonly Runs[]): void =>
    elementwise("copy", () => copyKernel(region.length), to, [from], region);

  const passOn = (written: number, region: readonly Runs[]): void => {
    for (const alias of actions.aliases[written]!) {
      const common = region.map((runs, d) => intersectRuns(runs, runsOf(alias.region[d]!)));
      if (common.some((runs) => runs.length === 0)) continue;
      copy(written, alias.buffer, common);
      passOn(alias.buffer, common);
    }
  };

  return {
    perform(task) {
      const action = actionOf(task);
      switch (action.kind) {
        case "compute":
          compute(action);
          if (action.accumulate?.last ?? true) passOn(action.output, action.region);
          return;
        case "copy":
          copy(action.from, action.to, action.region);
          return passOn(action.to, action.region);
        case "combine":
          combine(action);
          return passOn(action.into, action.region);
        case "none":
          return;
      }
    },
    passOn: (buffer) => passOn(buffer, actions.domains[buffer]!.map(runsOf)),
  };
}
