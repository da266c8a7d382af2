import { create } from "webgpu";
import type { DeviceFeature, DeviceKernel } from "../../compiler/emit/webgpu/program.js";

/** Dawn without a driver: its compiler, Tint, is real, and what it lets through is executed by nothing. */
const gpu = create(["backend=null"]);

/** Devices by the features that they have, and no others. */
const devices = new Map<string, Promise<GPUDevice>>();

function deviceWith(features: readonly DeviceFeature[]): Promise<GPUDevice> {
  const key = [...features].sort().join();
  let device = devices.get(key);
  if (device === undefined) {
    const adapter = gpu.requestAdapter();
    // Features of `program.ts` that the types of WebGPU do not name yet.
    const requiredFeatures = features as GPUFeatureName[];
    devices.set(key, (device = adapter.then((found) => found!.requestDevice({ requiredFeatures }))));
  }
  return device;
}

/** What Tint says of a kernel on a device that has what the kernel says it needs and no more; undefined if it compiles. */
export async function faultOf({ name, source, features }: DeviceKernel): Promise<string | undefined> {
  const device = await deviceWith(features);
  const module = device.createShaderModule({ label: name, code: source });
  const compute = { module, entryPoint: "main" };
  return device.createComputePipelineAsync({ layout: "auto", compute }).then(
    () => undefined,
    (error: Error) => `${error.message}\n\n${source}`,
  );
}
