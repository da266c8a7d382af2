/**
 * `tile v, .. by (m, n)`
 *
 * Legality. v is computed by an op and has at least as many axes as the tile has sizes; they are of its last axes. Any
 * size is legal: a block is computed from what its accesses touch, whatever its shape (R5). A size larger than its
 * extent is the extent; the last block is short, never padded.
 *
 * Effect. Each tile of v is a task. Tiles restart where the layout's parts and the chunks of an overlapped word do;
 * ragged rows restart at each `to` group.
 */
import { opOf, ownStatement, type VerbContext, type VerbOf } from "./context.js";

export function applyTile(context: VerbContext, verb: VerbOf<"tile">): void {
  const { layer, settings, diagnostics } = context;
  const bad = verb.sizes.find((size) => !Number.isInteger(size) || size < 1);
  if (bad !== undefined) {
    diagnostics.report("tile-size", verb.location, { size: bad });
    return;
  }
  for (const target of verb.targets) {
    const statement = ownStatement(target);
    const op = statement === undefined ? undefined : opOf(layer, statement);
    if (statement === undefined || op === undefined) {
      const ir = statement === undefined ? undefined : layer.statements[statement]!;
      const word = ir?.kind === "word" ? ir.word : "the caller";
      diagnostics.report("tile-not-an-op", target.location, { value: target.path, word });
      continue;
    }
    const axes = layer.values[op.result]!.axes.length;
    if (verb.sizes.length > axes) {
      diagnostics.report("tile-rank", target.location, { value: target.path, axes, sizes: verb.sizes.length });
      continue;
    }
    const own = settings.statements[statement]!;
    const first = axes - verb.sizes.length;
    own.tile = own.cuts.map((_, d) => (d < first ? 1 : verb.sizes[d - first]!));
    own.cuts.forEach((cut, d) => {
      cut.step = own.tile![d]!;
      cut.tiled = true;
    });
  }
}
