import fc from "fast-check";
import { expect, test } from "vitest";
import { Precedence } from "../../compiler/prove/precedence.js";
import { findRaces } from "../../compiler/prove/races.js";
import { describeLayer } from "../support/describe-layer.js";
import { areUnordered, conflictsOf, passedOnByWriters } from "../support/conflicts.js";
import { closureOf, predecessorsOf } from "../support/graph-closure.js";
import { withoutEdge } from "../support/graph-mutants.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { planLayer } from "../support/plan-layer.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomGraph } from "../support/random-graph.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";

/** More tasks than this are not compared pair by pair. */
const comparable = 250;

test("a race is found where two tasks touch an element unordered, and nowhere else", () => {
  const found = { races: 0, sound: 0 };
  fc.assert(
    fc.property(fc.gen(), fc.boolean(), (generate, byHand) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const settings = byHand ? settingsByHand(draw, program, layer) : settingsByVerbs(draw, program, layer).settings;
      const { execution } = planLayer(program, layer, settings);
      const plan = passedOnByWriters(execution);
      const { graph } = plan;
      if (graph.taskCount > comparable || graph.edgeCount === 0) return;
      if (topologicalOrder(graph, seededDraw(1)) === undefined) return;
      const conflicts = conflictsOf(plan, program.mesh);
      const removed = [-1, ...Array.from({ length: 6 }, () => draw.integer(0, graph.edgeCount - 1))];
      for (const edge of removed) {
        const mutant = edge < 0 ? graph : withoutEdge(graph, edge);
        const closure = closureOf(predecessorsOf(mutant));
        const unordered = [...conflicts].filter((pair) => areUnordered(closure, pair));
        const { races } = findRaces({ ...plan, graph: mutant }, new Precedence(mutant), 1000);
        const told = races
          .filter(({ second }) => second.does !== "overwrite")
          .map(({ first, second }) => {
            const [a, b] = [first.task, second.task].toSorted((x, y) => x - y);
            return a! * graph.taskCount + b!;
          });
        const describe = (): string => `edge ${edge}\n${describeLayer(program, layer, settings)}`;
        for (const pair of told) if (!unordered.includes(pair)) expect.fail(`a false alarm: ${describe()}`);
        if (told.length === 0 && unordered.length > 0) expect.fail(`a race is missed: ${describe()}`);
        if (edge < 0 && unordered.length > 0) expect.fail(`the plan itself has a race: ${describe()}`);
        if (unordered.length > 0) found.races++;
        else found.sound++;
      }
    }),
    { numRuns: runsOf(300) },
  );
  expect(found.races).toBeGreaterThan(100);
  expect(found.sound).toBeGreaterThan(300);
});

test("one task precedes another where edges lead from it, however far", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), (seed, ranks) => {
      const graph = randomGraph(seed, ranks, 40);
      const closure = closureOf(predecessorsOf(graph));
      const precedence = new Precedence(graph);
      for (let a = 0; a < graph.taskCount; a++)
        for (let b = 0; b < graph.taskCount; b++)
          expect(precedence.precedes(a, b)).toBe((closure[b]! & (1n << BigInt(a))) !== 0n);
    }),
    { numRuns: runsOf(40) },
  );
});
