import type { CheckedProgram, LayerIR } from "../../compiler/check/ir.js";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { PlannedSchedule } from "../../compiler/program.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import { prepareReference, referenceOfRun, runReference } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import type { DeviceName, RunResult } from "../../runtime/run/run.js";
import { formatBytes, formatCount } from "../../compiler/diagnostics/quantities.js";
import type { Attempt } from "./load.js";

/** What a run computes by interpretation: beyond this, hours would pass before the first result. */
const mostMultiplications = 2e11;
const mostReferenceBytes = 2e9;

/** Why a layer cannot be run here, or undefined: it has an op without mathematics, or is too large. */
export function whyNotRun(layer: LayerIR): Diagnostic | undefined {
  const opaque = layer.statements.find((statement) => statement.kind === "op" && statement.kernel.opaque);
  if (opaque?.kind === "op") {
    return createDiagnostic("opaque-not-run", opaque.location, { layer: layer.name, op: opaque.kernel.name });
  }
  const report = (what: string, limit: string): Diagnostic =>
    createDiagnostic("too-large-to-run", layer.location, { layer: layer.name, what, limit });
  const bytes = layer.values.reduce(
    (sum, value) => sum + 8 * value.axes.reduce((size, axis) => size * axis.size, 1),
    0,
  );
  if (bytes > mostReferenceBytes) return report(`needs ${formatBytes(bytes)}`, formatBytes(mostReferenceBytes));
  const work = layer.statements.reduce(
    (sum, statement) => sum + (statement.kind === "op" ? workOf(statement.kernel) : 0),
    0,
  );
  if (work > mostMultiplications) {
    return report(`takes ${formatCount(work)} steps`, formatCount(mostMultiplications));
  }
  return undefined;
}

/** Values of all index variables together; a gather's rows stand for the pairs that its guard lets through. */
function workOf({
  variables,
  outputRank,
}: {
  readonly variables: readonly { readonly size: number; readonly table?: number }[];
  readonly outputRank: number;
}): number {
  return variables.reduce(
    (work, { size, table }, index) => (table !== undefined && index >= outputRank ? work : work * size),
    1,
  );
}

/**
 * The inputs of a layer and what its outputs must be: its own unsharded result, or that of `against`, a layer with
 * inputs and outputs of the same shapes.
 */
export function referenceFor(program: CheckedProgram, layer: LayerIR, against: LayerIR = layer): Reference {
  const { mesh, tables, monoids } = onMeshOf(program, layer);
  const own = prepareReference({ layer, mesh, tables, monoids });
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

function runWork(planned: PlannedSchedule, device: DeviceName, reference: Reference | undefined) {
  if (device === "null") return { device };
  const own = referenceOfRun(reference!, planned.layer);
  return device === "cpu"
    ? { device, reference: own }
    : { device, reference: own, program: emitWebgpu(planned.plan, softwareTraits) };
}

/** Runs a planned schedule on workers of this machine. What the file is to blame for comes back as diagnostics. */
export async function execute(
  planned: PlannedSchedule,
  device: DeviceName,
  reference: Reference | undefined,
  pool: RankPool,
): Promise<Attempt<RunResult>> {
  const result = await run(planned.plan, { pool, ...runWork(planned, device, reference) });
  const { location, name } = planned.schedule;
  const blamed = result.failures.filter(({ kind }) => kind === "limit" || kind === "result");
  const fault = result.failures.find((failure) => !blamed.includes(failure));
  if (fault !== undefined) throw new InternalFault("run", `${name}: ${fault.message}`);
  if (blamed.length === 0) return { value: result };
  return {
    diagnostics: blamed.map(({ message }) =>
      createDiagnostic("run-failed", location, { schedule: name, reason: message }),
    ),
  };
}
