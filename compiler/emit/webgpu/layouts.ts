/** The tensors of each of the plan's buffers, and which of them lie in the memory of another. */
import type { BufferInfo, ExecutionPlan, Runs } from "../../graph/execution-plan.js";
import { runsLength } from "../../graph/runs.js";
import { componentAlignment, deviceTensor, roundUp, tensorBytes, unplaced } from "./tensors.js";
import type { DeviceTensor } from "./tensors.js";
import { windowOnto } from "./windows.js";

export interface BufferLayout {
  /** Without their place. */
  readonly tensors: readonly DeviceTensor[];
  readonly bytes: number;
  /** The buffer of the plan in whose memory they lie, perhaps this one itself. */
  readonly within: number;
  /** What is written there is here as well. */
  readonly isWindow: boolean;
}

export function layoutsOf(plan: ExecutionPlan): BufferLayout[] {
  const { buffers } = plan;
  const views = new Map(
    buffers.flatMap(({ aliases }, from) =>
      aliases.filter(({ inPlace }) => inPlace).map((alias) => [alias.buffer, { from, alias }] as const),
    ),
  );
  const outputs = new Set(plan.outputs.map(({ buffer }) => buffer));
  const known: BufferLayout[] = [];
  const layoutOf = (number: number): BufferLayout => (known[number] ??= makeLayout(number));
  const makeLayout = (number: number): BufferLayout => {
    const info = buffers[number]!;
    const view = views.get(number);
    if (view !== undefined) {
      const { tensors, bytes, within } = layoutOf(view.from);
      const window = windowOnto(tensors, view.alias, buffers[view.from]!, info);
      // The host reads whole tensors.
      if (window !== undefined && !(outputs.has(number) && holdsMore(window, info)))
        return { tensors: window, bytes, within, isWindow: true };
    }
    // Each element of a combination takes the place of the delivered one; a component of several is needed by the next.
    if (info.replaces !== undefined && info.state === undefined) {
      return { ...layoutOf(info.replaces), isWindow: false };
    }
    return ownLayout(info, number);
  };
  return buffers.map((_, number) => layoutOf(number));
}

function ownLayout(info: BufferInfo, within: number): BufferLayout {
  const own = partsOf(info).map(({ dtype, domain }) => deviceTensor(dtype, domain, unplaced));
  let bytes = 0;
  const tensors = own.map((tensor) => {
    const firstByte = bytes;
    bytes += roundUp(tensorBytes(tensor), componentAlignment);
    return { ...tensor, firstByte, shares: own.length > 1 };
  });
  return { tensors, bytes: Math.max(bytes, componentAlignment), within, isWindow: false };
}

/** Dtype and domain of each tensor in a buffer of the plan. */
function partsOf({ dtype, domain, state }: BufferInfo): { dtype: string; domain: readonly Runs[] }[] {
  if (state === undefined) return [{ dtype, domain }];
  return state.components.map((component) => ({
    // A component without all dimensions is written by one invocation of many: it has words of its own.
    dtype: component.dimensions.length === domain.length ? component.dtype : "f32",
    domain: component.dimensions.map((dimension) => domain[dimension]!),
  }));
}

function holdsMore(tensors: readonly DeviceTensor[], info: BufferInfo): boolean {
  return partsOf(info).some(({ domain }, part) =>
    domain.some((runs, d) => runsLength(runs) !== runsLength(tensors[part]!.domain[d]!)),
  );
}
