/** A rank's GPUDevice: opened once and kept from run to run, with the pipelines that it has compiled. */
import type { AdapterFacts } from "../../compiler/emit/webgpu/adapter-facts.js";
import type { DeviceKernel, DeviceNeeds } from "../../compiler/emit/webgpu/program.js";

/** An adapter has not what a program needs; the message says what. */
export class DeviceLimit extends Error {
  override readonly name = "DeviceLimit";
}

/** A device was asked for what WebGPU does not allow: a fault of ours. */
export class InvalidUse extends Error {
  override readonly name = "InvalidUse";
}

export interface Pipeline {
  readonly pipeline: GPUComputePipeline;
  readonly arrays: GPUBindGroupLayout;
}

export interface OpenDevice {
  readonly device: GPUDevice;
  /** Vendor, architecture and what else the adapter says of itself. */
  readonly adapter: string;
  readonly hasTimestamps: boolean;
  /** Layout of group 0: numbers of the task, tables. */
  readonly taskLayout: GPUBindGroupLayout;
  /** Compiles what is not compiled yet. Rejects with what the compiler says. */
  pipelines(kernels: readonly DeviceKernel[]): Promise<Pipeline[]>;
  /** What went wrong since it was opened: lost, out of memory, not valid; undefined if nothing. */
  failure(): Error | undefined;
  /** Calls this, instead of what was given before, whenever something goes wrong. */
  onFailure(changed: () => void): void;
  /** Gives it up, once all that was submitted is done. */
  close(): Promise<void>;
}

const featuresOfUse = ["timestamp-query", "shader-f16", "subgroups"] as const;
const limitsOfUse = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
] as const;

const mostPipelines = 1000;

export function adapterText({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const parts = [vendor, architecture, device, description].filter((part) => part !== "");
  return [...new Set(parts)].join(" ") || "unnamed adapter";
}

/** Drivers that compute on the cores. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;

export function factsOf(adapter: GPUAdapter): AdapterFacts {
  const { info, features, limits } = adapter;
  return {
    isSoftware: info.isFallbackAdapter || softwareNames.test(adapterText(info)),
    features: new Set(features),
    ...{ subgroupMinSize: info.subgroupMinSize, subgroupMaxSize: info.subgroupMaxSize },
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    workgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}

/** The one that devices are opened on. Throws DeviceLimit where there is none. */
export async function requestAdapter(gpu: GPU): Promise<GPUAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new DeviceLimit("no WebGPU adapter is here");
  return adapter;
}

/** Throws DeviceLimit where there is no adapter. */
export async function openDevice(gpu: GPU): Promise<OpenDevice> {
  const adapter = await requestAdapter(gpu);
  const requiredLimits = Object.fromEntries(limitsOfUse.map((limit) => [limit, adapter.limits[limit]]));
  const requiredFeatures = featuresOfUse.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
  let failure: Error | undefined;
  let closed = false;
  let changed = (): void => {};
  const fail = (error: Error): void => {
    failure ??= error;
    changed();
  };
  void device.lost.then(({ reason, message }) => {
    if (!closed) fail(new Error(`the device is lost (${reason}): ${message}`));
  });
  device.addEventListener("uncapturederror", ({ error }) => fail(errorOf(error)));

  const compute = 4; // GPUShaderStage.COMPUTE
  const taskLayout = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: compute, buffer: { type: "uniform", hasDynamicOffset: true } },
      { binding: 1, visibility: compute, buffer: { type: "read-only-storage" } },
    ],
  });
  const layouts = new Map<string, GPUBindGroupLayout>();
  const arraysLayout = (kernel: DeviceKernel): GPUBindGroupLayout => {
    const key = kernel.arrays.map(({ access }) => access).join();
    let layout = layouts.get(key);
    if (layout === undefined) {
      const entries = kernel.arrays.map(({ access }, binding): GPUBindGroupLayoutEntry => {
        const type = access === "read" ? "read-only-storage" : "storage";
        return { binding, visibility: compute, buffer: { type } };
      });
      layouts.set(key, (layout = device.createBindGroupLayout({ entries })));
    }
    return layout;
  };
  const compiled = new Map<string, Promise<Pipeline>>();
  const compile = async (kernel: DeviceKernel): Promise<Pipeline> => {
    const arrays = arraysLayout(kernel);
    const layout = device.createPipelineLayout({ bindGroupLayouts: [taskLayout, arrays] });
    const module = device.createShaderModule({ label: kernel.name, code: kernel.source });
    const stage = { module, entryPoint: "main" };
    const pipeline = await device.createComputePipelineAsync({ label: kernel.name, layout, compute: stage });
    return { pipeline, arrays };
  };
  return {
    ...{
      device,
      adapter: adapterText(adapter.info),
      hasTimestamps: device.features.has("timestamp-query"),
      taskLayout,
    },
    pipelines: (kernels) =>
      Promise.all(
        kernels.map((kernel) => {
          let pipeline = compiled.get(kernel.source);
          if (pipeline === undefined) {
            compiled.set(kernel.source, (pipeline = compile(kernel)));
            pipeline.catch(() => compiled.delete(kernel.source));
            // Those of other programs, run before, are let go of, oldest first.
            if (compiled.size > mostPipelines) compiled.delete(compiled.keys().next().value!);
          }
          return pipeline;
        }),
      ),
    failure: () => failure,
    onFailure: (listener) => void (changed = listener),
    async close() {
      closed = true;
      await device.queue.onSubmittedWorkDone().catch(() => {}); // One that is lost has nothing under way.
      device.destroy();
      await device.lost;
    },
  };
}

/** Throws DeviceLimit where the device has less than a program needs. */
export function checkNeeds({ limits, features, adapterInfo }: GPUDevice, needs: DeviceNeeds): void {
  const lacking = needs.features.find((feature) => !features.has(feature));
  if (lacking !== undefined) throw new DeviceLimit(`the adapter has no ${lacking}`);
  const { subgroupMinSize: least, subgroupMaxSize: most } = adapterInfo;
  const lanes = needs.subgroupLanes;
  if (lanes !== undefined && (least !== lanes || most !== lanes))
    throw new DeviceLimit(`subgroups of ${lanes} lanes, and the adapter's have ${least} to ${most}`);
  const check = (what: string, needed: number, has: number): void => {
    if (needed > has) throw new DeviceLimit(`${what} ${needed}, and the adapter allows ${has}`);
  };
  check("bytes of the largest buffer are", needs.bufferBytes, limits.maxBufferSize);
  check("bytes of the largest buffer that a kernel sees are", needs.bindingBytes, limits.maxStorageBufferBindingSize);
  check("buffers that a kernel sees are", needs.storageBuffers, limits.maxStorageBuffersPerShaderStage);
  check("bytes that a workgroup shares are", needs.workgroupBytes, limits.maxComputeWorkgroupStorageSize);
}

function errorOf(error: GPUError): Error {
  if (error.constructor.name === "GPUOutOfMemoryError")
    return new Error(`the device is out of memory: ${error.message}`);
  return new InvalidUse(`the device says that what it is asked for is not valid: ${error.message}`);
}
