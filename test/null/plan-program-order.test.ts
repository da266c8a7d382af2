import fc from "fast-check";
import { expect, test } from "vitest";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { EdgeReason, TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Settings } from "../../compiler/lower/settings.js";
import { defaultSettings } from "../../compiler/plan/settings.js";
import { describeLayer } from "../support/describe-layer.js";
import { bitsOf, closureOf, predecessorsOf } from "../support/graph-closure.js";
import { planLayer, type PlannedLayer } from "../support/plan-layer.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";

/** More tasks than this are not compared pair by pair. */
const comparable = 250;

function ranksTouched(graph: TaskGraph, task: number): number[] {
  const cost = graph.classes[graph.classOf[task]!]!;
  return cost.kind === "transfer" ? [cost.source, cost.target] : [graph.rank[task]!];
}

/**
 * Program order, pair by pair: x before y where y's statement is later, they touch the same rank, no verb relaxed the
 * two statements or took one out of order, and they are not of different parts of one split.
 */
function pairsInOrder({ planned }: PlannedLayer, settings: Settings): number[][] {
  const { graph, lowered } = planned;
  const count = settings.statements.length;
  const before: number[][] = Array.from({ length: graph.taskCount }, () => []);
  for (let y = 0; y < graph.taskCount; y++)
    for (let x = 0; x < graph.taskCount; x++) {
      if (graph.kind[x] === TaskKind.join || graph.kind[y] === TaskKind.join) continue;
      const [a, b] = [lowered.instances[graph.instance[x]!]!, lowered.instances[graph.instance[y]!]!];
      if (a.statement >= b.statement || settings.relaxed.has(a.statement * count + b.statement)) continue;
      if (settings.statements[a.statement]!.async || settings.statements[b.statement]!.async) continue;
      const otherPart = a.selections.some((own, i) =>
        b.selections.some((other, j) => own.axis === other.axis && a.part[i] !== b.part[j]),
      );
      if (otherPart || !ranksTouched(graph, x).some((rank) => ranksTouched(graph, y).includes(rank))) continue;
      before[y]!.push(x);
    }
  return before;
}

function expectProgramOrder(program: CheckedProgram, layer: Parameters<typeof planLayer>[1], settings: Settings): void {
  const made = planLayer(program, layer, settings);
  const { graph, contributions } = made.planned;
  if (graph.taskCount > comparable || topologicalOrder(graph, seededDraw(1)) === undefined) return;
  const data = predecessorsOf(graph, [EdgeReason.data, EdgeReason.reuse]);
  const stated = pairsInOrder(made, settings).map((before, task) => [...before, ...data[task]!]);
  // Contributions to one block come one after another.
  const direct = predecessorsOf(graph);
  for (let task = 0; task < graph.taskCount; task++)
    if (contributions.place[task]! > 0)
      stated[task]!.push(
        ...direct[task]!.filter((other) => contributions.place[other]! === contributions.place[task]! - 1),
      );
  const tasks = bitsOf(graph, (task) => graph.kind[task] !== TaskKind.join);
  const [found, wanted] = [closureOf(direct), closureOf(stated)];
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] === TaskKind.join) continue;
    if ((found[task]! & tasks) !== (wanted[task]! & tasks))
      expect.fail(
        `task ${task} waits for ${(found[task]! ^ wanted[task]!).toString(2)} \n${describeLayer(program, layer, settings)}`,
      );
  }
}

test("without verbs a statement waits for all earlier tasks on the ranks it touches, and for nothing else", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const { program, layer } = randomLayer(drawFrom(generate));
      expectProgramOrder(program, layer, defaultSettings(program, layer));
    }),
    { numRuns: runsOf(300) },
  );
});

test("verbs remove exactly the barriers they name", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const byHand = draw.oneIn(2);
      expectProgramOrder(
        program,
        layer,
        byHand ? settingsByHand(draw, program, layer) : settingsByVerbs(draw, program, layer).settings,
      );
    }),
    { numRuns: runsOf(300) },
  );
});
