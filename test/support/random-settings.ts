/** Random settings for a layer: through the verbs of a schedule, and straight, where verbs would not go. */
import type {
  AxisIR,
  CheckedProgram,
  CollectiveIR,
  GrainIR,
  LayerIR,
  ScheduleIR,
  Target,
  VerbIR,
} from "../../compiler/check/ir.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { runCollective } from "../../compiler/lower/collective-run.js";
import type { Settings } from "../../compiler/lower/settings.js";
import { isCollective, useOf, type CollectiveStatement } from "../../compiler/lower/word-contract.js";
import { defaultSettings, settingsOf } from "../../compiler/plan/settings.js";
import { somewhere } from "./layer-builder.js";
import type { Draw } from "./random-draw.js";

/** Settings of some random verbs. Those that a verb refuses are refused: what it says is returned. */
export function settingsByVerbs(
  draw: Draw,
  program: CheckedProgram,
  layer: LayerIR,
): { readonly settings: Settings; readonly verbs: readonly VerbIR[]; readonly diagnostics: readonly Diagnostic[] } {
  const verbs = Array.from({ length: draw.integer(0, 6) }, () => randomVerb(draw, layer));
  const schedule: ScheduleIR = { name: "s", layer: 0, verbs, location: somewhere };
  const diagnostics = createCollector();
  const settings = settingsOf(program, layer, schedule, diagnostics);
  return { settings, verbs, diagnostics: diagnostics.list() };
}

function targetOf(layer: LayerIR, statement: number): Target {
  const { result } = layer.statements[statement]!;
  return { path: layer.values[result]!.name, statements: [statement], value: result, location: somewhere };
}

/** Mostly of a statement that the verb is for: what verbs refuse tells little about what they do. */
function randomVerb(draw: Draw, layer: LayerIR): VerbIR {
  const all = layer.statements.map((_, s) => s);
  const those = (fits: (statement: LayerIR["statements"][number]) => boolean): number => {
    const found = all.filter((s) => fits(layer.statements[s]!));
    return draw.pick(found.length > 0 && !draw.oneIn(6) ? found : all);
  };
  const statement = draw.pick(all);
  const target = targetOf(layer, statement);
  const later = targetOf(layer, draw.integer(statement, layer.statements.length - 1));
  const any = targetOf(layer, draw.pick(all));
  const { name, size, cuts } = draw.pick(layer.values.flatMap((value) => value.axes));
  const location = somewhere;
  switch (draw.integer(0, 12)) {
    case 0: {
      const within = cuts.length > 0 && !draw.oneIn(4) ? draw.pick(cuts).meshAxis : undefined;
      const count = draw.integer(1, 3);
      const places = Array.from({ length: count - 1 }, () => draw.integer(0, size)).toSorted((x, y) => x - y);
      const at = draw.oneIn(3) ? { at: places } : {};
      const inside = within === undefined ? {} : { within };
      return { verb: "split", axis: name, ...inside, count, ...at, names: [], location };
    }
    case 1:
    case 2: {
      const op = targetOf(
        layer,
        those((ir) => ir.kind === "op"),
      );
      const sizes = layer.values[op.value]!.axes.map(() => draw.integer(1, 4)).slice(draw.oneIn(3) ? 1 : 0);
      return { verb: "tile", targets: [op], sizes, location };
    }
    case 3:
    case 4:
      return { verb: "overlap", groups: [[target], [later]], grain: randomGrain(draw, name), location };
    case 5:
      return { verb: "overlap", groups: draw.oneIn(2) ? [[target, any]] : [[target], [later]], location };
    case 6:
      return { verb: "order", target, as: any, by: [], location };
    case 7: {
      const own = layer.values[target.value]!.axes.map((axis) => axis.name);
      return { verb: "order", target, by: [own.length > 0 && !draw.oneIn(6) ? draw.pick(own) : name], location };
    }
    case 8: {
      const reducing = those((ir) => ir.kind === "op" && ir.kernel.body.kind === "reduce");
      const ir = layer.statements[reducing]!;
      const read = ir.kind === "op" ? layer.values[draw.pick(ir.operands)]!.axes.map((axis) => axis.name) : [];
      const axis = read.length > 0 ? draw.pick(read) : name;
      return { verb: "accumulate", targets: [targetOf(layer, reducing)], axis, location };
    }
    case 9: {
      const word = targetOf(
        layer,
        those((ir) => ir.kind === "word"),
      );
      return { verb: "use", collective: draw.oneIn(2) ? "ring" : "direct", targets: [word], location };
    }
    case 10: {
      if (draw.oneIn(2)) return { verb: "async", targets: [target], location };
      const gathered = targetOf(
        layer,
        those((ir) => ir.kind === "word" && ir.word === "all_gather"),
      );
      return { verb: "keep", count: draw.integer(1, 3), targets: [gathered], location };
    }
    case 11:
      return { verb: "priority", target, above: any, location };
    default: {
      const engine = draw.pick(["sms", "copy", "nic", "stores", "memory"] as const);
      const amount = engine === "sms" ? { amount: draw.integer(1, 3) } : {};
      const moved =
        engine === "sms"
          ? target
          : targetOf(
              layer,
              those((ir) => ir.kind === "word"),
            );
      return { verb: "run", targets: [moved], engine, ...amount, location };
    }
  }
}

function randomGrain(draw: Draw, axis: string): GrainIR {
  const kind = draw.pick(["rows", "tile", "shard", "shard", "bucket", "axis", "axis"] as const);
  if (kind === "axis") return { kind, axis, size: draw.integer(1, 5) };
  if (kind === "bucket") return { kind, bytes: draw.integer(1, 200) };
  return { kind };
}

/** Settings as no verb would write them: any cut, any restart, any pair without a barrier. */
export function settingsByHand(draw: Draw, program: CheckedProgram, layer: LayerIR): Settings {
  const settings = defaultSettings(program, layer);
  const count = layer.statements.length;
  const axes = layer.values.flatMap((value) => value.axes);
  layer.statements.forEach((ir, s) => {
    const own = settings.statements[s]!;
    layer.values[ir.result]!.axes.forEach((axis, d) => {
      const cut = own.cuts[d]!;
      if (draw.oneIn(2)) cut.step = draw.integer(1, 5);
      cut.tiled = draw.oneIn(3);
      // A word's chunks already end where layouts do.
      if (ir.kind === "op" && draw.oneIn(3)) cut.restarts.push(restart(draw, axes, axis));
    });
    if (ir.kind === "word" && isCollective(ir)) own.collective = draw.pick(collectivesFor(program, ir));
    own.async = draw.oneIn(6);
    const body = ir.kind === "op" ? ir.kernel.body : undefined;
    if (ir.kind === "op" && body?.kind === "reduce" && body.rowsWhere === undefined && draw.oneIn(2)) {
      const names = ir.operands.flatMap((operand) => layer.values[operand]!.axes.map((axis) => axis.name));
      const over = body.variables.map((v) => ir.kernel.variables[v]!.name).filter((name) => names.includes(name));
      if (over.length > 0)
        own.accumulate = { axis: draw.pick(over), cut: { step: draw.integer(1, 3), tiled: false, restarts: [] } };
    }
  });
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) if (draw.oneIn(2)) settings.relaxed.add(a * count + b);
  return settings;
}

/** Those that do the word at its size: some need several mesh axes, or a power of two. */
function collectivesFor(program: CheckedProgram, ir: CollectiveStatement): CollectiveIR[] {
  const use = useOf(program, ir);
  return program.collectives.filter(
    (c) =>
      c.word === ir.word &&
      (c.inclusive ?? false) === (ir.inclusive ?? false) &&
      runCollective(c, use).problems.length === 0,
  );
}

/** The layout of some value along an axis of the same kind and size. */
function restart(draw: Draw, axes: readonly AxisIR[], axis: AxisIR): AxisIR {
  return draw.pick(axes.filter((other) => other.table === axis.table && other.size === axis.size));
}
