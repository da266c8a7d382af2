import type { Pipeline } from "../bench/reference-rows.mjs";
import type { renderSvg } from "../simulator/render-svg.js";

/** What draws: of `dist/` for the command, of the sources for tests. */
export interface Drawing extends Pipeline {
  readonly renderSvg: typeof renderSvg;
}

export function drawPictures(drawing: Drawing): Map<string, string>;
