/** Claims of checks, with names resolved and limits in base units. They are judged by later stages. */
import type { CheckDecl, Claim } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { bytes, plain } from "../bind/quantity.js";
import { onMesh } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { checkForClauses } from "./for-clauses.js";
import { whyNotComparable } from "./comparable.js";
import type { CheckIR, ClaimIR, LayerIR, ScheduleIR } from "./ir.js";
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
  /** The layers without errors, and the layers of such schedules, by place. */
  readonly irs: readonly LayerIR[];
  readonly layerOf: readonly number[];
}

interface SubjectScope extends ClaimScope {
  /** The layer that the subject is, or computes; absent where there is no such subject. */
  readonly own?: LayerIR;
}

export function checkClaims(layers: CheckedLayers, schedules: CheckedSchedules, context: CheckContext): CheckIR[] {
  const { bound } = context;
  const places = { layers: placesOf(layers), schedules: placesOf(schedules) };
  const layerOf = [...schedules.values()].flatMap((schedule) => schedule?.layer ?? []);
  const irs = [...layers.values()].flatMap((layer) => layer?.ir ?? []);
  const scope = { context, file: bound.entry, layers, schedules, places, irs, layerOf };
  return bound.files.get(bound.entry)!.checks.flatMap((node) => checkOne(node, scope) ?? []);
}

function checkOne(node: CheckDecl, scope: ClaimScope): CheckIR | undefined {
  const subject = subjectOf(node, scope);
  const about = subject && aboutSubject(subject, scope);
  const claims = node.claims.flatMap((claim) => resolveClaim(claim, { ...scope, ...about }) ?? []);
  const ranges = checkForClauses(node, scope.context);
  return subject && { subject, claims, ranges, location: locate(scope.file, node.subject) };
}

/** The layer that the claims are about, and the context on its mesh. */
function aboutSubject({ kind, index }: CheckIR["subject"], { context, irs, layerOf }: ClaimScope) {
  const own = irs[kind === "layer" ? index : layerOf[index]!]!;
  return { own, context: onMesh(context, own.mesh) };
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
function resolveClaim(claim: Claim, scope: SubjectScope): ClaimIR | undefined {
  const { context, file } = scope;
  const location = locate(file, claim);
  switch (claim.kind) {
    case "SameResultClaim":
      return resolveSameResult(claim, scope);
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

function resolveSameResult(
  claim: Extract<Claim, { kind: "SameResultClaim" }>,
  scope: SubjectScope,
): ClaimIR | undefined {
  const { context, file, layers, places, irs, own } = scope;
  const name = layerNamed(claim.layer, layers, context);
  const layer = name === undefined ? -1 : (places.layers.get(name) ?? -1);
  const what = "What a result may differ by";
  const within = claim.within && quantityOf(claim.within, plain, what, scope);
  if (layer < 0 || (claim.within && within === undefined)) return undefined;
  if (within !== undefined && !(within >= 0)) {
    const parameters = { what, expected: "0 or more", value: within };
    context.diagnostics.report("value-out-of-range", locate(file, claim.within!), parameters);
    return undefined;
  }
  const reason = own && whyNotComparable(own, irs[layer]!);
  if (reason !== undefined) {
    context.diagnostics.report("not-comparable", locate(file, claim.layer), { layer: name!, own: own!.name, reason });
    return undefined;
  }
  return { location: locate(file, claim), claim: "same result", layer, ...(within !== undefined && { within }) };
}

function resolveFaster(claim: Extract<Claim, { kind: "FasterClaim" }>, scope: ClaimScope): ClaimIR | undefined {
  const { context, file, schedules, places } = scope;
  const name = pathText(claim.schedule);
  const what = "How many times as fast it is";
  const by = claim.by ? quantityOf(claim.by, plain, what, scope) : undefined;
  if (by !== undefined && !(by >= 1)) {
    // `by 5 %` is meant as a share more.
    const meant =
      by > 0 ? `, such as ${Number((1 + by).toPrecision(4))} for ${Number((by * 100).toPrecision(4))} % more` : "";
    const parameters = { what, expected: `at least 1${meant}`, value: by };
    context.diagnostics.report("value-out-of-range", locate(file, claim.by!), parameters);
    return undefined;
  }
  if (!schedules.has(name)) {
    context.bound.reportUnknownName(identifierOf(claim.schedule), file, "a schedule", ["schedule"], schedules.keys());
    return undefined;
  }
  const schedule = places.schedules.get(name) ?? -1;
  if (schedule < 0 || (claim.by && by === undefined)) return undefined;
  return { location: locate(file, claim), claim: "faster than", schedule, ...(by !== undefined && { by }) };
}
