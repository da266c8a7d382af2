import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import { planSchedule } from "../../compiler/program.js";
import { createAdversary, runAdversary } from "../../runtime/adversary/adversary.js";
import { drawInputs } from "../../runtime/reference/reference.js";
import { orderOf } from "../support/adverse-orders.js";
import { inputsOf, isSame, doublings, seedsTo } from "../support/adverse-plans.js";
import { describeLayer } from "../support/describe-layer.js";
import { exampleProgram } from "../support/examples.js";
import { edgesOf } from "../support/graph-mutants.js";
import { widened, withEdge, withoutAction, withoutEdge } from "../support/plan-mutants.js";
import { execute, topologicalOrder } from "../support/plan-interpreter.js";
import { planLayer } from "../support/plan-layer.js";
import { accumulatedSum, haloOfTwo, productReduceScatter } from "../support/plans.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

// A plan that lacks what it needs comes to something else in some order: what finds no such order proves nothing.

describe("what a plan lacks shows", () => {
  test("an edge less between who writes and who reads: other bits, once the one is held and the other hurried", () => {
    let found = 0;
    const property = fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const settings = settingsByVerbs(draw, program, layer).settings;
      const { execution } = planLayer(program, layer, settings);
      // All that is ever written is looked at: not each element of a delivery is needed.
      const plan = { ...execution, outputs: execution.buffers.map(({ value: id }, buffer) => ({ value: id, buffer })) };
      const order = topologicalOrder(plan.graph, seededDraw(1));
      const edges = edgesOf(plan.graph);
      if (order === undefined || edges.length === 0) return;
      const inputs = drawInputs({ layer, mesh: program.mesh, monoids: program.monoids });
      const expected = runAdversary(plan, inputs);
      // Slots may fill in an order that their readers do not take.
      if (expected.stuck) return;
      const { from, to } = draw.pick(edges);
      const mutant = withoutEdge(plan, from, to);
      const interpreted = execute(plan, program.mesh, order);
      const written = (task: number) => interpreted.writes[task]!;
      const pair = unorderedPair(mutant, interpreted, from);
      // What is not a number anyway (an empty maximum less another) says nothing.
      const right = (buffer: number, address: number): number => expected.outputs[buffer]!.elements[address]!;
      if (pair === undefined || written(pair.hurry).some((at) => Number.isNaN(right(at.buffer, at.address)))) return;
      found++;
      expect(isSame(expected, runAdversary(plan, inputs, { seed: 1, ...pair }))).toBe(true);
      const seen = runAdversary(mutant, inputs, { seed: 1, ...pair });
      if (isSame(expected, seen)) expect.fail(describeLayer(program, layer, settings));
    });
    fc.assert(property, { numRuns: runsOf(120) });
    expect(found).toBeGreaterThan(runsOf(120) / 10);
  });

  test.each([
    ["products", productReduceScatter(2)],
    ["halo", haloOfTwo()],
    ["accumulated", accumulatedSum(4)],
  ] as const)("an edge less in %s: other bits for some seed", (_, built) => {
    const inputs = inputsOf(built);
    const expected = runAdversary(built.plan, inputs);
    for (const { from, to } of edgesOf(built.plan.graph)) {
      // Tasks of a queue of width 1 are ordered without an edge.
      const { queue } = built.plan.graph;
      if (queue[from] === queue[to] && queue[from]! >= 0) continue;
      const mutant = createAdversary(withoutEdge(built.plan, from, to), inputs);
      expect(
        seedsTo(60).some((seed) => !isSame(expected, mutant.run({ seed }))),
        `${from} -> ${to}`,
      ).toBe(true);
    }
  });

  test.each([
    ["flux", "ag_flux"],
    ["fsmoe", "fsmoe"],
  ])("a data edge less in %s %s: other bits for some seed of few", (name, schedule) => {
    const program = exampleProgram(name, { profile: "small" });
    const { plan, layer } = planSchedule(
      program,
      program.schedules.find((one) => one.name === schedule)!,
    ).planned!;
    const { mesh, monoids } = onMeshOf(program, layer);
    const inputs = drawInputs({ layer, mesh, monoids });
    const expected = runAdversary(plan, inputs);
    const edges = edgesOf(plan.graph).filter(({ reason }) => reason === EdgeReason.data);
    const missed: string[] = [];
    let needed = 0;
    for (let edge = 0; edge < edges.length; edge += Math.ceil(edges.length / 20)) {
      const { from, to } = edges[edge]!;
      const mutant = withoutEdge(plan, from, to);
      if (orderOf(mutant.graph).isFinished(from, to)) continue;
      needed++;
      const adversary = createAdversary(mutant, inputs);
      if (!seedsTo(40).some((seed) => !isSame(expected, adversary.run({ seed })))) missed.push(`${from} -> ${to}`);
    }
    expect(missed).toEqual([]);
    expect(needed).toBeGreaterThan(5);
  });

  test("contributions that are not ordered are accumulated onto what is not there yet", () => {
    const built = accumulatedSum(4);
    const plan = widened(built.plan, 4);
    const inputs = inputsOf(built);
    const expected = runAdversary(plan, inputs);
    for (const { from, to } of edgesOf(plan.graph)) {
      const mutant = createAdversary(withoutEdge(plan, from, to), inputs);
      expect(seedsTo(20).some((seed) => !isSame(expected, mutant.run({ seed })))).toBe(true);
    }
  });

  test("what memory held before is lost to who reads it late", () => {
    // Task 2 writes where the result of task 0 lies, which task 1 reads.
    const { plan, inputs } = doublings(
      [
        ["a", "x"],
        ["b", "a", { after: [0] }],
        ["c", "x", { after: [0, 1] }],
      ],
      { destroyed: [undefined, undefined, "a"] },
    );
    const outputs = plan.outputs.filter(({ value }) => value !== 1);
    const expected = runAdversary({ ...plan, outputs }, inputs);
    expect(expected.outputs.some(({ elements }) => elements.includes(NaN))).toBe(false);
    const whole = createAdversary({ ...plan, outputs }, inputs);
    const mutant = createAdversary({ ...withoutEdge(plan, 1, 2), outputs }, inputs);
    expect(seedsTo(20).every((seed) => isSame(expected, whole.run({ seed })))).toBe(true);
    expect(seedsTo(20).some((seed) => !isSame(expected, mutant.run({ seed })))).toBe(true);
  });

  test("a delivery less: what is read is not a number", () => {
    const built = haloOfTwo();
    const inputs = inputsOf(built);
    const send = [...built.plan.graph.kind.keys()].find((task) => built.plan.action(task).kind === "copy")!;
    const { outputs } = runAdversary(withoutAction(built.plan, send), inputs, { seed: 1 });
    expect(outputs.some(({ elements }) => elements.includes(NaN))).toBe(true);
  });

  test("a cycle: the tasks of it never run, and each says what it waits for", () => {
    const built = haloOfTwo();
    const { from, to } = edgesOf(built.plan.graph)[0]!;
    const { stuck, order } = runAdversary(withEdge(built.plan, to, from), inputsOf(built), { seed: 3 });
    const waits = new Map(stuck!.map(({ task, waitsFor }) => [task, waitsFor]));
    expect(waits.get(to)).toContainEqual(expect.objectContaining({ task: from, by: "edge" }));
    expect(waits.get(from)).toContainEqual(expect.objectContaining({ task: to, by: "edge" }));
    expect(stuck!.find(({ task }) => task === from)!.name).toMatch(/^step, block \d+, on rank \d$/);
    expect(order.some(({ task }) => waits.has(task))).toBe(false);
    expect(order).toHaveLength(2 * (built.plan.graph.taskCount - stuck!.length));
  });

  test("a head that waits for what is behind it: those behind say so", () => {
    const { plan, layer, ranks } = accumulatedSum(3);
    const { stuck } = runAdversary(withEdge(plan, 2, 0), inputsOf({ plan, layer, ranks }), { seed: 0 });
    expect(stuck!.map(({ task }) => task)).toEqual([0, 1, 2]);
    expect(stuck![2]!.waitsFor.map(({ task, by }) => [task, by])).toContainEqual([0, "queue"]);
  });
});

/** Two tasks of a pair (who writes, who reads) that a plan without one of its edges leaves unordered, the writer being or behind `from`. */
function unorderedPair(
  { graph, buffers }: ExecutionPlan,
  execution: ReturnType<typeof execute>,
  from: number,
): { readonly hold: number; readonly hurry: number } | undefined {
  const { isFinished } = orderOf(graph);
  const writers = new Map<string, number>();
  for (let task = 0; task < graph.taskCount; task++)
    for (const { buffer, address } of execution.writes[task]!) writers.set(`${buffer} ${address}`, task);
  for (let reader = 0; reader < graph.taskCount; reader++)
    for (const { buffer, address } of execution.reads[reader]!) {
      const writer = writers.get(`${buffer} ${address}`);
      // What holds an identity before the run may hold it after as well.
      if (writer === undefined || writer === reader || buffers[buffer]!.fill !== undefined) continue;
      const isFrom = writer === from || isFinished(writer, from);
      if (isFrom && !isFinished(writer, reader)) return { hold: writer, hurry: reader };
    }
  return undefined;
}
