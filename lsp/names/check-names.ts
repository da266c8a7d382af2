/** Names in a check: what it is about, what that is compared with, and what its claims range over. */
import { pathText } from "../../compiler/check/schedules.js";
import type { CheckDecl, Claim, ForBinding, MeshDecl, Path } from "../../grammar/ast.js";
import { meshAxis, meshOf } from "./members.js";
import { walkNumber } from "./numbers.js";
import { walkLayerPath } from "./schedule-names.js";
import { walkSettingValue } from "./size-names.js";
import type { Walk } from "./walk.js";

export function walkCheck(node: CheckDecl, walk: Walk): void {
  walkSubject(node.subject, walk);
  const mesh = meshOfSubject(node.subject, walk);
  for (const claim of node.claims) walkClaim(claim, mesh, walk);
}

/** Where a schedule and a layer share the name, the schedule. */
function walkSubject({ segments }: Path, walk: Walk): void {
  for (const { name } of segments) {
    const schedules = walk.scope.find("schedules", name.text);
    walk.refer(name, schedules.length > 0 ? schedules : walk.scope.find("layers", name.text));
  }
}

function meshOfSubject(subject: Path, walk: Walk): MeshDecl | undefined {
  const name = pathText(subject);
  const [schedule] = walk.scope.definitions("schedules", name);
  const of = schedule?.kind === "schedule" ? pathText(schedule.node.layer) : name;
  const layer = walk.scope.layer(of);
  return layer?.file === walk.file ? meshOf(layer.node, walk.scope) : undefined;
}

function walkClaim(claim: Claim, mesh: MeshDecl | undefined, walk: Walk): void {
  switch (claim.kind) {
    case "SameResultClaim":
      walkLayerPath(claim.layer, walk);
      if (claim.within) walkNumber(claim.within, walk);
      return;
    case "DriftClaim":
      walkLayerPath(claim.layer, walk);
      for (const number of [claim.limit, claim.steps]) if (number) walkNumber(number, walk);
      if (claim.counted) walk.builtIn(claim.counted, "setting");
      return;
    case "NoClaim":
      return;
    case "QuantityClaim":
      if (claim.over) walk.refer(claim.over, meshAxis(claim.over.text, mesh, walk.scope));
      return walkNumber(claim.limit, walk);
    case "HidesClaim":
      return walkNumber(claim.share, walk);
    case "FasterClaim":
      for (const { name } of claim.schedule.segments) walk.refer(name, walk.scope.find("schedules", name.text));
      if (claim.by) walkNumber(claim.by, walk);
      return;
    case "BoundClaim":
      return walkNumber(claim.factor, walk);
    case "ForClause":
      for (const binding of claim.bindings) walkBinding(binding, walk);
  }
}

/** `tokens in 64 .. 4096`, `gate in uniform, one(0)`, `gate seed in any`, `links speed in 0.5 .. 2`. */
function walkBinding({ name, what, values, step }: ForBinding, walk: Walk): void {
  const found = walk.scope.find("names", name.text);
  const isSetting =
    (what?.text === "speed" && name.text === "links") || (what?.text === "seed" && name.text === "inputs");
  if (isSetting && found.length === 0) walk.builtIn(name, "setting");
  else walk.refer(name, found, "write");
  if (what) walk.oneOf(what, ["seed", "speed"], "setting");
  if (step) walkNumber(step, walk);
  if (values === "any") return;
  for (const value of values) walkSettingValue(value, what ? [] : found, walk);
}
