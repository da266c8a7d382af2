/** A shipped schedule, ready to run on a pool of workers. */
import type { DeviceProgram } from "../compiler/emit/webgpu/program.js";
import type { ShippedReference, ShippedSchedule } from "../compiler/emit/webgpu/shipped.js";
import type { ExecutionPlan } from "../compiler/graph/execution-plan.js";
import { roundingOf } from "../runtime/numbers/dtypes.js";
import type { RankPool } from "../runtime/ranks/pool.js";
import { drawInputs, referenceOfRun } from "../runtime/reference/reference.js";
import type { Reference } from "../runtime/reference/reference.js";
import { run } from "../runtime/run/run.js";
import type { RunResult } from "../runtime/run/run.js";
import type { RunSettings, Schedule, ScheduleInfo, ScheduleRun, TensorInfo } from "./types.js";

/** Computes a layer whole from such inputs; where a page must not stand still, elsewhere. */
export type ComputeWhole = (
  layer: ShippedReference,
  inputs: Pick<Reference, "inputs" | "contributions">,
  /** Ends it, where it does not keep its thread from being told. */
  signal: AbortSignal | undefined,
) => Promise<Reference["outputs"]>;

/** Of a layer that is computed whole without being asked for: some seconds. */
const mostFlops = 2e9;

export function createSchedule(
  shipped: ShippedSchedule,
  program: DeviceProgram,
  pool: RankPool,
  computeWhole: ComputeWhole,
): Schedule {
  // What the tasks do stands in the programs.
  const plan: ExecutionPlan = {
    ...{ ...shipped.plan, kernels: [], apart: () => false },
    ...{ action: () => ({ kind: "none" }), overwrites: () => [] },
  };
  const drawn = drawInputs(shipped.reference);
  let drawnOutputs: Reference["outputs"] | undefined;
  return {
    info: infoOf(shipped),
    async run(settings = {}) {
      const { inputs: given = {}, onProgress, signal } = settings;
      const isGiven = Object.keys(given).length > 0;
      const verify = settings.verify ?? (!isGiven && shipped.reference.flops <= mostFlops);
      let reference = isGiven ? { ...drawn, inputs: withInputs(drawn, shipped, given) } : drawn;
      if (verify) {
        onProgress?.("whole", 0, 1);
        const outputs =
          (isGiven ? undefined : drawnOutputs) ?? (await computeWhole(shipped.reference, reference, signal));
        if (!isGiven) drawnOutputs = outputs;
        reference = { ...reference, outputs };
      }
      onProgress?.("kernels", 0, plan.graph.rankCount);
      const result = await run(plan, {
        ...{ device: "webgpu", program, pool, reference: referenceOfRun(reference, shipped.runLayer) },
        ...(onProgress && { onProgress: (finished, total) => onProgress("tasks", finished, total) }),
        ...(signal && { signal }),
      });
      return runOf(result, shipped);
    },
    close: () => pool.close(),
  };
}

function runOf(result: RunResult, { tolerance }: ShippedSchedule): ScheduleRun {
  const [failure] = result.failures;
  if (failure !== undefined) throw new Error(failure.message);
  return {
    outputs: Object.fromEntries(result.outputs.map(({ name, elements }) => [name, elements])),
    ...(result.maxError !== undefined && { maxError: result.maxError }),
    ...{ tolerance, measuredNs: result.measuredNs, adapter: result.adapter ?? "", timeline: result.timeline },
  };
}

function infoOf({ file, schedule, layer, machine, plan, reference, predicted }: ShippedSchedule): ScheduleInfo {
  const tensors = (ids: readonly number[]): TensorInfo[] =>
    ids.map((id) => {
      const { name, dtype, axes } = reference.layer.values[id]!;
      return { name, dtype, shape: axes.map(({ size }) => size) };
    });
  return {
    ...{ file, schedule, layer, machine, ranks: plan.graph.rankCount, tasks: plan.graph.taskCount },
    inputs: tensors(reference.layer.inputs),
    outputs: tensors(reference.layer.outputs),
    predictedNs: predicted.makespanNs,
  };
}

/** Throws where an input is not the layer's, pending, or of another size. */
function withInputs(
  drawn: Reference,
  { reference: { layer } }: ShippedSchedule,
  given: NonNullable<RunSettings["inputs"]>,
): Reference["inputs"] {
  const inputs = new Map(drawn.inputs);
  for (const [name, elements] of Object.entries(given)) {
    const id = layer.inputs.find((input) => layer.values[input]!.name === name);
    const names = layer.inputs.map((input) => layer.values[input]!.name).join(", ");
    if (id === undefined) throw new Error(`${layer.name} has no input ${name}; it has ${names}`);
    const { dtype, axes, pending } = layer.values[id]!;
    if (pending.length > 0) throw new Error(`${name} is pending: ranks hold parts of it that cannot be given`);
    const size = axes.reduce((product, axis) => product * axis.size, 1);
    if (elements.length !== size) throw new Error(`${name} has ${size} elements, not ${elements.length}`);
    inputs.set(id, Float64Array.from(elements, roundingOf(dtype)));
  }
  return inputs;
}
