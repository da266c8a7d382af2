/** The memory of a run: one piece a rank, which all see, its buffers one behind the other. */
import type { BufferInfo, Runs } from "../../compiler/graph/execution-plan.js";
import type { Elements } from "./dtypes.js";
import { isWide, storedBytes } from "./dtypes.js";
import { sharedBytes } from "./shared-arrays.js";

type BufferSize = Pick<BufferInfo, "rank" | "dtype" | "elements" | "state">;

export interface SharedMemory {
  /** By rank. */
  readonly arenas: readonly ArrayBufferLike[];
  /** Of each buffer in its rank's arena, bytes. */
  readonly byteOffsets: Float64Array;
}

/** Bytes the arenas of a run take together. */
export function memoryNeeded(buffers: readonly BufferSize[]): number {
  return buffers.reduce((bytes, buffer) => bytes + alignedBytes(buffer), 0);
}

/** Dtypes of what a buffer holds. */
export const dtypesOf = ({ dtype, state }: Pick<BufferInfo, "dtype" | "state">): readonly string[] =>
  state === undefined ? [dtype] : state.components.map((component) => component.dtype);

/** All components of a state are kept as wide as its widest. */
const isWideBuffer = (buffer: BufferSize): boolean => dtypesOf(buffer).some(isWide);

const alignedBytes = (buffer: BufferSize): number =>
  Math.ceil((buffer.elements * Math.max(...dtypesOf(buffer).map(storedBytes))) / 8) * 8;

/** Throws RangeError where the machine has not the memory. */
export function allocateMemory(buffers: readonly BufferSize[], rankCount: number): SharedMemory {
  const sizes = new Float64Array(rankCount);
  const byteOffsets = new Float64Array(buffers.length);
  buffers.forEach((buffer, number) => {
    byteOffsets[number] = sizes[buffer.rank]!;
    sizes[buffer.rank]! += alignedBytes(buffer);
  });
  return { arenas: Array.from(sizes, sharedBytes), byteOffsets };
}

/** The elements of buffer `number`, shared with all ranks. */
export function elementsOf(memory: SharedMemory, buffers: readonly BufferSize[], number: number): Elements {
  const { rank, elements } = buffers[number]!;
  const arena = memory.arenas[rank]!;
  const offset = memory.byteOffsets[number];
  return isWideBuffer(buffers[number]!)
    ? new Float64Array(arena, offset, elements)
    : new Float32Array(arena, offset, elements);
}

/** Of each component of what buffer `number` holds, its elements; of what is no state, all. */
export function componentsOf(memory: SharedMemory, buffers: readonly BufferSize[], number: number): Elements[] {
  const all = elementsOf(memory, buffers, number);
  return splitComponents(all, buffers[number]!);
}

/** A buffer's elements as its components. */
export function splitComponents<T extends Elements>(all: T, { state }: Pick<BufferInfo, "state">): T[] {
  let start = 0;
  return state?.components.map(({ elements }) => all.subarray(start, (start += elements)) as T) ?? [all];
}

/** What of a region of a value one component of its state has. */
export function componentRegion(
  state: BufferInfo["state"],
  component: number,
  region: readonly Runs[],
): readonly Runs[] {
  return state === undefined ? region : state.components[component]!.dimensions.map((dimension) => region[dimension]!);
}
