/** Where the plan's buffers lie in the memory of each rank's device, and their elements in them. */
import type { BufferInfo, ExecutionPlan, Runs } from "../../graph/execution-plan.js";
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
const componentAlignment = 16;

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

/** Dtype and domain of each tensor in a buffer of the plan. */
function parts({ dtype, domain, state }: BufferInfo): { dtype: string; domain: readonly Runs[] }[] {
  if (state === undefined) return [{ dtype, domain }];
  return state.components.map((component) => ({
    // A component without all dimensions is written by one invocation of many: it has words of its own.
    dtype: component.dimensions.length === domain.length ? component.dtype : "f32",
    domain: component.dimensions.map((dimension) => domain[dimension]!),
  }));
}

export interface DeviceMemory {
  /** By rank, bytes of each of its buffers. */
  readonly buffers: readonly number[][];
  /** Tensors of a buffer of the plan: one, or one a component. */
  tensors(planBuffer: number): readonly DeviceTensor[];
  /** A further buffer of a rank's own, of at least so many bytes. */
  add(rank: number, bytes: number): Place;
  /** Makes a buffer of `add` larger, where it is not as large. */
  grow(rank: number, buffer: number, bytes: number): void;
}

/**
 * A value has a buffer of its own on each rank; what a word keeps on a rank, deliveries and partial states, lies in one.
 * So what a kernel of an op writes never lies in a buffer that it reads.
 */
export function placeBuffers(plan: ExecutionPlan): DeviceMemory {
  const buffers: number[][] = Array.from({ length: plan.graph.rankCount }, () => []);
  const words = new Map<string, number>();
  const placed = plan.buffers.map((info): readonly DeviceTensor[] => {
    const own = parts(info).map(({ dtype, domain }) =>
      deviceTensor(dtype, domain, { buffer: -1, offset: 0, bytes: 0 }),
    );
    const firstBytes: number[] = [];
    let bytes = 0;
    for (const tensor of own) {
      firstBytes.push(bytes);
      bytes += roundUp(tensorBytes(tensor), componentAlignment);
    }
    bytes = Math.max(bytes, componentAlignment);
    const ofRank = buffers[info.rank]!;
    const isWord = info.role === "state" || info.role === "staging";
    const key = `${info.rank} ${info.value}`;
    const buffer = (isWord ? words.get(key) : undefined) ?? ofRank.push(0) - 1;
    if (isWord) words.set(key, buffer);
    const offset = roundUp(ofRank[buffer]!, bindingAlignment);
    ofRank[buffer] = offset + bytes;
    return own.map((tensor, component) => ({
      ...tensor,
      place: { buffer, offset, bytes },
      firstByte: firstBytes[component]!,
      shares: own.length > 1,
    }));
  });
  return {
    buffers,
    tensors: (planBuffer) => placed[planBuffer]!,
    add(rank, bytes) {
      const whole = Math.max(componentAlignment, roundUp(bytes, componentAlignment));
      const buffer = buffers[rank]!.push(whole) - 1;
      return { buffer, offset: 0, bytes: whole };
    },
    grow(rank, buffer, bytes) {
      const ofRank = buffers[rank]!;
      ofRank[buffer] = Math.max(ofRank[buffer]!, roundUp(bytes, componentAlignment));
    },
  };
}
