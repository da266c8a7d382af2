/** One op by itself, on one rank, its operands and result whole and in buffers of their own: to measure its kernel. */
import type { KernelIR, MonoidIR, TableData } from "../../check/ir.js";
import type { Runs } from "../../graph/execution-plan.js";
import { hostTensor } from "./host-tensors.js";
import { deviceTensor, tensorBytes } from "./tensors.js";
import type { DeviceTensor } from "./tensors.js";
import { createOpSteps } from "./op-steps.js";
import type { DeviceKernel, RankProgram } from "./program.js";
import { createKernelsPool, createStepWriter } from "./steps.js";
import type { DeviceTraits } from "./traits.js";

export interface SingleOp {
  readonly kernel: KernelIR;
  readonly monoids: readonly MonoidIR[];
  readonly tables?: readonly TableData[];
  /** Sizes of each operand's dimensions; the result's are its variables'. */
  readonly operands: readonly (readonly number[])[];
  /** Of operands and result. */
  readonly dtype: string;
}

export interface SingleOpProgram {
  readonly kernels: readonly DeviceKernel[];
  /** All its steps are one computation; inputs are the operands in order, the only output the result. */
  readonly program: RankProgram;
}

export function emitSingleOp(op: SingleOp, traits: DeviceTraits): SingleOpProgram {
  const { kernel, tables = [], dtype } = op;
  const kernels = createKernelsPool();
  const steps = createStepWriter(traits);
  const tensors: DeviceTensor[] = [];
  const add = (sizes: readonly number[]): DeviceTensor => {
    const domain = sizes.map((size): Runs => Int32Array.of(0, size));
    const place = { buffer: tensors.length, offset: 0, bytes: 0 };
    const bytes = Math.max(16, tensorBytes(deviceTensor(dtype, domain, place)));
    const tensor = deviceTensor(dtype, domain, { ...place, bytes });
    tensors.push(tensor);
    return tensor;
  };
  const operands = op.operands.map(add);
  const sizes = kernel.variables.map(({ size }) => size);
  const output = add(sizes.slice(0, kernel.outputRank));
  const monoids = new Map(op.monoids.map((monoid) => [monoid.name, monoid]));
  createOpSteps({ monoids, tables, kernels, traits }).add(
    {
      ...{ kernel, operands, domain: output.domain, writesState: false },
      outputs: [{ tensor: output, dimensions: output.domain.map((_, dimension) => dimension) }],
      ranges: sizes.map((size) => Int32Array.of(0, size)),
    },
    steps,
  );
  const finished = steps.finish();
  const buffers = tensors.map(({ place }) => place.bytes);
  const hosts = tensors.map((tensor, number) => hostTensor(tensor, number));
  return {
    kernels: kernels.kernels,
    program: {
      ...{ buffers, valueBytes: buffers.reduce((sum, bytes) => sum + bytes, 0) },
      ...{ tables: steps.tables.words(), fields: finished.fields, steps: finished.steps },
      ...{ tasks: new Map(), prepare: { first: 0, end: 0 } },
      ...{ inputs: hosts.slice(0, -1), outputs: hosts.slice(-1) },
    },
  };
}
