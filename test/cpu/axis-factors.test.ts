import { afterAll, describe, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { planText } from "../support/plan-text.js";

// Axes divided by a factor: causal attention computes what it is, whoever has which positions and however they move.

const pool = createNodePool();
afterAll(() => pool.close());

const layouts = {
  zigzag: { factors: "(turn: 2, part: n mirrored, pos)", by: "by part" },
  striped: { factors: "(pos, stripe: n)", by: "by stripe" },
  "every other pair": { factors: "(pair, side: n mirrored, one: 2)", by: "by side" },
};

interface Sizes {
  readonly ranks: number;
  readonly seq: number;
  readonly dim: number;
}

function textOf({ factors, by }: (typeof layouts)["zigzag"], { ranks, seq, dim }: Sizes): string {
  const own = `f32[seq/sp ${by}, heads, dim]`;
  return `
import { h100_node } from "std/machines"
import { causal_attend } from "std/ops"
param length = ${seq}, n = ${ranks}, heads = ${ranks}, dim = ${dim}
axis seq: length = ${factors}
mesh on h100_node { sp: n }
layer ring(q, k, v: ${own}) -> out: ${own} {
  let keys = all_gather(k, seq)
  let values = all_gather(v, seq)
  return causal_attend(q, keys, values)
}
layer token_ring(q, k, v: ${own}) -> out: ${own} {
  let queries = all_gather(q, seq)
  let part = causal_attend(queries, k, v)
  return reduce_scatter(part, seq/sp ${by})
}
layer ulysses(q, k, v: ${own}) -> out: ${own} {
  let queries = all_to_all(q, seq/sp -> heads/sp)
  let o = causal_attend(queries, all_to_all(k, seq/sp -> heads/sp), all_to_all(v, seq/sp -> heads/sp))
  return all_to_all(o, heads/sp -> seq/sp ${by})
}
layer reordered(q, k, v: f32[seq/sp, heads, dim]) -> out: f32[seq/sp, heads, dim] {
  let queries = all_to_all(q, seq/sp -> seq/sp ${by})
  let keys = all_gather(k, seq)
  let values = all_gather(v, seq)
  let o = causal_attend(queries, keys, values)
  return all_to_all(o, seq/sp ${by} -> seq/sp)
}
schedule plain of ring
schedule accumulated of ring {
  use ring for keys, values
  tile out by (2, 1, 4)
  accumulate out over seq
  overlap keys, values -> out by shard
  order out as keys
}
schedule halves of ring { split seq within sp into 2 }
schedule back_again of token_ring { use ring for queries, out  overlap queries -> part -> out by shard  order part as queries }
schedule by_heads of ulysses { overlap o -> out by shard }
schedule balanced of reordered { use direct for queries, out }
`;
}

function attention(
  [q, k, v]: readonly [Float64Array, Float64Array, Float64Array],
  { ranks: heads, seq, dim }: Sizes,
): Float64Array {
  const out = new Float64Array(seq * heads * dim);
  for (let s = 0; s < seq; s++)
    for (let h = 0; h < heads; h++) {
      const at = (s * heads + h) * dim;
      const keys = Array.from({ length: s + 1 }, (_, t) => (t * heads + h) * dim);
      const dots = keys.map((key) => Array.from({ length: dim }, (_, d) => q[at + d]! * k[key + d]!));
      const weights = dots.map((terms) => Math.exp(terms.reduce((a, b) => a + b) / Math.sqrt(dim)));
      const total = weights.reduce((a, b) => a + b);
      for (let d = 0; d < dim; d++)
        out[at + d] = keys.reduce((sum, key, t) => sum + weights[t]! * v[key + d]!, 0) / total;
    }
  return out;
}

const schedules = ["plain", "accumulated", "halves", "back_again", "by_heads", "balanced"];

describe.each(Object.entries(layouts))("%s", (_, layout) => {
  test.each(schedules)("%s", async (schedule) => {
    for (const sizes of [
      { ranks: 2, seq: 12, dim: 4 },
      { ranks: 4, seq: 24, dim: 3 },
      { ranks: 8, seq: 32, dim: 2 },
    ]) {
      const { program, planned, diagnostics } = planText(textOf(layout, sizes), schedule);
      expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
      const { mesh, tables, monoids } = program!;
      const layer = program!.layers[program!.schedules.find(({ name }) => name === schedule)!.layer]!;
      const reference = prepareReference({ layer, mesh, tables, monoids, seed: 3 });
      const { outputs, failures, maxError } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 5 });
      expect(failures).toEqual([]);
      expect(maxError).toBeLessThanOrEqual(reassociationBound(layer, mesh, tables, monoids));
      const [q, k, v] = layer.inputs.map((input) => reference.inputs.get(input)!);
      const expected = attention([q!, k!, v!], sizes);
      const apart = Math.max(...expected.map((x, i) => Math.abs(x - outputs[0]!.elements[i]!)));
      expect(apart / Math.max(...expected.map(Math.abs))).toBeLessThanOrEqual(2e-6);
    }
  });
});
