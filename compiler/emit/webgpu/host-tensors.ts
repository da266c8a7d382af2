/** Inputs and outputs as they lie in a rank's memory, for whoever fills and reads them from the host. */
import type { ExecutionPlan } from "../../graph/execution-plan.js";
import { runsLength } from "../../graph/runs.js";
import type { DeviceMemory } from "./memory.js";
import type { HostTensor } from "./program.js";
import { roundUp, tensorBytes, type DeviceTensor } from "./tensors.js";

export function hostTensors(
  { buffers }: ExecutionPlan,
  entries: ExecutionPlan["inputs"],
  memory: Pick<DeviceMemory, "tensors">,
  rank: number,
): HostTensor[] {
  return entries
    .filter(({ buffer }) => buffers[buffer]!.rank === rank)
    .flatMap(({ buffer }) => hostTensorsOf(buffer, memory));
}

function hostTensorsOf(planBuffer: number, memory: Pick<DeviceMemory, "tensors">): HostTensor[] {
  let firstElement = 0;
  return memory.tensors(planBuffer).map((tensor): HostTensor => {
    const host = hostTensor(tensor, planBuffer, firstElement);
    firstElement += host.rows * host.columns;
    return host;
  });
}

/** A tensor as the host sees it, from some element of a plan's buffer on. */
export function hostTensor(tensor: DeviceTensor, planBuffer: number, firstElement = 0): HostTensor {
  const { place, firstByte, dtype, domain } = tensor;
  const lengths = domain.map(runsLength);
  const columns = lengths.at(-1) ?? 1;
  const rows = lengths.slice(0, -1).reduce((count, length) => count * length, 1);
  const own = { buffer: place.buffer, offset: place.offset + firstByte, bytes: tensorBytes(tensor) };
  return { planBuffer, firstElement, dtype, rows, columns, pitch: roundUp(columns, 4), place: own };
}
