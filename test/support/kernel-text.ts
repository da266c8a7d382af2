import type { KernelIR, TableData } from "../../compiler/check/ir.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import { DeviceBench, valueTask, whole } from "./device.js";
import { standardMonoids } from "./kernel-builder.js";
import { lseMonoid } from "./random-attention.js";

export interface KernelTextOptions {
  /** Sizes of each operand's dimensions. */
  readonly shapes: readonly (readonly number[])[];
  /** Of operands, `f32` if absent; and of the result, if that is another. */
  readonly dtype?: string;
  readonly resultDtype?: string;
  readonly tables?: readonly TableData[];
  readonly traits?: Partial<DeviceTraits>;
}

/** The WGSL by which a device computes all of an op's result, each tensor in a buffer of its own. */
export function kernelText(op: KernelIR, options: KernelTextOptions): string {
  const { shapes, dtype = "f32", resultDtype = dtype, tables = [], traits } = options;
  const bench = new DeviceBench([...standardMonoids, lseMonoid], tables, { ...softwareTraits, ...traits });
  const ranges = whole(...op.variables.map(({ size }) => size));
  const result = bench.tensor(resultDtype, ranges.slice(0, op.outputRank), []);
  const operands = shapes.map((shape) => bench.tensor(dtype, whole(...shape), []));
  bench.op(valueTask(op, result, operands, ranges));
  return bench.kernels[0]!.source;
}
