/** The memory of a run: one SharedArrayBuffer a rank, its buffers one behind the other. */
import type { BufferInfo } from "../compiler/graph/execution-plan.js";
import type { Elements } from "./dtypes.js";
import { isWide, storedBytes } from "./dtypes.js";

type BufferSize = Pick<BufferInfo, "rank" | "dtype" | "elements">;

export interface SharedMemory {
  /** By rank. */
  readonly arenas: readonly SharedArrayBuffer[];
  /** Of each buffer in its rank's arena, bytes. */
  readonly byteOffsets: Float64Array;
}

/** Bytes the arenas of a run take together. */
export function memoryNeeded(buffers: readonly BufferSize[]): number {
  return buffers.reduce((bytes, buffer) => bytes + alignedBytes(buffer), 0);
}

const alignedBytes = ({ elements, dtype }: BufferSize): number => Math.ceil((elements * storedBytes(dtype)) / 8) * 8;

/** Throws RangeError where the machine has not the memory. */
export function allocateMemory(buffers: readonly BufferSize[], rankCount: number): SharedMemory {
  const sizes = new Float64Array(rankCount);
  const byteOffsets = new Float64Array(buffers.length);
  buffers.forEach((buffer, number) => {
    byteOffsets[number] = sizes[buffer.rank]!;
    sizes[buffer.rank]! += alignedBytes(buffer);
  });
  return { arenas: Array.from(sizes, (bytes) => new SharedArrayBuffer(bytes)), byteOffsets };
}

/** The elements of buffer `number`, shared with all ranks. */
export function elementsOf(memory: SharedMemory, buffers: readonly BufferSize[], number: number): Elements {
  const { rank, dtype, elements } = buffers[number]!;
  const arena = memory.arenas[rank]!;
  const offset = memory.byteOffsets[number];
  return isWide(dtype) ? new Float64Array(arena, offset, elements) : new Float32Array(arena, offset, elements);
}
