/** The verbs of a schedule, applied in the order in which they depend on each other, to settings for every statement. */
import type { CheckedProgram, LayerIR, ScheduleIR, Target, VerbIR } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Settings, StatementSettings } from "../lower/settings.js";
import { isCollective } from "../lower/word-contract.js";
import { applyAccumulate } from "./verbs/accumulate.js";
import { applyAsync } from "./verbs/async.js";
import type { VerbContext } from "./verbs/context.js";
import { applyKeep } from "./verbs/keep.js";
import { applyOrder } from "./verbs/order.js";
import { applyOverlap } from "./verbs/overlap.js";
import { applyPriority } from "./verbs/priority.js";
import { applyRun, automaticShare } from "./verbs/run.js";
import { applySplit } from "./verbs/split.js";
import { applyTile } from "./verbs/tile.js";
import { applyUse, defaultCollective } from "./verbs/use.js";

/** What a schedule without verbs has: whole values, one after another, the default collectives and engines. */
export function defaultSettings(program: CheckedProgram, layer: LayerIR): Settings {
  const copies = program.machine.kinds.every((kind) => kind.copyEngines > 0);
  const most = Math.min(...program.machine.kinds.map((kind) => kind.sms)) - 1;
  const statements = layer.statements.map((ir, launch): StatementSettings => {
    const result = layer.values[ir.result]!;
    const base = { cuts: result.axes.map(() => ({ tiled: false, restarts: [] })), async: false, launch };
    if (ir.kind === "op") return { ...base, engine: "sms" };
    if (ir.kind === "view") return base;
    const collective = defaultCollective(program, ir);
    const engine = copies
      ? { engine: "copy" as const }
      : { engine: "sms" as const, share: { sms: automaticShare(program.machine, 1, Math.max(1, most)), of: launch } };
    return { ...base, ...engine, ...(collective === undefined ? {} : { collective }) };
  });
  return { splits: [], statements, relaxed: new Set(), overlapGroups: [], priorities: [] };
}

/** Verbs that others build on come first: cuts before grains, grains before orders. */
const applicationOrder: readonly VerbIR["verb"][] = [
  "split",
  "use",
  "run",
  "tile",
  "accumulate",
  "keep",
  "async",
  "overlap",
  "order",
  "priority",
];

/** Settings of a schedule (after `fuse`, which rewrites the layer). Mistakes go to `diagnostics`. */
export function settingsOf(
  program: CheckedProgram,
  layer: LayerIR,
  schedule: ScheduleIR,
  diagnostics: DiagnosticCollector,
): Settings {
  const context: VerbContext = { program, layer, settings: defaultSettings(program, layer), diagnostics };
  const verbs = schedule.verbs.toSorted((a, b) => applicationOrder.indexOf(a.verb) - applicationOrder.indexOf(b.verb));
  for (const verb of verbs) if (!reportInputs(verb, diagnostics)) applyVerb(context, verb);
  for (const [s, own] of context.settings.statements.entries()) {
    const ir = layer.statements[s]!;
    if (ir.kind === "word" && isCollective(ir) && own.collective === undefined)
      diagnostics.report("use-no-such-collective", ir.location, { collective: "ring", word: ir.word, known: "" });
  }
  return context.settings;
}

/** A verb acts on statements; an input of the layer has none. True where one is named. */
export function reportInputs(verb: VerbIR, diagnostics: DiagnosticCollector): boolean {
  const inputs = targetsOf(verb).filter((target) => target.statements.length === 0);
  for (const { location, path } of inputs)
    diagnostics.report("verb-on-input", location, { value: path, verb: verb.verb });
  return inputs.length > 0;
}

function targetsOf(verb: VerbIR): readonly Target[] {
  switch (verb.verb) {
    case "split":
      return [];
    case "overlap":
      return verb.groups.flat();
    case "order":
      return verb.as === undefined ? [verb.target] : [verb.target, verb.as];
    case "priority":
      return [verb.target, verb.above];
    case "fuse":
      return [verb.first, verb.last];
    default:
      return verb.targets;
  }
}

function applyVerb(context: VerbContext, verb: VerbIR): void {
  switch (verb.verb) {
    case "split":
      return applySplit(context, verb);
    case "tile":
      return applyTile(context, verb);
    case "accumulate":
      return applyAccumulate(context, verb);
    case "use":
      return applyUse(context, verb);
    case "run":
      return applyRun(context, verb);
    case "keep":
      return applyKeep(context, verb);
    case "async":
      return applyAsync(context, verb);
    case "overlap":
      return applyOverlap(context, verb);
    case "order":
      return applyOrder(context, verb);
    case "priority":
      return applyPriority(context, verb);
    case "fuse":
      return; // applied to the layer before (see fuse.ts)
  }
}
