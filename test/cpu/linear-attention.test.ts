import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { planText } from "../support/plan-text.js";

// Causal linear attention over the whole sequence, in plain loops, against what ranks with a chunk each make of it: states
// of all chunks gathered (LASP-2), or handed on from chunk to chunk (ZeCO).

const pool = createNodePool();
afterAll(() => pool.close());

const textOf = (chunks: number): string => `
import { h100_node } from "std/machines"
import { add, attend_before, attend_state, attend_within, chunk_states } from "std/ops"
param chunks = ${chunks}, pos = 5, heads = 2, k = 3, d = 4
mesh on h100_node { sp: chunks }
layer gathered(q, keys: f32[chunks/sp, pos, heads, k], values: f32[chunks/sp, pos, heads, d]) -> out: f32[chunks/sp, pos, heads, d] {
  let states = all_gather(chunk_states(keys, values), chunks)
  let intra = attend_within(q, keys, values)
  return add(intra, attend_before(q, states))
}
layer handed_on(q, keys: f32[chunks/sp, pos, heads, k], values: f32[chunks/sp, pos, heads, d]) -> out: f32[chunks/sp, pos, heads, d] {
  let before = scan(chunk_states(keys, values), chunks/sp, sum)
  let intra = attend_within(q, keys, values)
  return add(intra, attend_state(q, before))
}
schedule gathered_at_once of gathered { use direct for states }
schedule gathered_overlapped of gathered { use ring for states  overlap states, intra }
schedule handed_plain of handed_on
schedule handed_overlapped of handed_on { overlap before, intra }
schedule handed_in_blocks of handed_on { overlap before -> out by d(1) }
`;

test.each(["gathered_at_once", "gathered_overlapped", "handed_plain", "handed_overlapped", "handed_in_blocks"])(
  "%s",
  async (schedule) => {
    for (const chunks of [1, 3, 8]) {
      const { program, planned, diagnostics } = planText(textOf(chunks), schedule);
      expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
      const { mesh, tables, monoids } = program!;
      const layer = program!.layers[program!.schedules.find(({ name }) => name === schedule)!.layer]!;
      const reference = prepareReference({ layer, mesh, tables, monoids });
      const { outputs, failures } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 2 });
      expect(failures).toEqual([]);
      const [q, keys, values] = layer.inputs.map((input) => reference.inputs.get(input)!);
      const [heads, k, d] = [2, 3, 4];
      const expected: number[] = [];
      for (let s = 0; s < chunks * 5; s++)
        for (let h = 0; h < heads; h++)
          for (let e = 0; e < d; e++) {
            let total = 0;
            for (let t = 0; t <= s; t++)
              for (let i = 0; i < k; i++)
                total +=
                  q![(s * heads + h) * k + i]! * keys![(t * heads + h) * k + i]! * values![(t * heads + h) * d + e]!;
            expected.push(total);
          }
      const largest = Math.max(...expected.map(Math.abs));
      const apart = expected.map((value, at) => Math.abs(value - outputs[0]!.elements[at]!));
      expect(Math.max(...apart) / largest).toBeLessThanOrEqual(1e-5);
    }
  },
);

// The state of gated linear attention: it decays by a factor for each of its rows, so that the order counts, and has two
// axes of which the gate has one.
const gated = (ranks: number): string => `
import { h100_node } from "std/machines"
param seq = 13, heads = 2, k = 3, d = 4
mesh on h100_node { sp: ${ranks} }
ordered monoid decay(s: f32[k, d], gate: f32[k]) {
  identity = (0, 1)
  combine(a, b) = (b.gate * a.s + b.s, a.gate * b.gate)
  finish(a) = a.s
}
op gated_state(keys: T[t, heads, k], values: T[t, heads, d], gates: T[t, heads, k]) -> T[heads, k, d] =
  decay[t] (keys[t, heads, k] * values[t, heads, d], gates[t, heads, k])
layer reduced(keys, gates: f32[seq/sp, heads, k], values: f32[seq/sp, heads, d]) -> out: f32[heads, k, d] {
  let part = gated_state(keys, values, gates)
  return all_reduce(part)
}
layer gathered(keys, gates: f32[seq/sp, heads, k], values: f32[seq/sp, heads, d]) -> out: f32[heads, k, d] {
  let a = all_gather(keys, seq)
  let b = all_gather(values, seq)
  let c = all_gather(gates, seq)
  return gated_state(a, b, c)
}
schedule tree of reduced { use tree for out }
schedule tree_tiled of reduced { use tree for out  tile part by (1, 2, 3)  overlap part -> out by tile }
schedule accumulated of gathered { use ring for a, b, c  accumulate out over seq  overlap a, b, c -> out by shard  order out as a }
`;

test.each(["tree", "tree_tiled", "accumulated"])("a state that decays: %s", async (schedule) => {
  for (const ranks of [1, 2, 3, 5]) {
    const { program, planned, diagnostics } = planText(gated(ranks), schedule);
    expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
    const { mesh, tables, monoids } = program!;
    const layer = program!.layers[program!.schedules.find(({ name }) => name === schedule)!.layer]!;
    const reference = prepareReference({ layer, mesh, tables, monoids });
    const { outputs, failures } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 4 });
    expect(failures).toEqual([]);
    const [keys, gates, values] = layer.inputs.map((input) => reference.inputs.get(input)!);
    const expected = Array.from({ length: 2 * 3 * 4 }, (_, at) => {
      const [h, i, e] = [Math.floor(at / 12), Math.floor(at / 4) % 3, at % 4];
      let state = 0;
      for (let t = 0; t < 13; t++) {
        const row = (t * 2 + h) * 3 + i;
        state = gates![row]! * state + keys![row]! * values![(t * 2 + h) * 4 + e]!;
      }
      return state;
    });
    const largest = Math.max(...expected.map(Math.abs));
    const apart = expected.map((value, at) => Math.abs(value - outputs[0]!.elements[at]!));
    expect(Math.max(...apart) / largest).toBeLessThanOrEqual(1e-5);
  }
});
