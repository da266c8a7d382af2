/** What kernels are chosen by: what an adapter has, and how fast it was measured to do a contraction in which way. */
import type { AdapterFacts } from "./adapter-facts.js";
import type { AttentionTile } from "./attention/variant.js";
import type { ContractionTile } from "./contraction/variant.js";

export interface DeviceTraits {
  /** Lanes of every subgroup, where the adapter has subgroups and all are as large. */
  readonly subgroupLanes?: number;
  readonly hasF16: boolean;
  /** `maxComputeWorkgroupStorageSize`, `maxComputeInvocationsPerWorkgroup`. */
  readonly workgroupBytes: number;
  readonly workgroupInvocations: number;
  /** `maxComputeWorkgroupsPerDimension`. */
  readonly workgroupsPerDimension: number;
  /** Ways to do a contraction, in any order, at least one for a single row. */
  readonly tiles: readonly MeasuredTile[];
  readonly attention: AttentionTile;
  /** Products of work for which kernels with large tiles are worth compiling; `attention` of scores. */
  readonly worthwhile: { readonly contraction: number; readonly attention: number };
  /** Invocations that share a row of a norm or the like: a power of two. */
  readonly rowInvocations: number;
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
const leastWorkgroupsPerDimension = 65_535;

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
const software: Pick<DeviceTraits, "tiles" | "attention" | "worthwhile" | "rowInvocations" | "busyInvocations"> = {
  busyInvocations: 64,
  attention: { rows: 8, fours: 4, across: 4, down: 1 },
  // A kernel of that size takes some 200 ms to compile, on each rank.
  worthwhile: { contraction: 1 << 22, attention: 1 << 20 },
  rowInvocations: 8,
  tiles: [
    subgroups(16, 4, 4, 2, 9.3e9),
    subgroups(8, 4, 4, 2, 7.2e9),
    subgroups(8, 2, 4, 2, 6.3e9),
    subgroups(8, 1, 4, 2, 6.1e9),
    registers(16, 4, 4, 2, 7.8e9),
    registers(8, 4, 4, 2, 6.7e9),
    registers(8, 1, 4, 2, 4.3e9),
    registers(16, 1, 1, 8, 4.7e9),
    registers(8, 1, 1, 8, 4.5e9),
    registers(4, 1, 4, 2, 4e9),
    registers(1, 2, 4, 1, 2.2e9),
  ],
};

/**
 * Of hardware no measurement is here yet: workgroup memory is taken to pay, as it does on the GPUs that the literature
 * measures. `stretto calibrate` measures them on the adapter at hand.
 */
const hardware: Pick<DeviceTraits, "tiles" | "attention" | "worthwhile" | "rowInvocations" | "busyInvocations"> = {
  busyInvocations: 32_768,
  attention: { rows: 4, fours: 2, across: 8, down: 8 },
  worthwhile: { contraction: 1 << 22, attention: 1 << 20 },
  rowInvocations: 64,
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
  workgroupsPerDimension: leastWorkgroupsPerDimension,
};

/** Of any adapter that is hardware, whatever else it may have. */
export const leastTraits: DeviceTraits = {
  ...{ hasF16: false, ...hardware },
  ...{ workgroupBytes: leastWorkgroupBytes, workgroupInvocations: leastWorkgroupInvocations },
  workgroupsPerDimension: leastWorkgroupsPerDimension,
};

export function traitsOf(adapter: AdapterFacts): DeviceTraits {
  const { subgroupMinSize: lanes, subgroupMaxSize: most } = adapter;
  const hasSubgroups = adapter.features.has("subgroups") && lanes !== undefined && lanes === most;
  return {
    ...(adapter.isSoftware ? software : hardware),
    ...(hasSubgroups && { subgroupLanes: lanes }),
    hasF16: adapter.features.has("shader-f16"),
    workgroupBytes: adapter.workgroupBytes,
    workgroupInvocations: adapter.workgroupInvocations,
    // No more is asked of any adapter: two dimensions of them are more than an i32 can number.
    workgroupsPerDimension: leastWorkgroupsPerDimension,
  };
}
