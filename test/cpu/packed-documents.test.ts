import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { errorsOf, programOf } from "../support/run-text.js";

const pool = createNodePool();
afterAll(() => pool.close());

// Against the same attention with the documents' ends written out.

const lengths = [7, 1, 16, 0, 5, 3];
const starts = lengths.map((_, document) => lengths.slice(0, document).reduce((a, b) => a + b, 0));
const inside = (index: string, document: number) =>
  `${index} >= ${starts[document]} and ${index} < ${starts[document]! + lengths[document]!}`;
const sameDocument = lengths.map((_, document) => `${inside("s", document)} and ${inside("t", document)}`).join(" or ");

test.each([4, 8])("packed attention on %i ranks, however it is scheduled", async (ranks) => {
  const program = programOf(
    `
import { packed_attend } from "std/ops"
import { laptop } from "std/machines"
param tokens = 32, documents = ${lengths.length}, heads = 8, dim = 4
mesh on laptop { sp: ${ranks} }
table doc: tokens -> documents = from "documents.csv"
op written(q: T[s, heads, k], keys: T[t, heads, k], values: T[t, heads, d]) -> T[s, heads, d] {
  let scale = 1 / sqrt(k)
  let score[s, heads, t] = scale * sum[k] q[s, heads, k] * keys[t, heads, k]
  return lse[t where t <= s and (${sameDocument})] (values[t, heads, d], score[s, heads, t], 1)
}
layer expected(q, k, v: f32[tokens/sp, heads, dim]) -> out: f32[tokens/sp, heads, dim] {
  return written(q, all_gather(k, tokens), all_gather(v, tokens))
}
layer gathered(q, k, v: f32[tokens/sp, heads, dim]) -> out: f32[tokens/sp, heads, dim] {
  let keys = all_gather(k, tokens)
  let values = all_gather(v, tokens)
  return packed_attend(q, keys, values, doc)
}
layer returned(q, k, v: f32[tokens/sp, heads, dim]) -> out: f32[tokens/sp, heads, dim] {
  return reduce_scatter(packed_attend(all_gather(q, tokens), k, v, doc), tokens)
}
layer by_heads(q, k, v: f32[tokens/sp, heads, dim]) -> out: f32[tokens/sp, heads, dim] {
  let a = all_to_all(q, tokens/sp -> heads/sp)
  let b = all_to_all(k, tokens/sp -> heads/sp)
  let c = all_to_all(v, tokens/sp -> heads/sp)
  return all_to_all(packed_attend(a, b, c, doc), heads/sp -> tokens/sp)
}
schedule plain of gathered {}
schedule ring of gathered {
  use ring for keys, values
  accumulate out over tokens
  overlap keys, values -> out by shard
}
schedule direct of gathered {
  use direct for keys, values
  tile out by (2, 2, 4)
  accumulate out over tokens
  overlap keys, values -> out by shard
}
schedule pending of returned {}
schedule ulysses of by_heads {}
`,
    { "documents.csv": `length\n${lengths.join("\n")}\n` },
  );
  const found = await errorsOf(program, pool, "expected");
  expect(found).toHaveLength(5);
  for (const { error, bound } of found) expect(error).toBeLessThanOrEqual(bound);
});
