import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import { noPlace } from "../compiler/diagnostics/no-place.js";
import type { Diagnostic } from "../compiler/diagnostics/types.js";
import type { AdapterFacts } from "../compiler/emit/webgpu/adapter-facts.js";
import { traitsOf } from "../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../compiler/emit/webgpu/traits.js";
import { nodeGpu } from "../runtime/node/gpu.js";
import { offerSoftwareAdapter } from "../runtime/node/software-adapter.js";
import type { DeviceName } from "../runtime/run/run.js";
import { DeviceLimit, adapterText, factsOf, requestAdapter } from "../runtime/webgpu/device.js";

/** What computes; of `webgpu`, with what its kernels are chosen by. */
export type Device = { readonly name: "cpu" } | { readonly name: "null" } | WebgpuDevice;

export interface WebgpuDevice {
  readonly name: "webgpu";
  /** What the adapter is called. */
  readonly adapter: string;
  readonly isSoftware: boolean;
  readonly traits: DeviceTraits;
}

/** An adapter, and what it is called. */
export interface FoundAdapter {
  readonly name: string;
  readonly facts: AdapterFacts;
}

/** The adapter of this machine, software where it has no GPU; or why there is none. */
export async function findAdapter(): Promise<FoundAdapter | { readonly reason: string }> {
  try {
    offerSoftwareAdapter();
    const adapter = await requestAdapter(await nodeGpu());
    return { name: adapterText(adapter.info), facts: factsOf(adapter) };
  } catch (error) {
    if (!(error instanceof DeviceLimit) && !isSystemError(error)) throw error;
    return { reason: error.message };
  }
}

/** Of a file that cannot be unpacked, a disk that is full. */
const isSystemError = (error: unknown): error is Error => error instanceof Error && "syscall" in error;

export async function openDevice(name: "webgpu"): Promise<{ device: WebgpuDevice } | { problem: Diagnostic }>;
export async function openDevice(name: DeviceName): Promise<{ device: Device } | { problem: Diagnostic }>;
export async function openDevice(name: DeviceName): Promise<{ device: Device } | { problem: Diagnostic }> {
  if (name !== "webgpu") return { device: { name } };
  const found = await findAdapter();
  if ("reason" in found) return { problem: createDiagnostic("no-device", noPlace, found) };
  const { isSoftware } = found.facts;
  return { device: { name, adapter: found.name, isSoftware, traits: traitsOf(found.facts) } };
}
