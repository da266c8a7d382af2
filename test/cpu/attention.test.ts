import { afterAll, describe, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { planText } from "../support/plan-text.js";

// Attention written out in plain loops, against every way in which a layer and a schedule may do it: keys that go round,
// queries that go round and partial outputs that come back (what is pending under `lse`), all of one head on a rank.

const pool = createNodePool();
afterAll(() => pool.close());

interface Kind {
  readonly op: string;
  readonly causal: boolean;
  /** Heads of queries to a head of keys. */
  readonly group: number;
}
const kinds: Record<string, Kind> = {
  plain: { op: "attend", causal: false, group: 1 },
  causal: { op: "causal_attend", causal: true, group: 1 },
  grouped: { op: "grouped_attend", causal: false, group: 3 },
  "causal grouped": { op: "causal_grouped_attend", causal: true, group: 3 },
};

interface Sizes {
  readonly ranks: number;
  readonly seq: number;
  readonly heads: number;
  readonly dim: number;
}

function textOf({ op, group }: Kind, { ranks, seq, heads, dim }: Sizes, dtype: string): string {
  const q = group > 1 ? "heads, group, dim" : "heads, dim";
  return `
import { h100_node } from "std/machines"
import { ${op} } from "std/ops"
param seq = ${seq}, heads = ${heads}, group = ${group}, dim = ${dim}
mesh on h100_node { sp: ${ranks} }
layer ring(q: ${dtype}[seq/sp, ${q}], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq/sp, ${q}] {
  let keys = all_gather(k, seq)
  let values = all_gather(v, seq)
  return ${op}(q, keys, values)
}
layer token_ring(q: ${dtype}[seq/sp, ${q}], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq/sp, ${q}] {
  let queries = all_gather(q, seq)
  let part = ${op}(queries, k, v)
  return reduce_scatter(part, seq)
}
layer summed(q: ${dtype}[seq/sp, ${q}], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq, ${q}] {
  let part = ${op}(all_gather(q, seq), k, v)
  return all_reduce(part)
}
layer ulysses(q: ${dtype}[seq/sp, ${q}], k, v: ${dtype}[seq/sp, heads, dim]) -> out: ${dtype}[seq/sp, ${q}] {
  let o = ${op}(
    all_to_all(q, seq/sp -> heads/sp),
    all_to_all(k, seq/sp -> heads/sp),
    all_to_all(v, seq/sp -> heads/sp),
  )
  return all_to_all(o, heads/sp -> seq/sp)
}
schedule ring_plain of ring
schedule ring_accumulated of ring {
  use ring for keys, values
  accumulate out over seq
  overlap keys, values -> out by shard
  order out as keys
  keep 2 of keys, values
}
schedule ring_direct of ring { use direct for keys, values  accumulate out over seq  overlap keys, values -> out by shard }
schedule token_plain of token_ring { use ring for queries, out }
schedule token_overlapped of token_ring {
  use ring for queries, out
  overlap queries -> part -> out by shard
  order part as queries
}
schedule token_tiled of token_ring { use direct for queries, out  tile part by (${group > 1 ? "2, 1, 2, 3" : "2, 1, 3"}) }
schedule summed_ring of summed { use ring for out }
schedule ulysses_split of ulysses { split heads within sp into 2 }
`;
}

/** softmax(q k^T / sqrt(dim)) v, row by row. */
function attention(
  [q, k, v]: readonly [Float64Array, Float64Array, Float64Array],
  { causal, group }: Kind,
  { seq, heads, dim }: Sizes,
): Float64Array {
  const out = new Float64Array(seq * heads * group * dim);
  for (let s = 0; s < seq; s++)
    for (let h = 0; h < heads; h++)
      for (let g = 0; g < group; g++) {
        const at = ((s * heads + h) * group + g) * dim;
        const keys = Array.from({ length: causal ? s + 1 : seq }, (_, t) => (t * heads + h) * dim);
        const dot = (key: number): number =>
          Array.from({ length: dim }, (_, d) => q[at + d]! * k[key + d]!).reduce((a, b) => a + b);
        const weights = keys.map((key) => Math.exp(dot(key) / Math.sqrt(dim)));
        const total = weights.reduce((a, b) => a + b);
        for (let d = 0; d < dim; d++)
          out[at + d] = keys.reduce((sum, key, t) => sum + weights[t]! * v[key + d]!, 0) / total;
      }
  return out;
}

async function errorsOf(kind: Kind, sizes: Sizes, schedule: string, dtype: string) {
  const { program, planned, diagnostics } = planText(textOf(kind, sizes, dtype), schedule);
  expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
  const { mesh, tables, monoids } = program!;
  const layer = program!.layers[program!.schedules.find(({ name }) => name === schedule)!.layer]!;
  const reference = prepareReference({ layer, mesh, tables, monoids, seed: 3 });
  const { outputs, failures, maxError } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 5 });
  expect(failures).toEqual([]);
  const [q, k, v] = layer.inputs.map((input) => reference.inputs.get(input)!);
  const expected = attention([q!, k!, v!], kind, sizes);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const apart = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - outputs[0]!.elements[i]!)), 0) / largest;
  return { apart, maxError: maxError!, bound: reassociationBound(layer, mesh, tables, monoids) };
}

const schedules = [
  ...["ring_plain", "ring_accumulated", "ring_direct", "token_plain", "token_overlapped", "token_tiled"],
  ...["summed_ring", "ulysses_split"],
];

describe.each(Object.entries(kinds))("%s attention", (_, kind) => {
  test.each(schedules)("%s", async (schedule) => {
    for (const sizes of [
      { ranks: 2, seq: 5, heads: 2, dim: 4 },
      { ranks: 4, seq: 13, heads: 4, dim: 6 },
      { ranks: 8, seq: 19, heads: 8, dim: 3 },
    ]) {
      const { apart, maxError, bound } = await errorsOf(kind, sizes, schedule, "f32");
      expect(apart).toBeLessThanOrEqual(2e-6);
      expect(maxError).toBeLessThanOrEqual(bound);
    }
  });
});

test.each(schedules)("in bf16 what is sent is rounded each hop, within the bound: %s", async (schedule) => {
  const { apart, maxError, bound } = await errorsOf(
    kinds.causal!,
    { ranks: 4, seq: 16, heads: 4, dim: 8 },
    schedule,
    "bf16",
  );
  expect(maxError).toBeLessThanOrEqual(bound);
  expect(apart).toBeLessThanOrEqual(bound);
});
