/**
 * `fuse a .. b`: one launch, the value between never in memory. The verb rewrites the layer (compiler/rewrite) before
 * anything else is applied; targets of other verbs are carried over to what their statements have become.
 */
import type { LayerIR, ScheduleIR, Target, VerbIR } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { reportInputs } from "./settings.js";
import { fuseStatements } from "../rewrite/fuse.js";

export function applyFusions(
  layer: LayerIR,
  schedule: ScheduleIR,
  diagnostics: DiagnosticCollector,
): { layer: LayerIR; schedule: ScheduleIR } {
  let current = layer;
  let verbs = schedule.verbs;
  for (;;) {
    const verb = verbs.find((v) => v.verb === "fuse");
    if (verb === undefined) return { layer: current, schedule: { ...schedule, verbs } };
    if (reportInputs(verb, diagnostics)) {
      verbs = verbs.filter((v) => v !== verb);
      continue;
    }
    const first = verb.first.statements.at(-1)!;
    const last = verb.last.statements.at(-1)!;
    const fused = fuseStatements(current, first, last);
    verbs = verbs.filter((v) => v !== verb);
    if ("problem" in fused) {
      const names = { first: verb.first.path, last: verb.last.path };
      diagnostics.report("fuse-not-possible", verb.location, { ...names, reason: fused.problem });
      continue;
    }
    const become = statementMap(current, fused, last);
    current = fused;
    verbs = verbs.map((v) => retargetVerb(v, (target) => retarget(target, become)));
  }
}

/** New number of each old statement: by the name of its result; those fused away are the last of them. */
function statementMap(before: LayerIR, after: LayerIR, last: number): number[] {
  const byName = new Map(after.statements.map((ir, s) => [after.values[ir.result]!.name, s]));
  const merged = byName.get(before.values[before.statements[last]!.result]!.name)!;
  return before.statements.map((ir) => byName.get(before.values[ir.result]!.name) ?? merged);
}

function retarget(target: Target, become: readonly number[]): Target {
  const statements = [...new Set(target.statements.map((s) => become[s]!))].toSorted((a, b) => a - b);
  return { ...target, statements };
}

function retargetVerb(verb: VerbIR, map: (target: Target) => Target): VerbIR {
  switch (verb.verb) {
    case "split":
      return verb;
    case "overlap":
      return { ...verb, groups: verb.groups.map((group) => group.map(map)) };
    case "order":
      return { ...verb, target: map(verb.target), ...(verb.as === undefined ? {} : { as: map(verb.as) }) };
    case "priority":
      return { ...verb, target: map(verb.target), above: map(verb.above) };
    case "fuse":
      return { ...verb, first: map(verb.first), last: map(verb.last) };
    default:
      return { ...verb, targets: verb.targets.map(map) };
  }
}
