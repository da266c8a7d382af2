import { afterAll, expect, test } from "vitest";
import { createRankPool } from "../../runtime/pool.js";
import { prepareReference } from "../../runtime/reference.js";
import { run } from "../../runtime/run.js";
import { planText } from "../support/plan-text.js";

// Causal linear attention over the whole sequence, in plain loops, against what ranks with a chunk each make of it: states
// of all chunks gathered (LASP-2), or handed on from chunk to chunk (ZeCO).

const pool = createRankPool();
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
