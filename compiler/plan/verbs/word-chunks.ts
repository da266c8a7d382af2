/** Where a word's chunks begin and end in what it takes and what it delivers, and which values have those indices. */
import { sameCuts } from "../../check/compare-types.js";
import type { AxisIR, LayerIR, WordStatement } from "../../check/ir.js";
import { dimensionInChunks, scansPending } from "../../lower/chunks.js";
import { product } from "../../lower/cost.js";
import type { VerbContext } from "./context.js";
import { longestPart } from "./extent.js";

export interface ChunkLayout {
  readonly dimension: number;
  readonly axis: AxisIR;
}

/** Along which dimensions, and cut how, a word takes chunks of its operand and delivers chunks of its result. */
export function chunkLayouts(
  context: Pick<VerbContext, "layer" | "program">,
  word: WordStatement,
): { readonly taken: readonly ChunkLayout[]; readonly delivered: readonly ChunkLayout[] } {
  const { layer, program } = context;
  const operand = layer.values[word.operand]!;
  const result = layer.values[word.result]!;
  // What is pending is scanned whole.
  if (scansPending(word)) return { taken: [], delivered: [] };
  switch (word.word) {
    case "all_reduce":
    case "broadcast":
    case "reduce":
    case "send": {
      const lengths = operand.axes.map((axis) => longestPart(program, axis));
      const sizes = word.meshAxes.map((meshAxis) => program.mesh.axes[meshAxis]!.size);
      const dimension = dimensionInChunks(lengths, product(sizes));
      const axis = operand.axes[dimension];
      if (axis === undefined) return { taken: [], delivered: [] };
      const cuts = [...axis.cuts, ...word.meshAxes.map((meshAxis) => ({ meshAxis }))];
      const chunks = [{ dimension, axis: { ...axis, cuts } }];
      return { taken: chunks, delivered: chunks };
    }
    case "reshard": {
      const changed = operand.axes.flatMap((axis, d) => (sameCuts(axis.cuts, result.axes[d]!.cuts) ? [] : [d]));
      return {
        taken: changed.map((dimension) => ({ dimension, axis: result.axes[dimension]! })),
        delivered: changed.map((dimension) => ({ dimension, axis: operand.axes[dimension]! })),
      };
    }
    default: {
      const { cutBefore, cutAfter } = word;
      const taken = cutAfter === undefined ? [] : [{ dimension: cutAfter, axis: result.axes[cutAfter]! }];
      const delivered = cutBefore === undefined ? [] : [{ dimension: cutBefore, axis: operand.axes[cutBefore]! }];
      return { taken, delivered };
    }
  }
}

/** Values that have the indices of a value in place: itself, and along shards and fans what it is a view of, or has views. */
export function inPlace(layer: LayerIR, value: number): Set<number> {
  const same = new Set([value]);
  const inPlaceViews = layer.statements.filter(
    (ir) => ir.kind === "view" && (ir.view === "shard" || ir.view === "fan"),
  );
  for (const ir of inPlaceViews.toReversed()) if (ir.kind === "view" && same.has(ir.result)) same.add(ir.operand);
  for (const ir of inPlaceViews) if (ir.kind === "view" && same.has(ir.operand)) same.add(ir.result);
  return same;
}
