import { leastTraits, softwareTraits, traitsOf } from "../../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";

const hardware = (...features: readonly string[]): DeviceTraits =>
  traitsOf({
    ...{ isSoftware: false, features: new Set(features), subgroupMinSize: 32, subgroupMaxSize: 32 },
    ...{ workgroupBytes: 32_768, workgroupInvocations: 1024 },
  });

/** Adapters that kernels are written for. */
export const traitsByAdapter = {
  software: softwareTraits,
  least: leastTraits,
  hardware: hardware("subgroups"),
  "hardware with f16": hardware("subgroups", "shader-f16"),
} as const satisfies Readonly<Record<string, DeviceTraits>>;
