/** Claims of checks, with names resolved and limits in base units. They are judged by later stages. */
import type { CheckDecl, Claim } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { bytes, plain } from "../bind/quantity.js";
import { onMesh } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { checkForClauses } from "./for-clauses.js";
import type { CheckIR, ClaimIR, ScheduleIR } from "./ir.js";
import { identifierOf, layerNamed, meshAxisOf, pathText, placesOf, quantityOf } from "./schedules.js";
import type { CheckedLayers } from "./schedules.js";

type CheckedSchedules = ReadonlyMap<string, ScheduleIR | undefined>;

interface ClaimScope {
  readonly context: CheckContext;
  readonly file: string;
  readonly layers: CheckedLayers;
  readonly schedules: CheckedSchedules;
  /** Places among those without errors, by name. */
  readonly places: Readonly<Record<"layers" | "schedules", ReadonlyMap<string, number>>>;
  /** Meshes of the layers without errors, and the layers of such schedules, by place. */
  readonly meshes: readonly number[];
  readonly layerOf: readonly number[];
}

export function checkClaims(layers: CheckedLayers, schedules: CheckedSchedules, context: CheckContext): CheckIR[] {
  const { bound } = context;
  const places = { layers: placesOf(layers), schedules: placesOf(schedules) };
  const meshes = [...layers.values()].flatMap((layer) => layer?.ir.mesh ?? []);
  const layerOf = [...schedules.values()].flatMap((schedule) => schedule?.layer ?? []);
  const scope = { context, file: bound.entry, layers, schedules, places, meshes, layerOf };
  return bound.files.get(bound.entry)!.checks.flatMap((node) => checkOne(node, scope) ?? []);
}

function checkOne(node: CheckDecl, scope: ClaimScope): CheckIR | undefined {
  const subject = subjectOf(node, scope);
  const mesh = subject && meshOfSubject(subject, scope);
  const claims = node.claims.flatMap((claim) => resolveClaim(claim, { ...scope, ...mesh }) ?? []);
  const ranges = checkForClauses(node, scope.context);
  return subject && { subject, claims, ranges, location: locate(scope.file, node.subject) };
}

/** The context on the mesh of the layer that the claims are about. */
function meshOfSubject({ kind, index }: CheckIR["subject"], { context, meshes, layerOf }: ClaimScope) {
  return { context: onMesh(context, meshes[kind === "layer" ? index : layerOf[index]!]!) };
}

/** Where a schedule and a layer share the name, the schedule. */
function subjectOf(
  node: CheckDecl,
  { context, file, layers, schedules, places }: ClaimScope,
): CheckIR["subject"] | undefined {
  const name = pathText(node.subject);
  if (schedules.has(name)) {
    const index = places.schedules.get(name) ?? -1;
    return index < 0 ? undefined : { kind: "schedule", index };
  }
  if (layers.has(name)) {
    const index = places.layers.get(name) ?? -1;
    return index < 0 ? undefined : { kind: "layer", index };
  }
  const known = [...schedules.keys(), ...layers.keys()];
  context.bound.reportUnknownName(identifierOf(node.subject), file, "a schedule or a layer", [], known);
  return undefined;
}

/** Undefined where it has an error, which is reported here, or is not built yet, which bind reported. */
function resolveClaim(claim: Claim, scope: ClaimScope): ClaimIR | undefined {
  const { context, file, layers, places } = scope;
  const location = locate(file, claim);
  switch (claim.kind) {
    case "SameResultClaim": {
      const name = layerNamed(claim.layer, layers, context);
      const layer = name === undefined ? -1 : (places.layers.get(name) ?? -1);
      const within = claim.within && quantityOf(claim.within, plain, "What a result may differ by", scope);
      if (layer < 0 || (claim.within && within === undefined)) return undefined;
      return { location, claim: "same result", layer, ...(within !== undefined && { within }) };
    }
    case "NoClaim":
      return { location, claim: `no ${claim.what}` };
    case "QuantityClaim": {
      const { quantity, perRank, comparison } = claim;
      const isCount = quantity === "messages" || quantity === "rounds";
      const what = `What \`${quantity}\` is compared with`;
      const limit = quantityOf(claim.limit, isCount ? plain : bytes, what, scope);
      const over = claim.over && meshAxisOf(claim.over, scope);
      if (limit === undefined || (claim.over && over === undefined)) return undefined;
      return { location, claim: quantity, perRank, comparison, limit, ...(over !== undefined && { over }) };
    }
    case "HidesClaim": {
      const share = quantityOf(claim.share, plain, "A share", scope);
      if (share === undefined) return undefined;
      if (share >= 0 && share <= 1) return { location, claim: "hides", share };
      const parameters = { what: "A share", expected: "from 0 % to 100 %", value: `${share * 100} %` };
      context.diagnostics.report("value-out-of-range", locate(file, claim.share), parameters);
      return undefined;
    }
    case "BoundClaim": {
      const what = "How many times the bound";
      const factor = quantityOf(claim.factor, plain, what, scope);
      if (factor === undefined) return undefined;
      if (factor >= 1) return { location, claim: "bound", factor };
      const parameters = { what, expected: "at least 1", value: factor };
      context.diagnostics.report("value-out-of-range", locate(file, claim.factor), parameters);
      return undefined;
    }
    case "FasterClaim":
      return resolveFaster(claim, scope);
    default:
      return undefined;
  }
}

function resolveFaster(claim: Extract<Claim, { kind: "FasterClaim" }>, scope: ClaimScope): ClaimIR | undefined {
  const { context, file, schedules, places } = scope;
  const name = pathText(claim.schedule);
  const by = claim.by ? quantityOf(claim.by, plain, "How many times faster", scope) : undefined;
  if (!schedules.has(name)) {
    context.bound.reportUnknownName(identifierOf(claim.schedule), file, "a schedule", ["schedule"], schedules.keys());
    return undefined;
  }
  const schedule = places.schedules.get(name) ?? -1;
  if (schedule < 0 || (claim.by && by === undefined)) return undefined;
  return { location: locate(file, claim), claim: "faster than", schedule, ...(by !== undefined && { by }) };
}
