import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findDeadlock } from "../../compiler/prove/acyclic.js";
import { describeLayer } from "../support/describe-layer.js";
import { predecessorsOf } from "../support/graph-closure.js";
import { issueInOrder } from "../support/in-order-engines.js";
import { planLayer } from "../support/plan-layer.js";
import { planText } from "../support/plan-text.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

test("a schedule is said to deadlock exactly where its engines come to a stop", () => {
  let stopped = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const { graph } = planLayer(program, layer, settings).planned;
      const begun = issueInOrder(graph, seededDraw(draw.integer(0, 1000)));
      const cycle = findDeadlock(graph);
      if ((cycle === undefined) !== (begun.length === graph.taskCount))
        expect.fail(`${begun.length} of ${graph.taskCount} tasks begin\n${describeLayer(program, layer, settings)}`);
      if (cycle === undefined) return;
      stopped++;
      // The witness is a cycle: each step is an edge, or the next in a queue.
      const before = predecessorsOf(graph);
      cycle.forEach((task, i) => {
        const last = cycle.at(i - 1)!;
        const queued = graph.queue[task]! >= 0 && graph.queue[task] === graph.queue[last];
        expect(before[task]!.includes(last) || (queued && graph.place[task] === graph.place[last]! + 1)).toBe(true);
      });
    }),
    { numRuns: runsOf(2000) },
  );
  expect(stopped).toBeGreaterThan(0);
});

const attention = (schedule: string): string => `
import { h800_node } from "std/machines"
import { matmul, scale } from "std/ops"
param ranks = 4
mesh on h800_node { sp: ranks }
op score(q: T[s, d], k: T[t, d], v: T[t, d]) -> T[s, d] = sum[t] q[s, d] * k[t, d] * v[t, d]
layer net(q: f32[seq/sp, dim], k: f32[seq/sp, dim], v: f32[seq/sp, dim]) -> out: f32[seq/sp, dim] {
  let keys = all_gather(k, seq)
  let values = all_gather(v, seq)
  return score(q, keys, values)
}
param seq = 11, dim = 3
schedule s of net {
${schedule}
}
`;

describe("two slots for keys that go round", () => {
  const ring = `
  use ring for keys, values
  accumulate out over seq
  overlap keys, values -> out by shard`;

  test("pass where the product takes them as they come", () => {
    const { planned, diagnostics } = planText(attention(`${ring}\n  order out as keys\n  keep 2 of keys, values`));
    expect(diagnostics.map((d) => d.message)).toEqual([]);
    expect(planned).toBeDefined();
  });

  test("are told as a deadlock, with who waits for whom, where it takes them in another order", () => {
    const { diagnostics } = planText(attention(`${ring}\n  keep 1 of keys, values`));
    expect(diagnostics.map((d) => d.code)).toContain("ST5001");
    const [witness] = diagnostics.filter((d) => d.code === "ST5001");
    expect(witness!.message).toMatch(/`(keys|values)` on rank \d/);
    expect(witness!.related.length).toBeGreaterThan(1);
  });
});

test("a witness says why each step waits: for data, for a slot, or behind another in its queue", () => {
  const { diagnostics } = planText(attention("  use ring for keys\n  keep 1 of keys"));
  const deadlock = diagnostics.find(({ name }) => name === "deadlock")!;
  const { kind, steps } = deadlock.witness!;
  expect(kind).toBe("cycle");
  for (const { what } of steps)
    expect(what).toMatch(/^(needs what|would overwrite what|stands behind|comes after) step \d+/);
  expect(steps.map(({ what }) => what.split(" step")[0])).toContain("would overwrite what");
  // Each names the step that it waits for, and around they go.
  steps.forEach(({ after, what }, index) => {
    expect(after).toEqual([(index + steps.length - 1) % steps.length]);
    expect(what).toContain(`step ${after![0]! + 1}`);
  });
});
