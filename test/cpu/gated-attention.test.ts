import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { plannedText } from "../support/plan-text.js";

// Gated linear attention by chunks, a chunk a rank, the state handed on by a scan, against the plain recurrence: position by
// position, the state decays, takes the position's key and value, and is read by its query.

const pool = createNodePool();
afterAll(() => pool.close());

const [pos, heads, k, d] = [5, 2, 3, 4];

const textOf = (chunks: number, mesh: string, cut: string, schedule: string): string => `
import { h100_node } from "std/machines"
import { add, gated_attend_state, gated_attend_within, gated_state } from "std/ops"
param chunks = ${chunks}, pos = ${pos}, heads = ${heads}, k = ${k}, d = ${d}
mesh on h100_node { ${mesh} }
layer net(q, keys, decays: f32[chunks${cut}, pos, heads, k], values: f32[chunks${cut}, pos, heads, d]) -> out: f32[chunks${cut}, pos, heads, d] {
  let state = gated_state(keys, values, decays) // pending gated
  let before = scan(state, chunks${cut})
  let within = gated_attend_within(q, keys, values, decays)
  return add(within, gated_attend_state(q, decays, before))
}
schedule s of net { ${schedule} }`;

test.each([
  [1, "sp: 1", "/sp", ""],
  [3, "sp: 3", "/sp", "overlap before, within"],
  [4, "sp: 4", "/sp", "overlap state -> before by k(1)  overlap before, within"],
  [5, "sp: 5", "/sp", "use recursive_doubling for before  tile state by (1, 2, 4)  overlap state -> before by tile"],
  [8, "sp: 8", "/sp", "overlap state -> before -> out by d(2)"],
  [6, "node: 2, gpu: 3", "/node/gpu", "overlap before, within"],
])("%s chunks on %s, divided by %s: %s", async (chunks, mesh, cut, schedule) => {
  const { program, planned } = plannedText(textOf(chunks, mesh, cut, schedule));
  const layer = program.layers[0]!;
  const { tables, monoids } = program;
  const reference = prepareReference({ layer, mesh: program.mesh, tables, monoids });
  const { outputs, failures } = await run(planned.plan, { device: "cpu", reference, pool, adverse: 2 });
  expect(failures).toEqual([]);
  const [q, keys, decays, values] = layer.inputs.map((input) => reference.inputs.get(input)!);
  const expected = new Float64Array(chunks * pos * heads * d);
  for (let h = 0; h < heads; h++) {
    const state = Array.from({ length: k }, () => new Float64Array(d));
    for (let t = 0; t < chunks * pos; t++)
      for (let i = 0; i < k; i++)
        for (let e = 0; e < d; e++) {
          const [row, column] = [(t * heads + h) * k + i, (t * heads + h) * d + e];
          state[i]![e] = Math.exp(decays![row]!) * state[i]![e]! + keys![row]! * values![column]!;
          expected[column]! += q![row]! * state[i]![e]!;
        }
  }
  const largest = Math.max(...expected.map(Math.abs));
  const apart = expected.map((value, at) => Math.abs(value - outputs[0]!.elements[at]!));
  expect(Math.max(...apart) / largest).toBeLessThanOrEqual(1e-5);
});
