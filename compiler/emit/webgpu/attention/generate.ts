/**
 * Attention as WGSL, block of keys by block of keys, scores never in memory (Dao et al., FlashAttention, 2022): a workgroup
 * has a tile of rows. For each block its invocations compute scores, agree on each row's greatest so far, decay what they
 * have by how much that rose, and add the block's values, weighed. Nothing is divided before the end.
 */
import type { KernelIR, MonoidIR } from "../../../check/ir.js";
import { productTexts } from "../contraction/products.js";
import { createOpKernel } from "../kernels/op-kernel.js";
import { laneIndex, narrowIndex, times } from "../text/indices.js";
import type { Environment } from "../text/indices.js";
import { bare, foursAsF32, narrow, splat, typeOf, wide } from "../text/scalars.js";
import type { WgslModule } from "../text/writer.js";
import type { Attention } from "./match.js";
import type { AttentionKey, AttentionVariant } from "./variant.js";

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export function generateAttention(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  attention: Attention,
  variant: AttentionVariant,
  comment: readonly string[],
): WgslModule<AttentionKey> {
  const op = createOpKernel<AttentionKey>(kernel, monoids, variant.kernel);
  const { writer, tensors, variables, evaluation, indices, give, results } = op;
  const { line, say, open, close, table } = writer;
  const field = (kind: Exclude<AttentionKey["kind"], "stride">): string =>
    writer.field(snake(kind), { kind } as AttentionKey);
  const { rows, fours, across, down } = variant.tile;
  const { reduce, components, t, d } = attention;
  const { outputFours, rowVariables } = variant;
  const tileRows = rows * down;
  const blockFours = fours * across;
  const identity = evaluation.monoids.identity(evaluation.monoids.of(reduce.monoid));
  const least = bare(identity[components.m]!.text);
  const all = { rows: range(rows), fours: range(fours), outputs: range(outputFours) };

  // Lanes of a subgroup have one tile.
  if (variant.hasLanes) writer.subgroups(across);
  finishFunction();
  writer.share(
    "Of each row of the tile: weights of a block's keys; and what each invocation of the row found, to agree on.",
    [
      { name: "weights", element: "vec4f", count: tileRows * blockFours },
      { name: "greatest", element: "f32", count: tileRows * across },
      { name: "totals", element: "f32", count: tileRows * across },
    ],
  );
  say("A tile of rows, and where the tables have it.");
  line("let tile = i32(workgroup.y * workgroups.x + workgroup.x);");
  line(`if (tile >= ${field("tiles")}) { return; }`);
  line(`let entry = ${field("tilesAt")} + 6 * tile;`);
  line(`let first = ${table("entry")};`);
  line(`let count = ${table("entry + 1")};`);
  line(`let own = ${times("i32(local.y)", rows)};`);
  line("let lane = i32(local.x);");
  line("let four = lane;");
  say("The rows of this invocation: its own indices, and what is known of them after each block of keys.");
  for (const row of all.rows) {
    line(`let row${row} = ${entryOf(String(row))};`);
    rowVariables.forEach((variable, place) =>
      line(`let ${indexName(variable, row)} = ${table(`row${row} + ${place + 1}`)};`),
    );
    line(`var m${row} = ${least};`);
    line(`var l${row} = 0.0;`);
    for (const output of all.outputs) line(`var o${row}_${output} = vec4f();`);
  }
  open(`for (var block = ${table("entry + 4")}; block < ${table("entry + 5")}; block++)`);
  line(`let at_block = ${field("blocksAt")} + ${4 + attention.around.length} * block;`);
  line(`let low_key = ${table("at_block")};`);
  line(`let keys_here = ${table("at_block + 1")};`);
  attention.around.forEach((variable, place) =>
    line(`let ${variables.name(variable)} = ${table(`at_block + ${4 + place}`)};`),
  );
  scores();
  weigh();
  addValues();
  close();
  say("Rows beyond the last are computed as it is, and not stored.");
  for (const row of all.rows) {
    open(`if (${ownRow(row)} < count)`);
    for (const output of all.outputs) {
      const group = output === 0 ? "lane" : `lane + ${output * across}`;
      const own = rowVariables.map((variable) => indexName(variable, row));
      line(`finish(${[...own, group, `o${row}_${output}`, `m${row}`, `l${row}`].join(", ")});`);
    }
    close();
  }
  const signature = `@compute @workgroup_size(${across}, ${down})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_id) local: vec3u,${variant.hasLanes ? "\n  @builtin(subgroup_invocation_id) subgroup_lane: u32," : ""}
)`;
  return writer.module(comment, signature);

  /** A row of the invocation by its number among those of the tile. */
  function ownRow(row: number): string {
    return row === 0 ? "own" : `own + ${row}`;
  }

  /** Where a number of an invocation is, in an array of as many for each row of the tile. */
  function sharedBy(row: number, invocation: number | "lane"): string {
    const first = `${row === 0 ? "own" : `(${ownRow(row)})`} * ${across}`;
    return invocation === 0 ? first : `${first} + ${invocation}`;
  }

  /** Where the weights of a row's keys begin, in fours. */
  function weightsOf(row: number): string {
    return `${row === 0 ? "own" : `(${ownRow(row)})`} * ${blockFours}`;
  }

  /** Where the table has a row of the invocation. Beyond the last row its neighbours do as it does, and store nothing. */
  function entryOf(row: string): string {
    return `${field("rowsAt")} + ${1 + rowVariables.length} * (first + min(${row === "0" ? "own" : `own + ${row}`}, count - 1))`;
  }

  function indexName(variable: number, row: number): string {
    return `${variables.name(variable)}_row${row}`;
  }

  function rowEnvironment(nameOf: (variable: number) => string): Map<number, ReturnType<typeof narrowIndex>> {
    return new Map(
      attention.rows.map((variable) => {
        const text = rowVariables.includes(variable) ? nameOf(variable) : variables.field("low", variable);
        return [variable, narrowIndex(text, 0)] as const;
      }),
    );
  }

  /** `score{row}_{four}`, of keys that are there and pass the guard as `mask{row}_{four}` says; then each row's greatest. */
  function scores(): void {
    say("Scores of a block's keys; none of keys that are not there, or that the rows may not see.");
    const products = productTexts({
      ...{ writer, tensors, field },
      contraction: { left: attention.query, right: attention.keys },
      variant: {
        ...{ left: variant.left, right: variant.right, hasRest: variant.hasRest },
        tile: { by: variant.hasLanes ? "subgroups" : "registers", rows, fours, across, down, lanes: across },
      },
      lane: "subgroup_lane",
    });
    const keys = `${table("entry + 2")} + ${table("at_block + 2")}`;
    const sums = products.sums((row) => table(entryOf(row)), keys, rows);
    for (const one of all.fours) {
      const group = one === 0 ? "four" : `(four + ${one * across})`;
      line(`let key${one} = low_key + 4 * ${group};`);
      line(`let there${one} = vec4i(4 * ${group}) + vec4i(0, 1, 2, 3) < vec4i(keys_here);`);
    }
    for (const row of all.rows) {
      for (const one of all.fours) {
        const environment: Environment = new Map([
          ...rowEnvironment((variable) => indexName(variable, row)),
          ...attention.around.map((variable) => [variable, narrowIndex(variables.name(variable), 0)] as const),
          [t, laneIndex(`key${one}`, 0)],
        ]);
        give(attention.score, [wide(sums[row]![one]!)]);
        const value = evaluation.scalar(reduce.bodies[components.m]!, { environment, known: new Map(), depth: 0 });
        const guard = reduce.where && indices.condition(reduce.where, environment);
        const passes = guard === undefined ? "" : ` & ${guard.wide ? guard.text : `vec4<bool>(${guard.text})`}`;
        line(`let mask${row}_${one} = there${one}${passes};`);
        line(`let score${row}_${one} = select(vec4f(${least}), ${bare(splat(value))}, mask${row}_${one});`);
      }
      const top = all.fours.map((one) => `score${row}_${one}`).reduce((a, b) => `max(${a}, ${b})`);
      line(`let top${row} = ${top};`);
      line(`greatest[${sharedBy(row, "lane")}] = max(max(top${row}.x, top${row}.y), max(top${row}.z, top${row}.w));`);
    }
    line("workgroupBarrier();");
  }

  /** Weights of the block, under each row's greatest score so far; what there was before decays. */
  function weigh(): void {
    say("Weights of those keys, under each row's greatest score so far; what there was decays by how much that rose.");
    for (const row of all.rows) {
      line(`var next${row} = m${row};`);
      for (const other of range(across)) line(`next${row} = max(next${row}, greatest[${sharedBy(row, other)}]);`);
      line(`let decay${row} = exp(m${row} - next${row});`);
      line(`m${row} = next${row};`);
      const names = all.fours.map((one) => `weight${row}_${one}`);
      for (const one of all.fours) {
        line(`let ${names[one]} = select(vec4f(), exp(score${row}_${one} - vec4f(m${row})), mask${row}_${one});`);
        line(`weights[${weightsOf(row)} + lane${one === 0 ? "" : ` + ${one * across}`}] = ${names[one]};`);
      }
      line(`let total${row} = ${names.join(" + ")};`);
      line(`totals[${sharedBy(row, "lane")}] = (total${row}.x + total${row}.y) + (total${row}.z + total${row}.w);`);
      line(`l${row} *= decay${row};`);
      for (const output of all.outputs) line(`o${row}_${output} *= decay${row};`);
    }
    line("workgroupBarrier();");
    for (const row of all.rows) for (const other of range(across)) line(`l${row} += totals[${sharedBy(row, other)}];`);
  }

  function addValues(): void {
    const array = tensors.array(`operand ${attention.values.operand}`);
    const load = (place: string, output: number): string => {
      const group = output === 0 ? "lane" : `lane + ${output * across}`;
      if (variant.values === "fours") return foursAsF32(array.loadFour(`${place} + ${group}`), array.number);
      const ones = range(4).map((one) => array.load(`${place} + (4 * (${group}) + ${one}) * ${field("valueColumn")}`));
      return foursAsF32(`${typeOf(true, array.number)}(${ones.join(", ")})`, array.number);
    };
    say("The values of those keys, weighed.");
    line(`let values = ${table("entry + 3")} + ${table("at_block + 3")};`);
    open("for (var key = 0; key < keys_here; key += 4)");
    for (const row of all.rows) line(`let w${row} = weights[${weightsOf(row)} + (key >> 2u)];`);
    // Beyond the last key there are weights of 0, whatever they weigh.
    for (const next of range(4))
      line(
        `let at${next} = values + min(${next === 0 ? "key" : `key + ${next}`}, keys_here - 1) * ${field("valueStep")};`,
      );
    for (const next of range(4))
      for (const output of all.outputs) line(`let v${next}_${output} = ${load(`at${next}`, output)};`);
    for (const row of all.rows)
      for (const output of all.outputs) {
        const text = range(4).reduce(
          (sum, next) => `fma(vec4f(w${row}.${"xyzw"[next]}), v${next}_${output}, ${sum})`,
          `o${row}_${output}`,
        );
        line(`o${row}_${output} = ${text};`);
      }
    close();
    line("workgroupBarrier();");
  }

  /** What is done with four neighbours of a row's fold. */
  function finishFunction(): void {
    const parameters = [
      ...rowVariables.map((variable) => `${variables.name(variable)}: i32`),
      ...["four: i32", "o: vec4f", "m: f32", "l: f32"],
    ];
    writer.func(
      `/// What the op does with four neighbours of a row: o, weighed values; m, greatest score; l, all weights.\nfn finish(${parameters.join(", ")})`,
      () => {
        line(`if (four >= ${field("columnGroups")}) { return; }`);
        const name = variables.name(d);
        line(`let ${name} = 4 * (${field("firstGroup")} + four) + ${field("lowOfGroup")};`);
        line(`let group = four + ${field("firstGroup")};`);
        line(`let mask = ${variables.lanes(d, name)};`);
        const environment = new Map([
          ...rowEnvironment((variable) => variables.name(variable)),
          [d, laneIndex(name, 0)] as const,
        ]);
        const state = [narrow(""), narrow(""), narrow("")];
        state[components.o] = wide("o");
        state[components.m] = narrow("m");
        state[components.l] = narrow("l");
        give(reduce, state);
        results({ environment, known: new Map(), depth: 0 }, "mask");
      },
    );
  }
}

/** Bytes that a workgroup shares. */
export function attentionBytes({ rows, fours, across, down }: AttentionVariant["tile"]): number {
  return 4 * rows * down * (4 * fours * across + 2 * across);
}
