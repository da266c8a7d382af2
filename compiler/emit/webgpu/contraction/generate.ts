/**
 * A contraction as WGSL, its operands straight from memory: each invocation computes some rows by some fours of columns, and
 * loads what it needs of both operands once for four steps along k.
 */
import type { KernelIR, MonoidIR } from "../../../check/ir.js";
import { createOpKernel } from "../kernels/op-kernel.js";
import { times } from "../text/indices.js";
import type { WgslModule } from "../text/writer.js";
import { finishFunction } from "./finish.js";
import type { Contraction } from "./match.js";
import { productTexts } from "./products.js";
import { rowTexts } from "./rows.js";
import type { ContractionKey, ContractionVariant } from "./variant.js";

export function generateContraction(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  contraction: Contraction,
  variant: ContractionVariant,
  comment: readonly string[],
): WgslModule<ContractionKey> {
  const op = createOpKernel<ContractionKey>(kernel, monoids, variant.kernel);
  const { writer, tensors } = op;
  const { line, say, open, close } = writer;
  const { tile } = variant;
  const { rows, fours, across, down, by } = tile;
  const rowText = rowTexts(op, contraction, variant, rows);
  const { field } = rowText;

  if (by === "subgroups") {
    // They have one tile, so that all go the same way.
    writer.subgroups(tile.lanes!);
  }
  finishFunction(op, contraction, variant, rowText);
  say(
    fours === 1
      ? "A tile of rows, and four neighbouring columns."
      : `A tile of rows, and ${fours} fours of columns, ${across} from one to the next.`,
  );
  line(`let tile = ${times("i32(workgroup.y)", down)} + i32(local.y);`);
  line(`let four = ${times("i32(workgroup.x)", across * fours)} + i32(local.x);`);
  // Lanes that pass things around stay, whatever their columns.
  const isBeyond = by === "subgroups" ? "" : ` || four >= ${field("columnGroups")}`;
  line(`if (tile >= ${field("tiles")}${isBeyond}) { return; }`);
  rowText.begin(variant.hasEdge);
  const stretches = variant.hasStretches
    ? { stretches: { at: field("stretchesAt"), count: field("stretchCount") } }
    : {};
  const products = productTexts({ writer, tensors, contraction, variant, field, ...stretches });
  if (!variant.hasEdge) rowsFrom("first", rows);
  else if (rows <= edgeRows) rowsFrom("first", rows, "count");
  else {
    open(`if (count == ${rows})`);
    rowsFrom("first", rows);
    close();
    open("else");
    open(`for (var edge = 0; edge < count; edge += ${edgeRows})`);
    rowsFrom("first + edge", edgeRows, "count - edge");
    close(2);
  }
  const builtins = [
    "@builtin(workgroup_id) workgroup: vec3u",
    "@builtin(local_invocation_id) local: vec3u",
    ...(by === "subgroups" ? ["@builtin(subgroup_invocation_id) lane: u32"] : []),
  ];
  return writer.module(comment, `@compute @workgroup_size(${across}, ${down})\nfn main(${builtins.join(", ")})`);

  /**
   * Computes and stores so many rows, of which all the fours are the invocation's. `there`: how many of them there are, where
   * that may be fewer: what is beyond does as the last one does, and stores nothing.
   */
  function rowsFrom(first: string, count: number, there?: string): void {
    const rowOf = (row: string): string => {
      const own = there === undefined ? row : `min(${row}, ${there} - 1)`;
      return own === "0" ? first : `${first} + ${own}`;
    };
    const sums = products.sums((row) => rowText.leftPlace(rowOf(row)), "right_start", count).flat();
    // One by one: what is done with a sum stands in the text once.
    line(`let sums = array<vec4f, ${sums.length}>(${sums.join(", ")});`);
    const rowsHere = there === undefined ? count : `min(${count}, ${there})`;
    const end = there === undefined ? sums.length : fours === 1 ? rowsHere : `${fours} * ${rowsHere}`;
    open(`for (var number = 0; number < ${end}; number++)`);
    const row = count === 1 ? first : `${first} + ${fours === 1 ? "number" : `number / ${fours}`}`;
    const four = fours === 1 ? "four" : `four + ${across} * (number % ${fours})`;
    line(`finish(${[...rowText.valuesOf(row), four, "sums[number]"].join(", ")});`);
    close();
  }
}

/** Of a tile that has fewer rows than others, so many are computed at a time. */
export const edgeRows = 4;
