import { afterAll, expect, test } from "vitest";
import { cpuDevice, execute, referenceFor } from "../../evidence/execute.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { plannedText } from "../support/plan-text.js";

// What a machine has changes when tasks run and over what they move, never what they compute.

const pool = createNodePool();
afterAll(() => pool.close());

const rank = "compute f32 1 TFLOP/s\nsms 10\nmemory hbm 80 GB at 1 TB/s\ncopy engines 2";
const machine = `
import { gelu, matmul } from "std/ops"
machine box {
  rank gpu[4] { ${rank} }
  link gpu <-> gpu: switch { 100 GB/s each way, 1 us, reduces sum, multicasts }
  tier host of gpu { 64 GB, read 50 GB/s, write 25 GB/s, 3 us }
}
machine pair {
  level node: box[2]
  link node <-> node: leaf_spine { leaves 1, spines 1, nics 2 at 10 GB/s, 5 us, planned }
}
param rows = 24, inner = 16, cols = 12
`;
const product = `
layer product(x: f32[rows, inner/node/gpu], w: f32[inner/node/gpu, cols]) -> out: f32[rows, cols] {
  let y = matmul(x, w)
  return all_reduce(y, node, gpu)
}`;

const programs: Readonly<Record<string, string>> = {
  "sums that a switch makes": `${machine}
mesh on pair.node[0] { tp: 4 }
layer product(x: f32[rows, inner/tp], w: f32[inner/tp, cols]) -> out: f32[rows, cols] {
  let y = matmul(x, w)
  return all_reduce(y)
}
schedule s of product { use two_shot for out; run out on memory }`,
  "sums over levels, those within nodes by their switches": `${machine}
mesh on pair { node: 2, gpu: 4 }
${product}
schedule s of product { use hierarchical for out; run out on memory }`,
  "positions that are other ranks": `${machine}
mesh on pair { node: 2, gpu: 4 } at rank gpu * 2 + node
${product}
schedule s of product { use ring for out }`,
  "a layer on the second mesh of its file": `${machine}
mesh one on box { other: 2 }
mesh two on pair.node.gpu[1] { tp: 2 }
layer gathered(x: f32[rows/tp, inner]) -> out: f32[rows, inner] { return all_gather(gelu(x), rows) }
schedule s of gathered`,
  "values in tiers": `${machine}
mesh on pair { p: 8 }
layer far(x: f32[rows/p, inner], w: f32[inner, cols] in host) -> out: f32[rows, cols], kept: f32[rows/p, cols] in host {
  let all = all_gather(x, rows)
  let near = load(w)
  return matmul(all, near), store(matmul(x, near), host)
}
schedule s of far { async near }`,
};

test.each(Object.keys(programs))("%s", async (name) => {
  const { planned } = plannedText(programs[name]!);
  const { program, layer } = planned;
  const { mesh, tables, monoids } = program;
  const ran = await execute(planned, cpuDevice, referenceFor(program, layer), pool);
  if (!("value" in ran)) throw new Error(ran.diagnostics.map(({ message }) => message).join("\n"));
  expect(ran.value.maxError).toBeLessThanOrEqual(reassociationBound(layer, mesh, tables));
  for (const { elements } of ran.value.outputs) expect(elements.some((one) => Math.abs(one) > 1e-3)).toBe(true);
  const reference = prepareReference({ layer, mesh, tables, monoids });
  const disturbed = await run(planned.plan, { device: "cpu", reference, pool, adverse: 5 });
  expect(disturbed.failures).toEqual([]);
  expect(disturbed.outputs.map(({ elements }) => elements)).toEqual(ran.value.outputs.map(({ elements }) => elements));
});
