/** What an adapter must have for a program to run on it. */
import type { DeviceKernel, DeviceNeeds, RankProgram } from "./program.js";

export function needsOf(programs: readonly RankProgram[], kernels: readonly DeviceKernel[]): DeviceNeeds {
  const tables = programs.flatMap(({ tables: words, fields }) => [words.byteLength, fields.byteLength]);
  const lanes = kernels.find(({ subgroupLanes }) => subgroupLanes !== undefined)?.subgroupLanes;
  return {
    features: [...new Set(kernels.flatMap(({ features }) => features))].sort(),
    ...(lanes !== undefined && { subgroupLanes: lanes }),
    bufferBytes: most([...programs.flatMap(({ buffers }) => buffers), ...tables]),
    bindingBytes: most([...programs.flatMap(({ steps }) => steps.places.map(({ bytes }) => bytes)), ...tables]),
    // Beside its arrays each kernel sees the rank's tables.
    storageBuffers: most(kernels.map(({ arrays }) => arrays.length + 1)),
    workgroupBytes: most(kernels.map(({ workgroupBytes }) => workgroupBytes)),
  };
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), 0);
}
