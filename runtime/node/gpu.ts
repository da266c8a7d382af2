/** WebGPU in Node: Dawn, through the package `webgpu`, which need not be installed. */
import { DeviceLimit } from "../webgpu/device.js";

let opened: GPU | undefined;

/** Of this thread. Rejects where the package is not there. */
export async function nodeGpu(): Promise<GPU> {
  if (opened !== undefined) return opened;
  const dawn = await import("webgpu").catch(() => undefined);
  if (dawn === undefined) throw new DeviceLimit("the package `webgpu` is not installed: npm install webgpu");
  opened = dawn.create([]);
  return opened;
}
