/** What kernels are chosen by: what an adapter has, and how fast it was measured to do a contraction in which way. */
import type { ContractionTile } from "./contraction/variant.js";

export interface DeviceTraits {
  /** Lanes of every subgroup, where the adapter has subgroups and all are as large. */
  readonly subgroupLanes?: number;
  readonly hasF16: boolean;
  /** `maxComputeWorkgroupStorageSize`, `maxComputeInvocationsPerWorkgroup`. */
  readonly workgroupBytes: number;
  readonly workgroupInvocations: number;
  /** Ways to do a contraction, in any order, at least one for a single row. */
  readonly tiles: readonly MeasuredTile[];
  /** Invocations that keep all of the device busy; fewer take as long. */
  readonly busyInvocations: number;
}

export interface MeasuredTile {
  readonly tile: ContractionTile;
  /** Flops a second of a large product; only how those of tiles compare matters. */
  readonly rate: number;
}

/** What every WebGPU adapter has. */
const leastWorkgroupBytes = 16_384;
const leastWorkgroupInvocations = 256;

const registers = (rows: number, fours: number, across: number, down: number, rate: number): MeasuredTile => ({
  tile: { by: "registers", rows, fours, across, down },
  rate,
});
const subgroups = (rows: number, fours: number, lanes: number, down: number, rate: number): MeasuredTile => ({
  tile: { by: "subgroups", rows, fours, across: lanes, down, lanes },
  rate,
});
const workgroup = (
  rows: number,
  fours: number,
  across: number,
  down: number,
  depth: number,
  rate: number,
): MeasuredTile => ({
  tile: { by: "workgroup", rows, fours, across, down, depth },
  rate,
});

/**
 * SwiftShader on two cores: a load costs as much as a dozen products, so that large tiles pay, and workgroup memory is as
 * slow as any. `npm run bench:kernels` measures them.
 */
const software: Pick<DeviceTraits, "tiles" | "busyInvocations"> = {
  busyInvocations: 64,
  tiles: [
    subgroups(16, 4, 4, 8, 6.2e9),
    subgroups(8, 4, 4, 4, 5.3e9),
    subgroups(8, 1, 4, 4, 4.4e9),
    registers(16, 4, 4, 4, 5.5e9),
    registers(8, 4, 4, 4, 4.6e9),
    registers(8, 1, 4, 4, 3e9),
    registers(4, 1, 4, 8, 2.8e9),
    registers(1, 4, 4, 4, 1.6e9),
    registers(1, 1, 4, 8, 0.8e9),
  ],
};

/**
 * Of hardware no measurement is here yet: workgroup memory is taken to pay, as it does on the GPUs that the literature
 * measures. `stretto calibrate` replaces this with what it finds.
 */
const hardware: Pick<DeviceTraits, "tiles" | "busyInvocations"> = {
  busyInvocations: 32_768,
  tiles: [
    workgroup(8, 2, 8, 8, 16, 8e12),
    workgroup(4, 1, 16, 16, 16, 5e12),
    registers(4, 1, 8, 8, 3e12),
    registers(1, 1, 32, 2, 0.5e12),
  ],
};

export const softwareTraits: DeviceTraits = {
  ...{ hasF16: false, subgroupLanes: 4, ...software },
  ...{ workgroupBytes: leastWorkgroupBytes, workgroupInvocations: leastWorkgroupInvocations },
};

/** What an adapter has, as far as kernels are chosen by it. */
export interface AdapterFacts {
  readonly isSoftware: boolean;
  readonly features: ReadonlySet<string>;
  readonly subgroupMinSize?: number | undefined;
  readonly subgroupMaxSize?: number | undefined;
  readonly workgroupBytes: number;
  readonly workgroupInvocations: number;
}

export function traitsOf(adapter: AdapterFacts): DeviceTraits {
  const { subgroupMinSize: lanes, subgroupMaxSize: most } = adapter;
  const hasSubgroups = adapter.features.has("subgroups") && lanes !== undefined && lanes === most;
  return {
    ...(adapter.isSoftware ? software : hardware),
    ...(hasSubgroups && { subgroupLanes: lanes }),
    hasF16: adapter.features.has("shader-f16"),
    workgroupBytes: adapter.workgroupBytes,
    workgroupInvocations: adapter.workgroupInvocations,
  };
}
