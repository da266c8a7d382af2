import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { plannedText } from "../support/plan-text.js";

// What is pending under a state goes through words of every kind: some fold it, some only move it; it comes in as an input
// and leaves as an output. Uneven parts throughout.

const pool = createNodePool();
afterAll(() => pool.close());

const header = `
import { h100_node } from "std/machines"
import { attend } from "std/ops"
param seq = 9, heads = 3, dim = 5
mesh on h100_node { p: 2, q: 3 }
`;

const qkv = (cuts: string): string => `q: bf16[seq, heads, dim], k, v: bf16[seq${cuts}, heads, dim]`;

const layers: Record<string, string> = {
  "an input, scattered": `layer net(x: bf16[seq, heads, dim] pending lse over p) -> out: bf16[seq/p, heads, dim] {
  return reduce_scatter(x, seq)
}`,
  "an output": `layer net(${qkv("/p")}) -> out: bf16[seq, heads, dim] pending lse over p { return attend(q, k, v) }`,
  "folded over one mesh axis, then over the other": `layer net(${qkv("/p/q")}) -> out: bf16[seq/p, heads, dim] {
  let part = attend(q, k, v)
  return reduce_scatter(all_reduce(part, q), seq/p)
}`,
  "folded over two mesh axes at once": `layer net(${qkv("/p/q")}) -> out: bf16[seq/p/q, heads, dim] {
  let part = attend(q, k, v)
  return reduce_scatter(part, seq/p/q)
}`,
  "gathered, then folded": `layer net(q: bf16[seq/q, heads, dim], k, v: bf16[seq/p, heads, dim]) -> out: bf16[seq, heads, dim] {
  let part = attend(q, k, v)
  return all_reduce(all_gather(part, seq/q), p)
}`,
  "exchanged between two axes, one of which only o has": `layer net(q: bf16[seq, heads/q, dim], k, v: bf16[seq/p, heads/q, dim]) -> out: bf16[seq, heads, dim/q] {
  let part = attend(q, k, v)
  return all_reduce(all_to_all(part, heads/q -> dim/q), p)
}`,
  "folded at one position": `layer net(${qkv("/p")}) -> out: bf16[seq, heads, dim] at p(1) {
  let part = attend(q, k, v)
  return reduce(part, p(1))
}`,
  "divided where it is": `layer net(x: bf16[seq, heads, dim] pending lse over p) -> out: bf16[seq, heads, dim/q] {
  return all_reduce(shard(x, dim/q), p)
}`,
};

const cases: [string, string, string][] = Object.entries(layers).map(([name, text]) => [name, text, ""]);
// One rank combines last and finishes, while what arrives from the others is finished already.
cases.push([
  "folded in parts, then brought to one position",
  layers["folded at one position"]!,
  "use two_shot for out",
]);

test.each(cases)("%s", async (_, layerText, verb) => {
  const { program, planned } = plannedText(`${header}${layerText}\nschedule s of net { ${verb} }`);
  const { mesh, tables, monoids } = program;
  const layer = program.layers[0]!;
  const reference = prepareReference({ layer, mesh, tables, monoids });
  const { maxError, failures } = await run(planned.plan, { device: "cpu", reference, pool, adverse: 6 });
  expect(failures).toEqual([]);
  expect(maxError).toBeLessThanOrEqual(reassociationBound(layer, mesh, tables, monoids));
});
