/**
 * A contraction as WGSL whose operands go through memory that a workgroup shares: its invocations load a tile of each operand
 * together, once for all of them, and compute some rows by some fours of columns each from those.
 */
import type { KernelIR, MonoidIR } from "../../../check/ir.js";
import { createOpKernel } from "../kernels/op-kernel.js";
import { times } from "../text/indices.js";
import { foursAsF32, oneAsF32, typeOf } from "../text/scalars.js";
import type { WgslModule } from "../text/writer.js";
import { finishFunction } from "./finish.js";
import type { Contraction } from "./match.js";
import { rowTexts } from "./rows.js";
import type { ContractionKey, ContractionVariant } from "./variant.js";

/** Bytes that a workgroup shares at most: where tiles are of f32. */
export function sharedBytes({ rows, fours, across, down, depth = 0 }: ContractionVariant["tile"]): number {
  return 4 * depth * (rows * down + 4 * fours * across);
}

export function generateShared(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  contraction: Contraction,
  variant: ContractionVariant,
  comment: readonly string[],
): WgslModule<ContractionKey> {
  const op = createOpKernel<ContractionKey>(kernel, monoids, variant.kernel);
  const { writer, tensors } = op;
  const { line, say, open, close, table } = writer;
  const { rows, fours, across, down, depth = 8 } = variant.tile;
  const rowText = rowTexts(op, contraction, variant, rows * down);
  const { field } = rowText;
  const tileRows = rows * down;
  const tileFours = fours * across;
  const invocations = across * down;
  const left = tensors.array(`operand ${contraction.left.operand}`);
  const right = tensors.array(`operand ${contraction.right.operand}`);
  // Tiles are as narrow as the language has it: f16 stays f16 until it is multiplied.
  const [leftOne, leftFour, rightFour] = [left.number, typeOf(true, left.number), typeOf(true, right.number)];

  finishFunction(op, contraction, variant, rowText);
  writer.share(
    `Elements of the left operand, ${depth} of each of ${tileRows} rows, and fours of the right one, ${depth} rows of ${tileFours}.`,
    [
      { name: "left_tile", element: leftOne, count: depth * tileRows },
      { name: "right_tile", element: rightFour, count: depth * tileFours },
    ],
  );
  say("A workgroup has a tile of rows and of fours of columns; each of its invocations some of both.");
  line("let tile = i32(workgroup.y);");
  line(`let first_four = i32(workgroup.x) * ${tileFours};`);
  line(`let invocation = i32(local.y) * ${across} + i32(local.x);`);
  rowText.begin(true);
  for (let row = 0; row < rows; row++)
    for (let four = 0; four < fours; four++) line(`var sum_${row}_${four} = vec4f();`);
  let length = field("length");
  let [leftBegin, rightBegin] = ["", ""];
  if (variant.hasStretches) {
    open(`for (var stretch = 0; stretch < ${field("stretchCount")}; stretch++)`);
    line(`let at = ${field("stretchesAt")} + 3 * stretch;`);
    line(`let length = ${table("at + 2")};`);
    [leftBegin, rightBegin] = [` + ${table("at")}`, ` + ${table("at + 1")}`];
    length = "length";
  }
  open(`for (var first_k = 0; first_k < ${length}; first_k += ${depth})`);
  say("Some steps along k of both operands, loaded together. Beyond the ends there are zeros.");
  loadLeft();
  loadRight();
  line("workgroupBarrier();");
  say("Products of what is there.");
  open(`for (var k = 0; k < ${depth}; k++)`);
  for (let four = 0; four < fours; four++) {
    const place = `k * ${tileFours} + ${four === 0 ? "" : `${four * across} + `}i32(local.x)`;
    line(`let b${four} = ${foursAsF32(`right_tile[${place}]`, right.number)};`);
  }
  for (let row = 0; row < rows; row++) {
    const place = `k * ${tileRows} + ${times("i32(local.y)", rows)}${row === 0 ? "" : ` + ${row}`}`;
    line(`let a${row} = ${oneAsF32(`left_tile[${place}]`, left.number)};`);
    for (let four = 0; four < fours; four++)
      line(`sum_${row}_${four} = fma(vec4f(a${row}), b${four}, sum_${row}_${four});`);
  }
  close();
  line("workgroupBarrier();");
  close(variant.hasStretches ? 2 : 1);

  const sums = Array.from({ length: rows * fours }, (_, n) => `sum_${Math.floor(n / fours)}_${n % fours}`);
  line(`let sums = array<vec4f, ${sums.length}>(${sums.join(", ")});`);
  open(`for (var number = 0; number < ${sums.length}; number++)`);
  line(`let own = ${times("i32(local.y)", rows)} + ${fours === 1 ? "number" : `number / ${fours}`};`);
  line("if (own >= count) { break; }");
  const group = `first_four + ${fours === 1 ? "" : `${across} * (number % ${fours}) + `}i32(local.x)`;
  line(`finish(${[...rowText.valuesOf("first + own"), group, "sums[number]"].join(", ")});`);
  close();
  const signature = `@compute @workgroup_size(${across}, ${down})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_id) local: vec3u)`;
  return writer.module(comment, signature);

  /** Beyond the rows and beyond k there are zeros: what is read there may be anything. */
  function loadLeft(): void {
    const byFours = variant.left === "fours";
    const each = byFours ? depth / 4 : depth;
    open(`for (var n = invocation; n < ${tileRows * each}; n += ${invocations})`);
    line(`let row = n / ${each};`);
    line(`let k = ${byFours ? "4 * " : ""}(n % ${each});`);
    const place = `${rowText.leftPlace("first + row")}${leftBegin}`;
    if (byFours) {
      line(`var four = ${leftFour}();`);
      line(`if (row < count && first_k + k < ${length}) { four = ${left.loadFour(`${place} + (first_k + k) / 4`)}; }`);
      for (let i = 0; i < 4; i++) {
        const one = i === 0 ? "four.x" : `select(${leftOne}(0), four.${"xyzw"[i]}, first_k + k + ${i} < ${length})`;
        line(`left_tile[${i === 0 ? "k" : `(k + ${i})`} * ${tileRows} + row] = ${one};`);
      }
    } else {
      line(`var one = ${leftOne}(0);`);
      line(
        `if (row < count && first_k + k < ${length}) { one = ${left.load(`${place} + (first_k + k) * ${field("leftAlong")}`)}; }`,
      );
      line(`left_tile[k * ${tileRows} + row] = one;`);
    }
    close();
  }

  function loadRight(): void {
    open(`for (var n = invocation; n < ${depth * tileFours}; n += ${invocations})`);
    line(`let k = first_k + n / ${tileFours};`);
    line(`let four = first_four + n % ${tileFours};`);
    line(`var value = ${rightFour}();`);
    open(`if (k < ${length} && four < ${field("columnGroups")})`);
    const place = `right_start${rightBegin}`;
    if (variant.right === "columns") {
      line(`value = ${right.loadFour(`${place} + k * ${field("rightAlong")} + four`)};`);
    } else {
      const columns = [0, 1, 2, 3].map((column) => `(4 * four + ${column}) * ${field("columnStep")}`);
      const ones = columns.map((column) =>
        variant.right === "ones"
          ? right.load(`${place} + k * ${field("rightAlong")} + ${column}`)
          : `${right.loadFour(`${place} + (k >> 2u) + ${column}`)}[k & 3]`,
      );
      line(`value = ${rightFour}(${ones.join(", ")});`);
    }
    close();
    line("right_tile[n] = value;");
    close();
  }
}
