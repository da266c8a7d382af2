/** A network as ASTRA-sim describes it: a topology a dimension, rank = d0 + n0 (d1 + n1 d2 ..), the innermost first. */
import type { MachineModel } from "../../machine/model.js";
import { wireBetween } from "../replay/uniform-network.js";
import type { Wire } from "../replay/uniform-network.js";

export interface Dimension extends Wire {
  readonly topology: "FullyConnected" | "Ring";
  readonly count: number;
}

/**
 * The dimensions of the first `rankCount` ranks of a machine: a level each (the ranks of a node, the nodes), a ring where
 * latencies are those of one.
 *
 * @returns undefined where no levels give every pair of ranks the latency and bandwidth of the outermost one they differ in
 */
export function dimensionsOf(machine: MachineModel, rankCount: number): readonly Dimension[] | undefined {
  const dimensions: Dimension[] = [];
  let stride = 1;
  while (stride < rankCount) {
    const found = dimensionAt(machine, rankCount, stride);
    if (found === undefined) return undefined;
    dimensions.push(found);
    stride *= found.count;
  }
  return dimensions.length === 1 || areLevels(machine, rankCount, dimensions) ? dimensions : undefined;
}

function areLevels(machine: MachineModel, rankCount: number, dimensions: readonly Dimension[]): boolean {
  for (let rank = 0; rank < rankCount; rank++) {
    for (let other = 0; other < rankCount; other++) {
      if (other === rank) continue;
      const wire = wireBetween(machine, rank, other);
      if (wire === undefined || !isSame(wire, outermostWire(dimensions, rank, other))) return false;
    }
  }
  return true;
}

/** What a message costs in the outermost dimension that two ranks differ in. */
function outermostWire(dimensions: readonly Dimension[], rank: number, other: number): Wire {
  let found: Wire = { latencyNs: 0, bytesPerNs: Infinity };
  let stride = 1;
  for (const dimension of dimensions) {
    const [from, to] = [rank, other].map((each) => Math.floor(each / stride) % dimension.count) as [number, number];
    if (from !== to) found = wireWithin(dimension, from, to);
    stride *= dimension.count;
  }
  return found;
}

/** The largest dimension whose neighbours are `stride` ranks apart. */
function dimensionAt(machine: MachineModel, rankCount: number, stride: number): Dimension | undefined {
  const first = wireBetween(machine, 0, stride);
  if (first === undefined) return undefined;
  const units = rankCount / stride;
  for (let count = units; count >= 2; count--) {
    if (units % count !== 0) continue;
    for (const topology of ["FullyConnected", "Ring"] as const) {
      const dimension = { topology, count, ...first };
      if (hasDimension(machine, rankCount, stride, dimension)) return dimension;
    }
  }
  return undefined;
}

function hasDimension(machine: MachineModel, rankCount: number, stride: number, dimension: Dimension): boolean {
  const { count } = dimension;
  for (let rank = 0; rank < rankCount; rank++) {
    const at = Math.floor(rank / stride) % count;
    for (let other = 0; other < count; other++) {
      if (other === at) continue;
      const wire = wireBetween(machine, rank, rank + (other - at) * stride);
      if (wire === undefined || !isSame(wire, wireWithin(dimension, at, other))) return false;
    }
  }
  return true;
}

/** What a message costs between two places of a dimension. */
function wireWithin({ topology, count, latencyNs, bytesPerNs }: Dimension, from: number, to: number): Wire {
  const apart = Math.abs(from - to);
  const hops = topology === "Ring" ? Math.min(apart, count - apart) : 1;
  return { latencyNs: hops * latencyNs, bytesPerNs };
}

function isSame(a: Wire, b: Wire): boolean {
  return isNear(a.latencyNs, b.latencyNs) && isNear(a.bytesPerNs, b.bytesPerNs);
}

function isNear(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= 1e-9 * Math.max(a, b);
}

/** How many of the dimensions two ranks differ in: ASTRA-sim charges a message for the first alone. */
export function differingDimensions(dimensions: readonly Dimension[], a: number, b: number): number {
  let differing = 0;
  let stride = 1;
  for (const { count } of dimensions) {
    if (Math.floor(a / stride) % count !== Math.floor(b / stride) % count) differing++;
    stride *= count;
  }
  return differing;
}
