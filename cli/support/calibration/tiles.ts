/** How fast this computer's device is with each tile of a contraction, which its kernels are chosen by; in a file beside the machine. */
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import { tileCandidates } from "../../../compiler/emit/webgpu/tile-candidates.js";
import type { MeasuredTile } from "../../../compiler/emit/webgpu/traits.js";
import { measureRates } from "../../../runtime/calibrate/tile-rates.js";
import { nodeGpu } from "../../../runtime/node/gpu.js";
import { nodeSettled } from "../../../runtime/node/pause.js";
import { openDevice } from "../../../runtime/webgpu/device.js";
import type { WebgpuDevice } from "../../../evidence/device.js";
import { hostFor } from "../load.js";
import { commandLinePlace } from "../report.js";
import type { Session } from "../session.js";

/** Rows, columns and depth of the product that tiles are measured by: of a device that computes on cores, of others. */
const productSizes = { software: 512, hardware: 4096 };

/** The device, with the rates of its tiles as they are here. Tiles that it has no room for are left out. */
export async function withMeasuredTiles(device: WebgpuDevice): Promise<WebgpuDevice> {
  const candidates = tileCandidates(device.traits, productSizes[device.isSoftware ? "software" : "hardware"]);
  const open = await nodeSettled(openDevice(await nodeGpu()));
  try {
    const rates = await measureRates(open, { settled: nodeSettled }, candidates);
    const tiles = candidates.map(({ tile }, index): MeasuredTile => ({ tile, rate: rates[index]! }));
    return { ...device, traits: { ...device.traits, tiles } };
  } finally {
    await nodeSettled(open.close());
  }
}

/** Beside `here.stretto`: `here.kernels.json`. */
export function tilesPath(calibration: string): string {
  return `${calibration.replace(/\.stretto$/, "")}.kernels.json`;
}

export function tilesText({ adapter, traits }: WebgpuDevice): string {
  return `${JSON.stringify({ adapter, tiles: traits.tiles }, null, 2)}\n`;
}

/**
 * The device with the rates that stand beside a calibration: those of its own tiles, where they were measured on an adapter of
 * its name. Without a file, as it is.
 */
export function withKnownTiles(
  session: Session,
  calibration: string,
  device: WebgpuDevice,
): { readonly device: WebgpuDevice } | { readonly problem: Diagnostic } {
  const path = tilesPath(calibration);
  const read = hostFor(session, path).read(path);
  if (!("text" in read)) return { device };
  const rates = readRates(read.text);
  if (rates === undefined) {
    const parameters = { path: calibration, reason: `what stands beside it in ${path} is no rates of tiles`, ranks: 4 };
    return { problem: createDiagnostic("not-a-calibration", { ...commandLinePlace, file: path }, parameters) };
  }
  if (rates.adapter !== device.adapter) return { device };
  const tiles = device.traits.tiles.map(({ tile, rate }) => ({ tile, rate: rates.of.get(tileKey(tile)) ?? rate }));
  return { device: { ...device, traits: { ...device.traits, tiles } } };
}

/** Undefined of a text that is none of `tilesText`. */
function readRates(text: string): { readonly adapter: string; readonly of: ReadonlyMap<string, number> } | undefined {
  try {
    const { adapter, tiles } = JSON.parse(text) as { adapter: unknown; tiles: { tile: unknown; rate: unknown }[] };
    if (typeof adapter !== "string") return undefined;
    const of = new Map(tiles.map(({ tile, rate }) => [tileKey(tile as object), rate as number]));
    return [...of.values()].every((rate) => Number.isFinite(rate) && rate > 0) ? { adapter, of } : undefined;
  } catch {
    return undefined;
  }
}

/** The same for tiles that are the same, in whichever order their properties stand. */
const tileKey = (tile: object): string => JSON.stringify(Object.entries(tile).sort(([a], [b]) => (a < b ? -1 : 1)));
