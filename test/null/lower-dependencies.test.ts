import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import { fuseStatements } from "../../compiler/rewrite/fuse.js";
import type { Settings } from "../../compiler/lower/settings.js";
import { describeLayer } from "../support/describe-layer.js";
import { faultsOf } from "../support/dependency-oracle.js";
import { planLayer } from "../support/plan-layer.js";
import { plannedText } from "../support/plan-text.js";
import { topologicalOrder, unsharded } from "../support/plan-interpreter.js";
import { drawFrom, runsOf, seededDraw, type Draw } from "../support/random-draw.js";
import { randomLayer, type RandomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";

// Random layers on random meshes with random routings, cut into random blocks. An oracle works out element by element
// what each task reads and who wrote it: the derived dependencies must be those, none missing and none spare; what is
// kept must be what the outputs need; and tasks run in a random order that respects the edges must compute the layer.

function expectExact({ program, layer }: RandomLayer, settings: Settings, seed: number): void {
  const faults: string[] = [];
  try {
    const { execution } = planLayer(program, layer, settings);
    const slotsTooFew = settings.statements.some((own) => own.keep !== undefined);
    if (slotsTooFew && topologicalOrder(execution.graph, seededDraw(seed)) === undefined) return;
    faults.push(...faultsOf(execution, layer, program.mesh, seededDraw(seed)));
  } catch (error) {
    faults.push(String((error as Error).stack));
  }
  if (faults.length > 0) expect.fail(`${faults.slice(0, 6).join("\n")}\n${describeLayer(program, layer, settings)}`);
}

const exact = (settingsOf: (draw: Draw, random: RandomLayer) => Settings) =>
  fc.property(fc.gen(), (generate) => {
    const draw = drawFrom(generate);
    const random = randomLayer(draw);
    expectExact(random, settingsOf(draw, random), draw.integer(0, 1000));
  });

test("exact for what the verbs of a schedule ask for", () => {
  const property = exact((draw, { program, layer }) => settingsByVerbs(draw, program, layer).settings);
  fc.assert(property, { numRuns: runsOf(1000) });
});

test("exact for any cuts, restarts and barriers at all", () => {
  const property = exact((draw, { program, layer }) => settingsByHand(draw, program, layer));
  fc.assert(property, { numRuns: runsOf(1000) });
});

test("exact for kernels that fusion makes, which compute what they are made of", () => {
  let fusions = 0;
  const property = fc.property(fc.gen(), (generate) => {
    const draw = drawFrom(generate);
    // Nothing divides a result but its operands' layouts: fusion reads through what only moves.
    const { program, layer, schedule } = randomLayer(draw, false);
    const first = draw.integer(0, layer.statements.length - 1);
    const fused = fuseStatements(layer, first, draw.integer(first, layer.statements.length - 1));
    if ("problem" in fused || fused === layer) return;
    fusions++;
    const [before, after] = [layer, fused].map((one) => {
      const results = unsharded(program, one, program.mesh);
      return one.outputs.map((output) => [one.values[output]!.name, [...results.get(output)!]]);
    });
    expect(after).toEqual(before);
    const random = { program, layer: fused, schedule };
    expectExact(random, settingsByHand(draw, program, fused), draw.integer(0, 1000));
  });
  fc.assert(property, { numRuns: runsOf(2500) });
  expect(fusions).toBeGreaterThan(20);
});

describe("the oracle", () => {
  const text = `
import { laptop } from "std/machines"
import { matmul } from "std/ops"
param rows = 5, inner = 4, cols = 3
mesh on laptop { tp: 2 }
layer net(x: f32[rows, inner/tp], w: f32[inner/tp, cols]) -> out: f32[rows/tp, cols] {
  let y = matmul(x, w)
  return reduce_scatter(y, rows)
}
schedule s of net { overlap y -> out by shard }
`;
  const { program, planned } = plannedText(text);
  const faults = (plan: ExecutionPlan): string => faultsOf(plan, planned.layer, program.mesh, seededDraw(1)).join("; ");

  /** The plan with the n-th data edge turned into one of order, or one of order into data. */
  const withReason = (from: EdgeReason, to: EdgeReason): ExecutionPlan => {
    const { graph } = planned.plan;
    const reason = graph.reason.slice();
    reason[reason.indexOf(from)] = to;
    return { ...planned.plan, graph: { ...graph, reason } };
  };

  test("has nothing to say of what is right", () => {
    expect(faults(planned.plan)).toBe("");
  });

  test("tells a dependency that is missing", () => {
    expect(faults(withReason(EdgeReason.data, EdgeReason.order))).toMatch(/^missing: task \d+/);
  });

  test("tells a dependency that is spare", () => {
    const { graph } = planned.plan;
    // Task 0 is a block of y; the last task of the other rank's y needs nothing of it.
    const successorStart = graph.successorStart.map((start, task) => (task > 0 ? start + 1 : start));
    const other = [...graph.rank.keys()].findLast((task) => graph.kind[task] === 0 && graph.rank[task] === 1)!;
    const graphWithSpare = {
      ...graph,
      edgeCount: graph.edgeCount + 1,
      successorStart,
      successor: Uint32Array.of(other, ...graph.successor),
      reason: Uint8Array.of(EdgeReason.data, ...graph.reason),
    };
    expect(faults({ ...planned.plan, graph: graphWithSpare })).toMatch(/^spare: task \d+/);
  });

  test("tells a wrong element, and what is computed for nobody", () => {
    const shifted: ExecutionPlan = {
      ...planned.plan,
      kernels: planned.plan.kernels.map((kernel) => ({
        ...kernel,
        body: { kind: "binary", operator: "+", left: kernel.body, right: { kind: "constant", value: 1 } },
      })),
    };
    expect(faults({ ...shifted })).toMatch(/out\[\d,\d\] at \(\d\) is -?\d+, not -?\d+/);
    expect(faults({ ...planned.plan, outputs: [] })).toMatch(/nobody needs what task \d+/);
  });
});
