/**
 * The two ends of a transfer. A payload is the regions that are sent, one behind the other, each laid out as a tensor of its
 * own. What lies so in memory already is sent from there and arrives there; all else goes by way of a buffer that a kernel
 * packs or unpacks.
 */
import type { Runs } from "../../graph/execution-plan.js";
import { fullRuns, runsLength } from "../../graph/runs.js";
import type { CopySteps, Region } from "./copy-steps.js";
import { bindingAlignment, deviceTensor, paddedBytes, roundUp } from "./tensors.js";
import type { DeviceMemory } from "./memory.js";
import type { DeviceTensor } from "./tensors.js";
import type { Place } from "./program.js";
import type { StepWriter } from "./steps.js";
import { formatOf } from "./text/formats.js";

/** A buffer of a rank's that payloads go through, one after another. */
export interface Box {
  /** Begins a payload. */
  begin(): void;
  /** Room for a tensor of it. */
  take(dtype: string, region: readonly Runs[]): DeviceTensor;
}

export function createBox(memory: DeviceMemory, rank: number): Box {
  let buffer: number | undefined;
  let used = 0;
  return {
    begin: () => void (used = 0),
    take(dtype, region) {
      buffer ??= memory.add(rank, 0).buffer;
      const domain = region.map((runs) => fullRuns(runsLength(runs)));
      const bytes = paddedBytes(dtype, domain);
      const place = { buffer, offset: used, bytes };
      used = roundUp(used + bytes, bindingAlignment);
      memory.grow(rank, buffer, used);
      return deviceTensor(dtype, domain, place);
    },
  };
}
/** Packs what is no payload yet, and says where the payload lies. */
export function packed(source: Region, box: Box, copies: CopySteps, steps: StepWriter): Place {
  const direct = asPayload(source);
  if (direct !== undefined) return direct;
  const packet = box.take(source.tensor.dtype, source.region);
  copies.add(source, { tensor: packet, region: packet.domain }, steps);
  return packet.place;
}

/** Where a region lies in memory as a payload does: neighbouring whole rows, or fours of one. */
export function asPayload({ tensor, region }: Region): Place | undefined {
  const rank = region.length;
  if (tensor.maps.some((map) => map !== undefined) || region.some((runs) => runs.length !== 2)) return undefined;
  const lengths = region.map(runsLength);
  const starts = region.map((runs, d) => runs[0]! - tensor.domain[d]![0]!);
  const isWhole = region.map((_, d) => lengths[d] === runsLength(tensor.domain[d]!));
  // Dimensions before the first that has more than one index, that one, and whole ones behind it.
  const first = lengths.findIndex((length) => length > 1);
  if (first >= 0 && !isWhole.slice(first + 1).every(Boolean)) return undefined;
  const last = rank - 1;
  const { bytes } = formatOf(tensor.dtype);
  if (last >= 0) {
    const end = starts[last]! + lengths[last]!;
    const isPadded = end === runsLength(tensor.domain[last]!);
    if (starts[last]! % 4 !== 0 || (lengths[last]! % 4 !== 0 && !isPadded)) return undefined;
  }
  const begin = starts.reduce((sum, start, d) => sum + start * tensor.strides[d]!, 0);
  const rows = lengths.slice(0, -1).reduce((count, length) => count * length, 1);
  const columns = roundUp(lengths[last] ?? 1, 4);
  const { place, firstByte } = tensor;
  return { buffer: place.buffer, offset: place.offset + firstByte + begin * bytes, bytes: rows * columns * bytes };
}
