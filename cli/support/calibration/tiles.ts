/** The file beside a calibration: how fast a device is with each tile of a contraction, which its kernels are chosen by. */
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { WebgpuDevice } from "../../../evidence/device.js";
import { hostFor } from "../load.js";
import { commandLinePlace } from "../report.js";
import type { Session } from "../session.js";

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
