import type { LayerIR } from "../compiler/check/ir.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import { formatBytes, formatCount } from "../compiler/diagnostics/quantities.js";
import type { Diagnostic } from "../compiler/diagnostics/types.js";
import { deviceDtypes } from "../compiler/emit/webgpu/text/formats.js";

/** What a run computes by interpretation: beyond this, hours would pass before the first result. */
const mostMultiplications = 2e11;
const mostReferenceBytes = 2e9;

/** Why a layer cannot be computed here, whole as well, or undefined: it has an op without mathematics, or is too large. */
export function whyNotRun(layer: LayerIR): Diagnostic | undefined {
  return whyNotComputed(layer) ?? whyTooLarge(layer);
}

/** Why a layer has nothing that can be executed, or more to begin with than fits here. */
export function whyNotComputed(layer: LayerIR): Diagnostic | undefined {
  const opaque = layer.statements.find((statement) => statement.kind === "op" && statement.kernel.opaque);
  if (opaque?.kind === "op") {
    return createDiagnostic("opaque-not-run", opaque.location, { layer: layer.name, op: opaque.kernel.name });
  }
  const outside = [...layer.inputs, ...layer.outputs].map((id) => layer.values[id]!);
  return whyTooManyBytes(layer, outside);
}

/** Why devices do not execute a layer: they have no arithmetic for a dtype of it. */
export function whyNotOnDevice(layer: LayerIR): Diagnostic | undefined {
  const value = layer.values.find(({ dtype }) => !deviceDtypes.includes(dtype));
  if (value === undefined) return undefined;
  const { name, dtype } = value;
  return createDiagnostic("dtype-not-on-device", layer.location, { layer: layer.name, value: name, dtype });
}

/** Why it would take too long, or too much memory, to compute a layer whole. */
function whyTooLarge(layer: LayerIR): Diagnostic | undefined {
  const work = stepsOf(layer);
  if (work <= mostMultiplications) return whyTooManyBytes(layer, layer.values);
  return tooLarge(layer, `takes ${formatCount(work)} steps`, formatCount(mostMultiplications));
}

/** Why values cannot all be held by the host, in 8 bytes an element. */
function whyTooManyBytes(layer: LayerIR, values: LayerIR["values"]): Diagnostic | undefined {
  const bytes = values.reduce((sum, value) => sum + 8 * value.axes.reduce((size, axis) => size * axis.size, 1), 0);
  if (bytes <= mostReferenceBytes) return undefined;
  return tooLarge(layer, `needs ${formatBytes(bytes)}`, formatBytes(mostReferenceBytes));
}

function tooLarge(layer: LayerIR, what: string, limit: string): Diagnostic {
  return createDiagnostic("too-large-to-run", layer.location, { layer: layer.name, what, limit });
}

/** What it takes to compute a layer whole: values of the index variables of its ops. */
export function stepsOf({ statements }: LayerIR): number {
  return statements.reduce((sum, statement) => sum + (statement.kind === "op" ? workOf(statement.kernel) : 0), 0);
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
