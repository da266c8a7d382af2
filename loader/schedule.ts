/** A shipped schedule, ready to run on a pool of workers. */
import type { DeviceProgram } from "../compiler/emit/webgpu/program.js";
import type { ShippedSchedule } from "../compiler/emit/webgpu/shipped.js";
import type { ExecutionPlan } from "../compiler/graph/execution-plan.js";
import { roundingOf } from "../runtime/numbers/dtypes.js";
import type { RankPool } from "../runtime/ranks/pool.js";
import { prepareReference, referenceOfRun, runReference } from "../runtime/reference/reference.js";
import type { Reference } from "../runtime/reference/reference.js";
import { run } from "../runtime/run/run.js";
import type { RunResult } from "../runtime/run/run.js";
import type { RunSettings, Schedule, ScheduleInfo, ScheduleRun, TensorInfo } from "./types.js";

/** What tells which of the programs suits an adapter. */
export interface AdapterSummary {
  readonly isSoftware: boolean;
  readonly features: ReadonlySet<string>;
}

export function createSchedule(shipped: ShippedSchedule, pool: RankPool, adapter: AdapterSummary): Schedule {
  const info = infoOf(shipped);
  const plan: ExecutionPlan = { ...shipped.plan, kernels: [], action: () => ({ kind: "none" }) };
  const program = programFor(shipped, adapter);
  let drawn: Reference | undefined;
  return {
    info,
    async run(settings = {}) {
      drawn ??= prepareReference(shipped.reference);
      const isGiven = Object.keys(settings.inputs ?? {}).length > 0;
      const verify = settings.verify ?? !isGiven;
      const reference = isGiven ? withInputs(drawn, shipped, settings.inputs!, verify) : drawn;
      const result = await run(plan, {
        ...{ device: "webgpu", program, pool, reference: referenceOfRun(reference, shipped.runLayer) },
        ...(settings.onProgress && { onProgress: settings.onProgress }),
        ...(settings.signal && { signal: settings.signal }),
      });
      return runOf(result, shipped, verify, settings);
    },
    close: () => pool.close(),
  };
}

function runOf(result: RunResult, { tolerance }: ShippedSchedule, verify: boolean, settings: RunSettings): ScheduleRun {
  const failure = result.failures.find(({ kind }) => verify || kind !== "result");
  settings.onProgress?.(1, 1);
  if (failure !== undefined) throw new Error(failure.message);
  return {
    outputs: Object.fromEntries(result.outputs.map(({ name, elements }) => [name, elements])),
    ...(verify && result.maxError !== undefined && { maxError: result.maxError }),
    ...{ tolerance, measuredNs: result.measuredNs, adapter: result.adapter ?? "", timeline: result.timeline },
  };
}

/** The first that suits; on an adapter that none was made for, the last, which needs the least. */
function programFor({ programs }: ShippedSchedule, { isSoftware, features }: AdapterSummary): DeviceProgram {
  const suits = isSoftware ? "software" : "hardware";
  const possible = programs.filter(({ program }) => program.needs.features.every((feature) => features.has(feature)));
  const found = possible.find((each) => each.suits === suits) ?? possible.at(-1) ?? programs.at(-1)!;
  return found.program;
}

function infoOf(shipped: ShippedSchedule): ScheduleInfo {
  const { file, schedule, layer, machine, plan, reference, predicted } = shipped;
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
  { reference }: ShippedSchedule,
  given: NonNullable<RunSettings["inputs"]>,
  verify: boolean,
): Reference {
  const { layer, mesh, tables, monoids } = reference;
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
  const parts = { mesh, contributions: drawn.contributions };
  const outputs = verify ? runReference(layer, tables, monoids, inputs, parts) : drawn.outputs;
  return { ...drawn, inputs, outputs };
}
