import type { Pipeline } from "../bench/reference-rows.mjs";
import type { renderSvg } from "../simulator/render-svg.js";

/** What draws: of `dist/` for the command, of the sources for tests. */
export interface Drawing extends Pipeline {
  readonly renderSvg: typeof renderSvg;
}

/** A timeline of a picture, as a page's image names it. */
export interface DrawnSchedule {
  /** As the page has it: `barrier`, `exchange --machine ecmp`. */
  readonly title: string;
  readonly schedule: string;
  readonly machine?: string;
  readonly set: ReadonlyMap<string, string>;
}

/** What the images of a page ask for: by path from the root, the schedules from top to bottom. */
export function picturesOf(page: string): Map<string, readonly DrawnSchedule[]>;

/** Pages about examples: the example's name, and the page's path from the root. */
export function examplePages(): readonly { readonly example: string; readonly page: string }[];

/** Pictures of a page, by path from the root. */
export function drawPictures(
  place: { readonly example: string; readonly page: string },
  drawing: Drawing,
): Map<string, string>;
