// How fast each tile of the adapter's table is, on a product that is large for it.
import { tileCandidates } from "../../dist/compiler/emit/webgpu/tile-candidates.js";
import { measureRates } from "../../dist/runtime/calibrate/tile-rates.js";
import { adapterFacts, host } from "./ours.mjs";

export async function tileRates(open, traits, settings) {
  const candidates = tileCandidates(traits, adapterFacts(open.device).isSoftware ? 512 : 4096);
  const rates = await measureRates(open, host, candidates, settings);
  return candidates.map(({ tile }, number) => {
    const stated = traits.tiles.find((each) => each.tile === tile).rate;
    return { tile, stated, measured: rates[number] };
  });
}
