import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { describeLayer } from "../support/describe-layer.js";
import { closureOf, predecessorsOf } from "../support/graph-closure.js";
import { isOver, memoryUse } from "../support/memory-use.js";
import { planLayer } from "../support/plan-layer.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { planText } from "../support/plan-text.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";
import { randomText } from "../../testing/arbitraries/texts.js";

/** More tasks than this are not compared pair by pair. */
const comparable = 250;

/** Pairs of buffers on a rank that the plan keeps apart; fails where the graph does not. */
function expectApart(plan: ExecutionPlan, describe: () => string): number {
  const { graph, buffers } = plan;
  if (graph.taskCount > comparable || topologicalOrder(graph, seededDraw(1)) === undefined) return 0;
  const closure = closureOf(predecessorsOf(graph));
  const use = memoryUse(plan);
  let pairs = 0;
  buffers.forEach((a, first) =>
    buffers.forEach((b, second) => {
      if (second <= first || a.rank !== b.rank || !plan.apart(a.lifetime, b.lifetime)) return;
      pairs++;
      if (!isOver(use, first, second, closure) && !isOver(use, second, first, closure))
        expect.fail(`${a.name} and ${b.name} are in use at once on rank ${a.rank}\n${describe()}`);
    }),
  );
  const precedes = (first: number, second: number): boolean => (closure[second]! & (1n << BigInt(first))) !== 0n;
  const statementOf = (task: number): number => graph.instances[graph.instance[task]!]!.statement;
  buffers.forEach(({ name, aliases }, from) => {
    for (const { by, buffer } of aliases) {
      if (by === undefined) continue;
      const isLast = [...use.written[from]!].every((task) => task === by || precedes(task, by));
      // The word itself sends on what it was sent.
      const isFirst = [...use.used[buffer]!].every(
        (task) => statementOf(task) === statementOf(by) || precedes(by, task),
      );
      if (!isLast || !isFirst) expect.fail(`${name} is passed on too early or too late\n${describe()}`);
    }
  });
  return pairs;
}

test("what may share memory is over before the other is written, by the graph alone", () => {
  let pairs = 0;
  fc.assert(
    fc.property(fc.gen(), fc.boolean(), (generate, byHand) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const settings = byHand ? settingsByHand(draw, program, layer) : settingsByVerbs(draw, program, layer).settings;
      const { execution } = planLayer(program, layer, settings);
      pairs += expectApart(execution, () => describeLayer(program, layer, settings));
    }),
    { numRuns: runsOf(600) },
  );
  expect(pairs).toBeGreaterThan(1000);
});

test("so it is in programs as texts", () => {
  let pairs = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const { text } = randomText(drawFrom(generate));
      const { planned } = planText(text);
      if (planned !== undefined) pairs += expectApart(planned.plan, () => text);
    }),
    { numRuns: runsOf(150) },
  );
  expect(pairs).toBeGreaterThan(1000);
});
