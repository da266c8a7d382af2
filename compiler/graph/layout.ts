/** Where in memory each index of a product of runs lies. */
import type { Runs } from "./execution-plan.js";
import { forEachIndex, indicesOf, runsFromSortedIndices, runsLength } from "./runs.js";

/** The indices of `to` that have the places there which `indices` have among those of `from`. */
export function atSamePlaces(indices: Runs, from: Runs, to: Runs): Runs {
  if (indices.length === from.length && runsLength(indices) === runsLength(from)) return to;
  const targets = indicesOf(to);
  const { first, positions } = positionMapOf(from);
  const found: number[] = [];
  forEachIndex(indices, (index) => found.push(targets[positions[index - first]!]!));
  return runsFromSortedIndices(found);
}

/** Position of index i among the indices of some runs: positions[i - first], negative where the runs do not hold i. */
export interface PositionMap {
  readonly first: number;
  readonly positions: Int32Array;
}

/** So far below zero that, however it is strided, the address is outside any array and reads as not a number. */
const notHeld = -(2 ** 30);

const positionMaps = new WeakMap<Runs, PositionMap>();

/** Made once for each array of runs. */
export function positionMapOf(runs: Runs): PositionMap {
  const known = positionMaps.get(runs);
  if (known !== undefined) return known;
  const first = runs.length > 0 ? runs[0]! : 0;
  const end = runs.length > 0 ? runs.at(-1)! : 0;
  const positions = new Int32Array(end - first).fill(notHeld);
  let position = 0;
  forEachIndex(runs, (index) => (positions[index - first] = position++));
  const made = { first, positions };
  positionMaps.set(runs, made);
  return made;
}

/**
 * Row-major addresses of a product of runs. The address of (i0, .., iD-1) is the sum over d of strides[d] * p(d), less
 * `offset`, where p(d) is the position map's where dimension d has one, else i(d) itself (the offset makes up for it).
 */
export interface Layout {
  readonly elements: number;
  readonly strides: readonly number[];
  readonly maps: readonly (PositionMap | undefined)[];
  readonly offset: number;
}

export function layoutOf(domain: readonly Runs[]): Layout {
  const strides = Array.from<number>({ length: domain.length });
  let elements = 1;
  for (let d = domain.length - 1; d >= 0; d--) {
    strides[d] = elements;
    elements *= runsLength(domain[d]!);
  }
  const maps = domain.map((runs) => (runs.length === 2 ? undefined : positionMapOf(runs)));
  let offset = 0;
  domain.forEach((runs, d) => {
    if (runs.length === 2) offset += runs[0]! * strides[d]!;
  });
  return { elements, strides, maps, offset };
}

/** Part of an address that index `index` of dimension d contributes. */
export function addressPart(layout: Layout, d: number, index: number): number {
  const map = layout.maps[d];
  const position = map === undefined ? index : (map.positions[index - map.first] ?? notHeld);
  return position * layout.strides[d]!;
}

/** Calls visit with the address in each layout of every index of the region, row-major. */
export function forEachAddress(
  region: readonly Runs[],
  layouts: readonly Layout[],
  visit: (addresses: readonly number[]) => void,
): void {
  const addresses = layouts.map((layout) => -layout.offset);
  const descend = (d: number): void => {
    if (d === region.length) return visit(addresses);
    const runs = region[d]!;
    for (let i = 0; i < runs.length; i += 2) {
      for (let index = runs[i]!; index < runs[i + 1]!; index++) {
        for (let k = 0; k < layouts.length; k++) addresses[k]! += addressPart(layouts[k]!, d, index);
        descend(d + 1);
        for (let k = 0; k < layouts.length; k++) addresses[k]! -= addressPart(layouts[k]!, d, index);
      }
    }
  };
  descend(0);
}
