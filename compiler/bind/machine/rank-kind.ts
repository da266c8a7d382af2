import type { Expr, Identifier, RankDecl, RankProperty } from "../../../grammar/ast.js";
import { bytes, bytesPerSecond, flopsPerSecond, plain, seconds } from "../quantity.js";
import type { Dimension } from "../quantity.js";
import { deviceRatesOf } from "./device-rates.js";
import { reportRange } from "./context.js";
import type { MachineContext } from "./context.js";
import type { RankKind } from "../../machine/model.js";

type PropertyOf<K extends RankProperty["kind"]> = Extract<RankProperty, { kind: K }>;

const propertyNames: Readonly<Record<RankProperty["kind"], string>> = {
  ComputeProperty: "`compute`",
  SmsProperty: "`sms`",
  MemoryProperty: "`memory`",
  CopyEnginesProperty: "`copy engines`",
  NicsProperty: "`nics`",
  LaunchProperty: "`launch`",
  EfficiencyProperty: "`efficiency`",
  DispatchProperty: "`dispatch`",
  KernelProperty: "`kernel`",
};

/**
 * The numbers of one kind of rank. `compute`, with a rate for f32, `sms` and `memory` must be stated; without the others
 * a rank has no copy engine, no NIC, launches that cost nothing, and ops that reach the peak.
 */
export function rankKindOf(declaration: RankDecl, context: MachineContext): RankKind | undefined {
  const owner = `Rank \`${declaration.name.text}\``;
  const properties = uniqueProperties(declaration, owner, context);
  const find = <K extends RankProperty["kind"]>(kind: K) => properties.get(kind) as PropertyOf<K> | undefined;

  const compute = find("ComputeProperty");
  const sms = find("SmsProperty");
  const memory = find("MemoryProperty");
  const nics = find("NicsProperty");
  const copy = find("CopyEnginesProperty");
  const launch = find("LaunchProperty");
  const efficiency = find("EfficiencyProperty");
  const required = ["ComputeProperty", "SmsProperty", "MemoryProperty"] as const;
  const absent = required.filter((kind) => !properties.has(kind)).map((kind) => propertyNames[kind]);
  if (absent.length > 0) missing(absent.join(", no "));

  function missing(property: string): void {
    context.diagnostics.report("missing-property", context.locate(declaration.name), { owner, property });
    context.refused = true;
  }

  function positive(expression: Expr, dimension: Dimension, what: string): number {
    const value = context.measure(expression, dimension, what);
    if (value === undefined) context.refused = true;
    else if (value <= 0) reportRange(context, expression, what, "more than 0", value);
    return value ?? 1;
  }

  function whole(expression: Expr, what: string, least: 0 | 1): number {
    const value = context.count(expression, what, least);
    if (value === undefined) context.refused = true;
    return value ?? 1;
  }

  const rates: Record<string, number> = {};
  for (const { dtype, rate } of compute?.rates ?? []) {
    if (Object.hasOwn(rates, dtype.text)) duplicate(dtype, `the rate of \`${dtype.text}\``);
    rates[dtype.text] = positive(rate, flopsPerSecond, `The rate of \`${dtype.text}\``);
  }
  if (compute && !Object.hasOwn(rates, "f32")) missing("`compute` rate for `f32`, the rate of elementwise work");

  function duplicate(node: Identifier, property: string): void {
    context.diagnostics.report("duplicate-property", context.locate(node), { owner, property });
    context.refused = true;
  }

  const device = deviceRatesOf(declaration, context, {
    ...{ positive, whole, missing },
    nonNegative: (expression, what) => nonNegative(expression, what, context),
  });
  const kind: RankKind = {
    name: declaration.name.text,
    computeFlopsPerSecond: rates,
    efficiency: efficiency ? shareOf(efficiency.value, context) : 1,
    sms: sms ? whole(sms.count, "The number of `sms`", 1) : 1,
    smMovesBytesPerSecond: sms?.moves ? positive(sms.moves, bytesPerSecond, "What each SM moves") : Infinity,
    memory: {
      name: memory?.name.text ?? "",
      capacityBytes: memory ? positive(memory.capacity, bytes, `The size of \`${memory.name.text}\``) : 1,
      bytesPerSecond: memory
        ? positive(memory.bandwidth, bytesPerSecond, `The bandwidth of \`${memory.name.text}\``)
        : 1,
      reduces: memory?.reduces.map((name) => name.text) ?? [],
    },
    copyEngines: copy ? whole(copy.count, "The number of `copy engines`", 0) : 0,
    nics: nics ? whole(nics.count, "The number of `nics`", 0) : 0,
    nicBytesPerSecond: nics?.bandwidth ? positive(nics.bandwidth, bytesPerSecond, "The bandwidth of a NIC") : 0,
    launchSeconds: launch ? nonNegative(launch.time, "`launch`", context) : 0,
    ...(device && { device }),
  };
  if (nics && !nics.bandwidth && kind.nics > 0) missing("bandwidth of its `nics`");
  return context.refused ? undefined : kind;
}

function uniqueProperties(
  declaration: RankDecl,
  owner: string,
  context: MachineContext,
): ReadonlyMap<RankProperty["kind"], RankProperty> {
  const properties = new Map<RankProperty["kind"], RankProperty>();
  for (const property of declaration.properties) {
    // As many kernels as were measured.
    const earlier = property.kind === "KernelProperty" ? undefined : properties.get(property.kind);
    if (!earlier) {
      properties.set(property.kind, property);
      continue;
    }
    const related = [{ location: context.locate(earlier), message: "stated here first" }];
    const parts = { owner, property: propertyNames[property.kind] };
    context.diagnostics.report("duplicate-property", context.locate(property), parts, { related });
    context.refused = true;
  }
  return properties;
}

function shareOf(expression: Expr, context: MachineContext): number {
  const value = context.measure(expression, plain, "`efficiency`");
  if (value === undefined) context.refused = true;
  else if (value <= 0 || value > 1)
    reportRange(context, expression, "`efficiency`", "more than 0 and at most 100 %", value);
  return value ?? 1;
}

function nonNegative(expression: Expr, what: string, context: MachineContext): number {
  const value = context.measure(expression, seconds, what);
  if (value === undefined) context.refused = true;
  else if (value < 0) reportRange(context, expression, what, "at least 0 seconds", value);
  return value ?? 0;
}
