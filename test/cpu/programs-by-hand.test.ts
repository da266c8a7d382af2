import { afterAll, describe, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { planText } from "../support/plan-text.js";

// Small programs, each with one thing in it that is easily got wrong: they plan, and compute their layer.

const pool = createNodePool();
afterAll(() => pool.close());

const header = `
import { h100_node } from "std/machines"
import { add, layernorm, matmul, mul, relu, scale, silu, softmax } from "std/ops"
op window(x: T[n, k]) -> T[i: (n - 2), k] = sum[j in 0 ..< 3] x[i + j, k]
param t = 9, h = 4, f = 6
`;

const programs: Record<string, string> = {
  "a split that a normalisation reads across": `
mesh on h100_node { p: 2 }
layer net(x: f32[t, h], w: f32[h, f], a: f32[f], b: f32[f]) -> out: f32[t, f] {
  let y = silu(matmul(x, w))
  return layernorm(y, a, b)
}
schedule s of net { split f into 2 }`,
  "a split that a neighbour's rows cross": `
mesh on h100_node { p: 2 }
layer net(x: f32[h, t]) -> out: f32[i: 2, t] {
  let y = relu(x)
  let z = scale(y, 2)
  return softmax(window(z))
}
schedule s of net { split t into 3  split h into 2 }`,
  "words one behind the other in one overlap": `
mesh on h100_node { p: 4 }
layer net(x: f32[t/p, h]) -> out: f32[t/p, h] {
  let a = all_to_all(x, t/p -> h/p)
  let b = relu(a)
  return all_to_all(b, h/p -> t/p)
}
schedule s of net { overlap a -> b -> out by shard  order b as a }`,
  "words that one overlap joins, with others between that one of them needs": `
mesh on h100_node { p: 3 }
layer net(x: f32[t, h] pending sum over p) -> out: f32[t, h] {
  let a = reduce_scatter(x, h)
  let b = reduce_scatter(scale(x, 2), t)
  let c = all_gather(b, t)
  let d = all_gather(a, h)
  return add(c, d)
}
schedule s of net { overlap a, c }`,
  "a gather of a pending input, still pending": `
mesh on h100_node { p: 2, q: 3 }
layer net(x: bf16[t, h/p] pending sum over q) -> out: bf16[t, h] pending sum over q {
  return all_gather(x, h/p)
}
schedule s of net`,
};

describe("plans, and computes its layer", () => {
  test.each(Object.entries(programs))("%s", async (_, text) => {
    const { program, planned, diagnostics } = planText(header + text);
    expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
    const layer = program!.layers[0]!;
    const { mesh, tables, monoids } = program!;
    const reference = prepareReference({ layer, mesh, tables, monoids });
    const { maxError, failures } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 3 });
    expect(failures).toEqual([]);
    expect(maxError).toBeLessThanOrEqual(reassociationBound(layer, mesh, tables));
  });
});
