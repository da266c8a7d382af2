/**
 * `split axis [within mesh] into n [at ..] [as ..]`
 *
 * Legality. For every value v of the layer and every mesh axis m that divides v along the axis: the split is `within`
 * m. (Else part i of the logical indices would be divided over m anew and lie on other ranks than v's layout says.)
 * The parts are disjoint and cover the axis, so each index is computed once, in one part; a statement that reduces
 * over the axis, or scans along it, is not split and reads all parts.
 *
 * Effect. Each statement whose result carries the axis is replaced by one per part; a table's rows carry the axes of
 * the table, and a part has the rows whose `from` (or `to`) lies in it.
 */
import { axisOf, isSplit } from "../../lower/parts.js";
import { Domains } from "../../lower/domains.js";
import { longestPart } from "./extent.js";
import { resultName, type VerbContext, type VerbOf } from "./context.js";

/** Parts of one split; more would be a loop. */
const maximalParts = 1024;

export function applySplit(context: VerbContext, verb: VerbOf<"split">): void {
  const { program, layer, settings, diagnostics } = context;
  const { axis, within, count } = verb;
  const domains = new Domains(program);
  if (!Number.isInteger(count) || count < 1 || count > maximalParts) {
    diagnostics.report("split-count", verb.location, { count, most: maximalParts });
    return;
  }
  if (settings.splits.some((split) => split.axis === axis)) {
    diagnostics.report("split-twice", verb.location, { axis });
    return;
  }
  if (!layer.statements.some((ir) => isSplit(layer, domains, ir, axis))) {
    diagnostics.report("split-not-carried", verb.location, { axis, layer: layer.name });
    return;
  }
  const { size, cuts } = axisOf(program, layer, axis, within);
  if (within === undefined) {
    for (let s = 0; s < layer.statements.length; s++) {
      const cut = layer.values[layer.statements[s]!.result]!.axes.find((a) => a.name === axis && a.cuts.length > 0);
      if (cut === undefined) continue;
      const mesh = program.mesh.axes[cut.cuts[0]!.meshAxis]!.name;
      diagnostics.report("split-changes-layout", verb.location, {
        axis,
        value: resultName(layer, s),
        mesh,
        axisAgain: axis,
        meshAgain: mesh,
      });
      return;
    }
  } else if (!cuts.some((cut) => cut.meshAxis === within)) {
    const mesh = program.mesh.axes[within]!.name;
    diagnostics.report("split-within-not-divided", verb.location, { axis, mesh, layer: layer.name });
    return;
  }
  if (verb.at !== undefined) {
    const limit = within === undefined ? size : longestPart(program, { name: axis, size, cuts });
    const places = [0, ...verb.at, limit];
    const ascending = places.every((place, i) => Number.isInteger(place) && (i === 0 || place >= places[i - 1]!));
    if (verb.at.length !== count - 1 || !ascending) {
      diagnostics.report("split-places", verb.location, { count, wanted: count - 1, size: limit });
      return;
    }
  }
  settings.splits.push({ axis, within, count, at: verb.at, names: verb.names });
}
