import fc from "fast-check";
import { expect, test } from "vitest";
import { EdgeReason, TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Lowered } from "../../compiler/lower/lower.js";
import { describeLayer } from "../support/describe-layer.js";
import { closureOf, predecessorsOf } from "../support/graph-closure.js";
import { planLayer } from "../support/plan-layer.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

/** (round, block) of a task; an op has one round. */
function placeOf({ instances }: Lowered, graph: TaskGraph, task: number): [number, number] {
  const instance = instances[graph.instance[task]!]!;
  const block = graph.block[task]!;
  if (instance.kind === "op") return [0, block];
  return [graph.instances[graph.instance[task]!]!.rounds![block]!, instance.transferBlock.data[block]!];
}

const compare = (a: readonly number[], b: readonly number[]): number => a[0]! - b[0]! || a[1]! - b[1]!;

test("`order v as w`: by the last of w that a block needs, or the first that needs it; ties row-major", () => {
  let ordered = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const { graph, lowered } = planLayer(program, layer, settings).planned;
      if (graph.taskCount > 250) return;
      const needs = closureOf(predecessorsOf(graph, [EdgeReason.data]));
      const all = Array.from({ length: graph.taskCount }, (_, t) => t).filter((t) => graph.kind[t] !== TaskKind.join);
      const statementOf = (task: number): number => graph.instances[graph.instance[task]!]!.statement;
      const isNeeded = (task: number, by: number): boolean => ((needs[by]! >> BigInt(task)) & 1n) === 1n;
      settings.statements.forEach(({ order }, statement) => {
        // Words of one overlap issue round before all else.
        if (order?.kind !== "as" || settings.overlapGroups.some((group) => group.includes(statement))) return;
        const neighbours = all.filter((task) => statementOf(task) === order.statement);
        const keyOf = (task: number): readonly number[] => {
          const related = neighbours
            .filter((other) => (order.upstream ? isNeeded(other, task) : isNeeded(task, other)))
            .map((other) => placeOf(lowered, graph, other))
            .toSorted(compare);
          if (order.upstream) return related.at(-1) ?? [-1, 0];
          return related[0] ?? [Infinity, 0];
        };
        graph.instances.forEach((instance, i) => {
          if (instance.statement !== statement) return;
          graph.queues.forEach((_, queue) => {
            const issued = all
              .filter((task) => graph.instance[task] === i && graph.queue[task] === queue)
              .toSorted((a, b) => graph.place[a]! - graph.place[b]!);
            const wanted = issued.toSorted(
              (a, b) => compareKeys(keyOf(a), keyOf(b)) || graph.block[a]! - graph.block[b]!,
            );
            if (issued.length > 1) ordered++;
            if (issued.join() !== wanted.join())
              expect.fail(`${issued.join()} not ${wanted.join()}\n${describeLayer(program, layer, settings)}`);
          });
        });
      });
    }),
    { numRuns: runsOf(800) },
  );
  expect(ordered).toBeGreaterThan(10);
});

/** As `compare`, but two that are last are equal. */
function compareKeys(a: readonly number[], b: readonly number[]): number {
  return a[0] === b[0] ? a[1]! - b[1]! : compare(a, b);
}
