/**
 * `keep n of v, ..`
 *
 * Legality. v is delivered in chunks (a gathered value): chunk i may take the slot of chunk i - n once every task
 * that reads chunk i - n has finished, and v is no output, all of which must stay. With n >= 2 one chunk can be read while the next arrives; whether the readers'
 * order agrees with the order of arrival is shown afterwards: a disagreement is a cycle, and prove says so.
 *
 * Effect. On each rank v has n slots instead of one a chunk; reuse edges go from the readers of a chunk to the delivery
 * that overwrites it.
 */
import { wordOf, type VerbContext, type VerbOf } from "./context.js";

export function applyKeep(context: VerbContext, verb: VerbOf<"keep">): void {
  const { layer, settings, diagnostics } = context;
  for (const target of verb.targets) {
    const gathers = target.statements.filter((s) => wordOf(layer, s)?.word === "all_gather");
    if (gathers.length === 0) {
      diagnostics.report("keep-not-delivered", target.location, { value: target.path });
      continue;
    }
    if (!Number.isInteger(verb.count) || verb.count < 1) {
      diagnostics.report("keep-count", verb.location, { least: 1, count: verb.count });
      continue;
    }
    if (gathers.some((s) => layer.outputs.includes(layer.statements[s]!.result))) {
      diagnostics.report("keep-output", target.location, { value: target.path });
      continue;
    }
    for (const s of gathers) settings.statements[s]!.keep = verb.count;
  }
}
