import fc from "fast-check";
import { expect, test } from "vitest";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { deliveriesIn } from "../../compiler/lower/collective-run.js";
import { findIncomplete } from "../../compiler/prove/complete.js";
import { planLayer } from "../support/plan-layer.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

/** The graph as if a task were not in it. */
function without(graph: TaskGraph, task: number): TaskGraph {
  const kind = graph.kind.slice();
  kind[task] = TaskKind.join;
  return { ...graph, kind };
}

test("every planned graph writes each block once; without a task that an output is made of, it says what is missing", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const { graph, lowered } = planLayer(program, layer, settings).planned;
      const outputs = new Set(layer.outputs);
      expect(findIncomplete(graph, lowered.instances, outputs)).toBeUndefined();
      for (let task = 0; task < graph.taskCount; task++) {
        if (graph.kind[task] === TaskKind.join) continue;
        const record = lowered.instances[graph.instance[task]!]!;
        if (!outputs.has(record.ir.result)) continue;
        // A delivery that is only passed on is not what the output is made of.
        const passedOn =
          record.kind === "word" &&
          !record.run.states.some(
            (state, s) =>
              state.final && deliveriesIn(record.run, s).includes(record.transferEvent.data[graph.block[task]!]!),
          );
        const found = findIncomplete(without(graph, task), lowered.instances, outputs);
        if (passedOn) continue;
        expect(found?.instance).toBe(graph.instance[task]);
        expect(found?.problem).toMatch(/never/);
      }
    }),
    { numRuns: runsOf(300) },
  );
});

test("a block that two tasks write is told", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const { program, layer } = randomLayer(drawFrom(generate));
      const { settings } = settingsByVerbs(drawFrom(generate), program, layer);
      const { graph, lowered } = planLayer(program, layer, settings).planned;
      const tasks = Array.from({ length: graph.taskCount }, (_, task) => task);
      const pair = tasks.flatMap((a) =>
        tasks
          .slice(a + 1, a + 2)
          .filter((b) => graph.instance[a] === graph.instance[b] && graph.rank[a] === graph.rank[b])
          .filter((b) => graph.kind[a] === TaskKind.compute && graph.kind[b] === TaskKind.compute)
          .map((b) => [a, b] as const),
      )[0];
      fc.pre(pair !== undefined);
      const block = graph.block.slice();
      block[pair[1]] = block[pair[0]]!;
      const found = findIncomplete({ ...graph, block }, lowered.instances, new Set(layer.outputs));
      expect(found?.problem).toMatch(/written twice/);
    }),
    { numRuns: runsOf(200) },
  );
});
