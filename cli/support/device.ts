import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { traitsOf } from "../../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import { nodeGpu } from "../../runtime/node/gpu.js";
import { offerSoftwareAdapter } from "../../runtime/node/software-adapter.js";
import type { DeviceName } from "../../runtime/run/run.js";
import { DeviceLimit, factsOf, requestAdapter } from "../../runtime/webgpu/device.js";
import { commandLinePlace } from "./report.js";

/** What computes; of `webgpu`, with what its kernels are chosen by. */
export type Device = { readonly name: "cpu" } | { readonly name: "null" } | WebgpuDevice;

interface WebgpuDevice {
  readonly name: "webgpu";
  readonly traits: DeviceTraits;
}

export const cpuDevice: Device = { name: "cpu" };

/** Looks which adapter there is, software where the machine has no GPU. */
export async function openDevice(name: DeviceName): Promise<{ device: Device } | { problem: Diagnostic }> {
  if (name !== "webgpu") return { device: { name } };
  offerSoftwareAdapter();
  try {
    const adapter = await requestAdapter(await nodeGpu());
    return { device: { name, traits: traitsOf(factsOf(adapter)) } };
  } catch (error) {
    if (!(error instanceof DeviceLimit)) throw error;
    return { problem: createDiagnostic("no-device", commandLinePlace, { reason: error.message }) };
  }
}
