/** Tensors as they lie in a device's memory: formats, rows, and where the elements of a domain are. */
import type { Runs } from "../../graph/execution-plan.js";
import { layoutOf } from "../../graph/layout.js";
import type { PositionMap } from "../../graph/layout.js";
import { runsLength } from "../../graph/runs.js";
import type { Place } from "./program.js";
import { formatOf } from "./text/formats.js";

/** A tensor in a device's memory: a buffer of the plan, or a component of the state in it. */
export interface DeviceTensor {
  readonly dtype: string;
  /** Global indices held, per dimension. */
  readonly domain: readonly Runs[];
  /** The buffer as a kernel sees it, and where in it this begins. */
  readonly place: Place;
  readonly firstByte: number;
  /** Other tensors, perhaps of other formats, lie in the same place. */
  readonly shares: boolean;
  /** In elements. Rows begin at multiples of four: those of four neighbours are one access. */
  readonly strides: readonly number[];
  /** By dimension; undefined where a position is the index less the domain's first. */
  readonly maps: readonly (PositionMap | undefined)[];
  /** Added to the sum of positions times strides, where unmapped positions are indices. */
  readonly offset: number;
  readonly elements: number;
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** What kernels see of a buffer begins at a multiple of this (`minStorageBufferOffsetAlignment` of any adapter). */
export const bindingAlignment = 256;
/** Where a component of a state begins: four elements of any dtype are aligned. */
export const componentAlignment = 16;

/** The layout of a tensor over a domain: row-major, the last dimension padded to fours. */
export function deviceTensor(dtype: string, domain: readonly Runs[], place: Place): DeviceTensor {
  const lengths = domain.map(runsLength);
  const strides = lengths.map(() => 1);
  let elements = roundUp(lengths.at(-1) ?? 1, 4);
  for (let d = lengths.length - 2; d >= 0; d--) {
    strides[d] = elements;
    elements *= lengths[d]!;
  }
  const { maps } = layoutOf(domain);
  const offset = -domain.reduce((sum, runs, d) => sum + (maps[d] === undefined ? (runs[0] ?? 0) * strides[d]! : 0), 0);
  return { dtype, domain, place, firstByte: 0, shares: false, strides, maps, offset: offset || 0, elements };
}

export const tensorBytes = ({ dtype, elements }: Pick<DeviceTensor, "dtype" | "elements">): number =>
  elements * formatOf(dtype).bytes;

/** Of a tensor that has no place yet. */
export const unplaced: Place = { buffer: -1, offset: 0, bytes: 0 };

/** Bytes of a tensor over a domain, its padding among them. */
export const paddedBytes = (dtype: string, domain: readonly Runs[]): number =>
  tensorBytes(deviceTensor(dtype, domain, unplaced));
