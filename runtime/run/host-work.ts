/** A run on devices `cpu` and `null`: what each rank is given. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { shareActions } from "../cpu/actions.js";
import type { SharedActions } from "../cpu/actions.js";
import { createPerformer } from "../cpu/perform.js";
import { executableDtypes } from "../numbers/dtypes.js";
import { allocateMemory, elementsOf, memoryNeeded, splitComponents } from "../numbers/memory.js";
import type { SharedMemory } from "../numbers/memory.js";
import { listPredecessors } from "../protocol/protocol.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import type { HostRankJob } from "../ranks/rank.js";
import { fillInputs } from "../reference/compare.js";
import type { Reference } from "../reference/reference.js";
import type { PreparedWork } from "./prepared-work.js";

type Work = Pick<HostRankJob, "execution" | "predecessors">;

export function prepareNull(graph: SharedGraph): PreparedWork<Work> {
  return { workOf: () => ({ predecessors: listPredecessors(graph) }) };
}

/** Why a plan cannot be executed on device `cpu`; undefined where it can. */
export function cpuLimit({ buffers }: ExecutionPlan, memoryLimitBytes: number): string | undefined {
  const unknown = buffers.find(({ dtype }) => !executableDtypes.includes(dtype));
  if (unknown !== undefined) return `${unknown.name}: nothing executes ${unknown.dtype} on device cpu`;
  const bytes = memoryNeeded(buffers);
  if (bytes <= memoryLimitBytes) return undefined;
  return `the buffers of all ranks take ${inGigabytes(bytes)}, more than the ${inGigabytes(memoryLimitBytes)} allowed`;
}

const inGigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;

export function prepareCpu(plan: ExecutionPlan, reference: Reference, rankCount: number): PreparedWork<Work> {
  const memory = allocateMemory(plan.buffers, rankCount);
  const actions = shareActions(plan);
  prepareMemory(plan, reference, actions, memory);
  return {
    workOf: () => ({ execution: { actions, memory } }),
    elementsOf: (buffer) => elementsOf(memory, plan.buffers, buffer),
  };
}

/** All but the inputs begins as not a number, so that what is read before it is written shows in the outputs. */
export function prepareMemory(
  plan: ExecutionPlan,
  reference: Reference,
  actions: SharedActions,
  memory: SharedMemory,
): void {
  const elements = (buffer: number) => elementsOf(memory, plan.buffers, buffer);
  plan.buffers.forEach((info, buffer) =>
    splitComponents(elements(buffer), info).forEach((part, component) => part.fill(info.fill?.[component] ?? NaN)),
  );
  fillInputs(plan, reference, elements);
  const { passOn } = createPerformer(actions, memory);
  plan.buffers.forEach(({ fill }, buffer) => fill !== undefined && passOn(buffer));
  for (const { buffer } of plan.inputs) passOn(buffer);
}
