/** What is measured of this computer's device with no rank at work: tiles of contractions, copies, and waiting for it. */
import { tileCandidates } from "../../../compiler/emit/webgpu/tile-candidates.js";
import type { MeasuredTile } from "../../../compiler/emit/webgpu/traits.js";
import { measureCosts } from "../../../runtime/calibrate/device-costs.js";
import type { DeviceCosts } from "../../../runtime/calibrate/device-costs.js";
import { measureRates } from "../../../runtime/calibrate/tile-rates.js";
import { nodeGpu } from "../../../runtime/node/gpu.js";
import { nodeSettled } from "../../../runtime/node/pause.js";
import { openDevice } from "../../../runtime/webgpu/device.js";
import type { WebgpuDevice } from "../../../evidence/device.js";

/** Rows, columns and depth of the product that tiles are measured by: of a device that computes on cores, of others. */
const productSizes = { software: 512, hardware: 4096 };

/** The device, with the rates of its tiles as they are here. Tiles that it has no room for are left out. */
export async function measureAlone(
  device: WebgpuDevice,
): Promise<{ readonly device: WebgpuDevice; readonly costs: DeviceCosts }> {
  const candidates = tileCandidates(device.traits, productSizes[device.isSoftware ? "software" : "hardware"]);
  const open = await nodeSettled(openDevice(await nodeGpu()));
  const host = { settled: nodeSettled };
  try {
    const rates = await measureRates(open, host, candidates);
    const tiles = candidates.map(({ tile }, index): MeasuredTile => ({ tile, rate: rates[index]! }));
    const costs = await measureCosts(open, host);
    return { device: { ...device, traits: { ...device.traits, tiles } }, costs };
  } finally {
    await nodeSettled(open.close());
  }
}
