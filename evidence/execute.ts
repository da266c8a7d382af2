import type { CheckedProgram, LayerIR } from "../compiler/check/ir.js";
import { onMeshOf } from "../compiler/check/mesh-of-layer.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
import { emitWebgpu } from "../compiler/emit/webgpu/emit.js";
import type { LinkShape } from "../compiler/machine/link-shape.js";
import type { PlannedSchedule } from "../compiler/program.js";
import { runInOrder } from "../runtime/adversary/in-order.js";
import type { OrderedRun } from "../runtime/adversary/in-order.js";
import type { RankPool } from "../runtime/ranks/pool.js";
import { drawInputs, prepareReference, referenceOfRun, runReference } from "../runtime/reference/reference.js";
import type { Reference } from "../runtime/reference/reference.js";
import { run } from "../runtime/run/run.js";
import type { DeviceName, RunFailure, RunOptions, RunResult } from "../runtime/run/run.js";
import type { Attempt } from "./attempt.js";
import type { Device } from "./device.js";

export const cpuDevice: Device = { name: "cpu" };

/** The inputs of a layer, whose results are compared with nothing. */
export function inputsFor(program: CheckedProgram, layer: LayerIR): Reference {
  const { mesh, monoids } = onMeshOf(program, layer);
  return drawInputs({ layer, mesh, monoids, ...seedOf(program) });
}

/**
 * The inputs of a layer and what its outputs must be: its own unsharded result, or that of `against`, a layer with
 * inputs and outputs of the same shapes.
 */
export function referenceFor(program: CheckedProgram, layer: LayerIR, against: LayerIR = layer): Reference {
  const { mesh, tables, monoids } = onMeshOf(program, layer);
  const own = prepareReference({ layer, mesh, tables, monoids, ...seedOf(program) });
  if (against === layer) return own;
  const inputs = new Map(against.inputs.map((id, index) => [id, own.inputs.get(layer.inputs[index]!)!]));
  const parts = against.inputs.flatMap((id, index) => {
    const drawn = own.contributions.get(layer.inputs[index]!);
    return drawn === undefined ? [] : ([[id, drawn]] as const);
  });
  const theirs = runReference(against, tables, monoids, inputs, {
    mesh: onMeshOf(program, against).mesh,
    contributions: new Map(parts),
  });
  const outputs = new Map(layer.outputs.map((id, index) => [id, theirs.get(against.outputs[index]!)!]));
  return { ...own, outputs };
}

function seedOf({ inputSeed }: CheckedProgram): { readonly seed?: number } {
  return inputSeed === undefined ? {} : { seed: inputSeed };
}

function runWork(planned: PlannedSchedule, device: Device, reference: Reference | undefined, links?: LinkShape) {
  if (device.name === "null") return { device: "null" } as const;
  const own = referenceOfRun(reference!, planned.layer);
  if (device.name === "cpu") return { device: "cpu", reference: own } as const;
  return {
    device: "webgpu",
    reference: own,
    program: emitWebgpu(planned.plan, device.traits),
    ...(links && { links }),
  } as const;
}

/**
 * Runs a planned schedule on workers of this machine. What the file or the machine is to blame for comes back as diagnostics.
 *
 * @param more `links` of device `webgpu`, as slow as these; absent: as fast as they are. `onProgress` as of `run`.
 */
export async function execute(
  planned: PlannedSchedule,
  device: Device,
  reference: Reference | undefined,
  pool: RankPool,
  {
    links,
    onProgress,
  }: { readonly links?: LinkShape | undefined; readonly onProgress?: RunOptions["onProgress"] } = {},
): Promise<Attempt<RunResult>> {
  const work = runWork(planned, device, reference, links);
  return attemptOf(planned, device, await run(planned.plan, { pool, ...(onProgress && { onProgress }), ...work }));
}

/** What `execute` does on device `cpu`, on this thread: for where there are no workers. */
export function executeInOrder(planned: PlannedSchedule, reference: Reference): Attempt<OrderedRun> {
  return attemptOf(planned, cpuDevice, runInOrder(planned.plan, referenceOfRun(reference, planned.layer)));
}

function attemptOf<R extends Pick<RunResult, "failures">>(
  { schedule: { location, name } }: PlannedSchedule,
  device: Device,
  result: R,
): Attempt<R> {
  const fault = result.failures.find(({ kind }) => !isOutside(kind, device.name));
  if (fault !== undefined) throw new InternalFault("run", `${name}: ${fault.message}`);
  if (result.failures.length === 0) return { value: result };
  return {
    diagnostics: result.failures.map(({ message }) =>
      createDiagnostic("run-failed", location, { schedule: name, reason: message }),
    ),
  };
}

/** Whether it is no fault of ours: on device `webgpu`, a driver may fail, and a computer take long. */
function isOutside(kind: RunFailure["kind"], device: DeviceName): boolean {
  if (kind === "crash" || kind === "stall") return device === "webgpu";
  return kind !== "protocol";
}
