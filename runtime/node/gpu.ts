/** WebGPU in Node: Dawn, through the package `webgpu`, which need not be installed. */
import type * as Dawn from "webgpu";
import { DeviceLimit } from "../webgpu/device.js";
import { importPackage } from "./import-package.js";

let opened: GPU | undefined;

/** Of this thread. Rejects where the package is not there. */
export async function nodeGpu(): Promise<GPU> {
  if (opened !== undefined) return opened;
  const dawn = await importPackage("webgpu").catch((error: unknown) => {
    const isAbsent = (error as { code?: string }).code === "ERR_MODULE_NOT_FOUND";
    const why = isAbsent ? "is not installed: npm install webgpu" : `cannot be loaded: ${String(error)}`;
    throw new DeviceLimit(`the package \`webgpu\` ${why}`);
  });
  opened = (dawn as typeof Dawn).create([]);
  return opened;
}
