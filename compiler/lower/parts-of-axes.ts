/**
 * Which indices of an axis each position has: ceiling blocks of the axis, or of factors it is made of; an index is at a
 * position if it is in its part of each.
 */
import type { AxisCutIR, AxisIR, CutFactorIR, MeshModel } from "../check/ir.js";
import { intersect, interval, type Runs } from "../graph/runs.js";

type Mesh = Pick<MeshModel, "axes">;
type CutAxis = Pick<AxisIR, "size" | "cuts">;

/** Part i of n of [start, end) in ceiling blocks. */
export function ceilingPart(start: number, end: number, count: number, index: number): [number, number] {
  const block = Math.ceil((end - start) / count);
  const low = Math.min(end, start + index * block);
  return [low, Math.min(end, low + block)];
}

/** Indices of an axis that is no rows at a position. */
export function heldRuns({ size, cuts }: CutAxis, mesh: Mesh, coordinates: readonly number[]): Runs {
  let held = interval(0, size);
  for (const by of new Set(cuts.map((cut) => cut.by))) {
    const own = cuts.filter((cut) => cut.by === by);
    const factor = own[0]!.factor;
    let part: [number, number] = [0, factor?.size ?? size];
    for (const cut of own) part = ceilingPart(...part, mesh.axes[cut.meshAxis]!.size, coordinates[cut.meshAxis]!);
    held = intersect(held, factor === undefined ? interval(...part) : factorRuns(size, factor, ...part));
  }
  return held;
}

/** What the positions have that differ along the axis's cuts, row-major over those; some may have nothing. */
export function partsOfLayout(axis: CutAxis, mesh: Mesh): Runs[] {
  let places: number[][] = [[]];
  for (const { meshAxis } of axis.cuts)
    places = places.flatMap((place) =>
      Array.from({ length: mesh.axes[meshAxis]!.size }, (_, i) => {
        const next = [...place];
        next[meshAxis] = i;
        return next;
      }),
    );
  return places.map((place) => heldRuns(axis, mesh, place));
}

/** Whether parts are stretches of the axis, one after another. */
export function inStretches(cuts: readonly AxisCutIR[]): boolean {
  return cuts.every((cut) => cut.factor === undefined);
}

/** Indices at which the factor's index is in low .. high - 1. */
function factorRuns(length: number, { size, stride, mirroredAfter }: CutFactorIR, low: number, high: number): Runs {
  const bounds: number[] = [];
  if (high <= low) return interval(0, 0);
  for (let outer = 0; outer * size * stride < length; outer++) {
    const backward = mirroredAfter !== undefined && (outer % mirroredAfter) % 2 === 1;
    const [first, last] = backward ? [size - high, size - low] : [low, high];
    const start = (outer * size + first) * stride;
    const end = (outer * size + last) * stride;
    if (bounds.at(-1) === start) bounds[bounds.length - 1] = end;
    else bounds.push(start, end);
  }
  return Int32Array.from(bounds);
}
