import type { KernelIR, MonoidIR, TableData } from "../../compiler/check/ir.js";
import { createCopySteps } from "../../compiler/emit/webgpu/copy-steps.js";
import type { Region } from "../../compiler/emit/webgpu/copy-steps.js";
import { hostTensor } from "../../compiler/emit/webgpu/host-tensors.js";
import { deviceTensor, tensorBytes } from "../../compiler/emit/webgpu/tensors.js";
import type { DeviceTensor } from "../../compiler/emit/webgpu/tensors.js";
import { createOpSteps } from "../../compiler/emit/webgpu/op-steps.js";
import type { OpTask } from "../../compiler/emit/webgpu/op-task.js";
import type { DeviceKernel, RankProgram } from "../../compiler/emit/webgpu/program.js";
import { createKernelsPool, createStepWriter } from "../../compiler/emit/webgpu/steps.js";
import type { StepWriter } from "../../compiler/emit/webgpu/steps.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { nodeGpu } from "../../runtime/node/gpu.js";
import { offerSoftwareAdapter } from "../../runtime/node/software-adapter.js";
import { openDevice } from "../../runtime/webgpu/device.js";
import type { OpenDevice } from "../../runtime/webgpu/device.js";
import { createRankMemory } from "../../runtime/webgpu/rank-memory.js";

let opened: Promise<OpenDevice> | undefined;

/** One device of this thread, software where the machine has no GPU. */
export function testDevice(): Promise<OpenDevice> {
  offerSoftwareAdapter();
  return (opened ??= nodeGpu().then(openDevice));
}

/** Lanes of its subgroups, where all have as many. */
export function subgroupLanes({ device }: OpenDevice): number | undefined {
  const { subgroupMinSize: least, subgroupMaxSize: most } = device.adapterInfo;
  return device.features.has("subgroups") && least === most ? least : undefined;
}

/** A tensor and what it holds at first, row-major over its domain. */
export interface HeldTensor {
  readonly tensor: DeviceTensor;
  readonly elements: number[];
}

/** Steps that are collected, and then executed on a device of their own memory. */
export class DeviceBench {
  readonly kernelsPool = createKernelsPool();
  readonly steps: StepWriter;
  private readonly held: HeldTensor[] = [];
  private readonly ops;
  private readonly copies = createCopySteps(this.kernelsPool);

  constructor(monoids: readonly MonoidIR[], tables: readonly TableData[] = [], traits: DeviceTraits = softwareTraits) {
    this.steps = createStepWriter(traits);
    const byName = new Map(monoids.map((monoid) => [monoid.name, monoid]));
    this.ops = createOpSteps({ monoids: byName, tables, kernels: this.kernelsPool, traits });
  }

  /** Adds a tensor over a domain, in a buffer of its own. */
  tensor(dtype: string, domain: readonly Runs[], elements: readonly number[]): DeviceTensor {
    const buffer = this.held.length;
    const shape = deviceTensor(dtype, domain, { buffer, offset: 0, bytes: 0 });
    const tensor = { ...shape, place: { buffer, offset: 0, bytes: Math.max(16, tensorBytes(shape)) } };
    this.held.push({ tensor, elements: [...elements] });
    return tensor;
  }

  op(task: OpTask): void {
    this.ops.add(task, this.steps);
  }

  copy(source: Region, target: Region): void {
    this.copies.add(source, target, this.steps);
  }

  get kernels(): readonly DeviceKernel[] {
    return this.kernelsPool.kernels;
  }

  /**
   * Runs all steps in order; returns what each tensor holds then, in the order in which they were added. Kernels that compute
   * in f16 run in f32 on a device that lacks it: the same text, but that nothing is rounded to f16.
   */
  async run(): Promise<number[][]> {
    const open = await testDevice();
    const isWithoutF16 =
      this.kernels.some(({ features }) => features.includes("shader-f16")) && !open.device.features.has("shader-f16");
    const kernels = isWithoutF16 ? this.kernels.map(inF32) : this.kernels;
    const held = isWithoutF16
      ? this.held.map(({ tensor, elements }) => ({ tensor: asF32(tensor), elements }))
      : this.held;
    const finished = this.steps.finish();
    const placeOf = new Map(this.held.map(({ tensor }, number) => [tensor.place.buffer, held[number]!.tensor.place]));
    const hosts = held.map(({ tensor }, number) => hostTensor(tensor, number));
    const program: RankProgram = {
      buffers: held.map(({ tensor }) => tensor.place.bytes),
      valueBytes: 0,
      tables: this.steps.tables.words(),
      fields: finished.fields,
      steps: { ...finished.steps, places: finished.steps.places.map(({ buffer }) => placeOf.get(buffer)!) },
      tasks: new Map(),
      prepare: { first: 0, end: 0 },
      inputs: [],
      outputs: hosts,
    };
    const pipelines = await open.pipelines(kernels);
    const memory = createRankMemory(open, program, pipelines);
    held.forEach(({ elements }, number) => memory.upload(hosts[number]!, elements));
    const encoder = open.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    memory.encode({ first: 0, end: finished.steps.kernel.length }, pass);
    pass.end();
    open.device.queue.submit([encoder.finish()]);
    await memory.download((number) => held[number]!.elements);
    memory.destroy();
    const failure = open.failure();
    if (failure !== undefined) throw failure;
    return held.map(({ elements }) => elements);
  }
}

function asF32(tensor: DeviceTensor): DeviceTensor {
  if (tensor.dtype !== "f16") return tensor;
  return { ...tensor, dtype: "f32", place: { ...tensor.place, bytes: 2 * tensor.place.bytes } };
}

function inF32(kernel: DeviceKernel): DeviceKernel {
  const source = kernel.source
    .replace("enable f16;\n", "")
    .replaceAll(/\bf16\b/g, "f32")
    .replaceAll(/\b([\d.e-]+)h\b/g, "$1f");
  return { ...kernel, source };
}

/** All indices of a region, row-major. */
export function indicesOfRegion(region: readonly Runs[]): number[][] {
  return region.reduce<number[][]>(
    (prefixes, runs) => {
      const indices: number[] = [];
      for (let i = 0; i < runs.length; i += 2) for (let x = runs[i]!; x < runs[i + 1]!; x++) indices.push(x);
      return prefixes.flatMap((prefix) => indices.map((index) => [...prefix, index]));
    },
    [[]],
  );
}

export const whole = (...sizes: readonly number[]): Runs[] => sizes.map((size) => Int32Array.of(0, size));

/** A task of a kernel whose value is stored. */
export function valueTask(
  kernel: KernelIR,
  output: DeviceTensor,
  operands: readonly DeviceTensor[],
  ranges: readonly Runs[],
): OpTask {
  return {
    ...{ kernel, domain: output.domain, operands, ranges, writesState: false },
    outputs: [{ tensor: output, dimensions: output.domain.map((_, dimension) => dimension) }],
  };
}
