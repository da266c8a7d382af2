import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { createAdversary, replay, runAdversary } from "../../runtime/adversary/adversary.js";
import type { AdverseEvent, AdverseResult } from "../../runtime/adversary/adversary.js";
import { differencesOf } from "../../runtime/adversary/outputs.js";
import { strategyNames } from "../../runtime/adversary/strategies.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { compareOutputs } from "../../runtime/reference/compare.js";
import { drawInputs } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { faultsOfOrder, orderOf } from "../support/adverse-orders.js";
import { standardHost } from "../support/bind-text.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { edgesOf, withEdge, withoutAction, withoutEdge } from "../support/graph-mutations.js";
import { binary, kernel, read, standardMonoids } from "../support/kernel-builder.js";
import { oneAxisMesh, planBuilder, run as interval, value } from "../support/plan-builder.js";
import { execute, topologicalOrder } from "../support/plan-interpreter.js";
import { planLayer } from "../support/plan-layer.js";
import { accumulatedSum, haloOfTwo, productReduceScatter } from "../support/plans.js";
import type { PlanWithLayer } from "../support/plans.js";
import { describeLayer } from "../support/describe-layer.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";
import { randomText } from "../support/random-texts.js";

// A plan promises the same bits in any order that its edges and queues leave open. Orders are drawn as badly as they come, and
// a plan that lacks what it needs must be seen to come to something else.

const pool = createNodePool();
afterAll(() => pool.close());

const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);
const inputsOf = ({ layer, ranks }: PlanWithLayer): Reference =>
  drawInputs({ layer, mesh: oneAxisMesh(ranks), monoids: standardMonoids });
const isSame = (expected: AdverseResult, found: AdverseResult): boolean =>
  found.stuck === undefined && differencesOf(expected.outputs, found.outputs).length === 0;

/** Seeds under which a plan is stuck, breaks its own rules, or comes to other bits than device `cpu`. */
async function seedsThatDiffer(plan: ExecutionPlan, inputs: Reference, count: number): Promise<string[]> {
  const { outputs, failures } = await run(plan, { device: "cpu", reference: inputs, pool });
  expect(failures).toEqual([]);
  const adversary = createAdversary(plan, inputs);
  return seeds(count).flatMap((seed) => {
    const found = adversary.run({ seed });
    const buffers = new Map(found.outputs.map(({ buffer, elements }) => [buffer, elements]));
    const differs = compareOutputs(plan, inputs, (buffer) => buffers.get(buffer)!).some(({ elements }, number) =>
      elements.some((element, at) => !Object.is(element, outputs[number]!.elements[at])),
    );
    const faults = [...faultsOfOrder(plan.graph, found.order), ...(found.stuck ? ["stuck"] : [])];
    return [...faults, ...(differs ? ["other bits"] : [])].slice(0, 2).map((fault) => `seed ${seed}: ${fault}`);
  });
}

describe("the same bits in every order, those of device cpu", () => {
  test.each(exampleNames)("every schedule of %s", async (name) => {
    const program = exampleProgram(name, { profile: "small" });
    for (const schedule of program.schedules) {
      const { plan, layer } = planSchedule(program, schedule).planned!;
      const { mesh, monoids } = onMeshOf(program, layer);
      expect(await seedsThatDiffer(plan, drawInputs({ layer, mesh, monoids }), 4), schedule.name).toEqual([]);
    }
  });

  test.each([productReduceScatter(4), haloOfTwo(), accumulatedSum(4)])("plan %# by hand", async (built) => {
    expect(await seedsThatDiffer(built.plan, inputsOf(built), runsOf(40))).toEqual([]);
  });

  test("random programs", async () => {
    let planned = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (generate) => {
        const { text } = randomText(drawFrom(generate));
        const { program } = checkFile("main.stretto", createMemoryHost({ "main.stretto": text }, standardHost));
        const made = program && planSchedule(program, program.schedules[0]!).planned;
        if (!made) return;
        planned++;
        const { mesh, monoids } = program;
        expect(await seedsThatDiffer(made.plan, drawInputs({ layer: made.layer, mesh, monoids }), 3), text).toEqual([]);
      }),
      { numRuns: runsOf(60) },
    );
    expect(planned).toBeGreaterThan(runsOf(60) / 4);
  });
});

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
    fc.assert(property, { numRuns: runsOf(200) });
    expect(found).toBeGreaterThan(runsOf(200) / 10);
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
        seeds(60).some((seed) => !isSame(expected, mutant.run({ seed }))),
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
      if (!seeds(40).some((seed) => !isSame(expected, adversary.run({ seed })))) missed.push(`${from} -> ${to}`);
    }
    expect(missed).toEqual([]);
    expect(needed).toBeGreaterThan(5);
  });

  test("contributions that are not ordered are accumulated onto what is not there yet", () => {
    const built = accumulatedSum(4);
    const wide = { ...built.plan.graph.queues[0]!, width: 4 };
    const plan = { ...built.plan, graph: { ...built.plan.graph, queues: [wide] } };
    const inputs = inputsOf(built);
    const expected = runAdversary(plan, inputs);
    for (const { from, to } of edgesOf(plan.graph)) {
      const mutant = createAdversary(withoutEdge(plan, from, to), inputs);
      expect(seeds(20).some((seed) => !isSame(expected, mutant.run({ seed })))).toBe(true);
    }
  });

  test("what memory held before is lost to who reads it late", () => {
    const { plan, inputs, reader, destroyer } = memoryInTurn();
    const expected = runAdversary(plan, inputs);
    expect(expected.outputs.some(({ elements }) => elements.includes(NaN))).toBe(false);
    const whole = createAdversary(plan, inputs);
    const mutant = createAdversary(withoutEdge(plan, reader, destroyer), inputs);
    expect(seeds(20).every((seed) => isSame(expected, whole.run({ seed })))).toBe(true);
    expect(seeds(20).some((seed) => !isSame(expected, mutant.run({ seed })))).toBe(true);
    // Lost from the start of what destroys it, not from its end.
    const late = mutant.replay([
      ...["start 0", "finish 0", "start 2"].map(eventOf),
      ...["start 1", "finish 1", "finish 2", "start 3", "finish 3"].map(eventOf),
    ]);
    expect(late.outputs.some(({ elements }) => elements.includes(NaN))).toBe(true);
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

describe("orders", () => {
  test("the same seed is the same order, another is another, and a replay comes to the same bits", () => {
    const built = productReduceScatter(4);
    const inputs = inputsOf(built);
    const adversary = createAdversary(built.plan, inputs);
    const orders = seeds(20).map((seed) => JSON.stringify(adversary.run({ seed }).order));
    expect(new Set(orders).size).toBe(20);
    expect(JSON.stringify(runAdversary(built.plan, inputs, { seed: 7 }).order)).toBe(orders[7]);
    const { from, to } = edgesOf(built.plan.graph)[0]!;
    const mutant = withoutEdge(built.plan, from, to);
    let differ = 0;
    for (const seed of seeds(20)) {
      const first = runAdversary(mutant, inputs, { seed });
      const second = replay(mutant, inputs, first.order);
      expect(second.order).toEqual(first.order);
      expect(differencesOf(first.outputs, second.outputs)).toEqual([]);
      if (!isSame(runAdversary(built.plan, inputs), second)) differ++;
    }
    expect(differ).toBeGreaterThan(0);
  });

  test("what is no order of the plan's tasks is refused", () => {
    const built = haloOfTwo();
    const { order } = runAdversary(built.plan, inputsOf(built), { seed: 1 });
    const inputs = inputsOf(built);
    expect(() => replay(built.plan, inputs, [...order, order[0]!])).toThrow(/no order of this plan/);
    expect(() => replay(built.plan, inputs, order.slice(1))).toThrow(/no order of this plan/);
    const part = replay(built.plan, inputs, order.slice(0, -1));
    expect(part.stuck!.map(({ task }) => task)).toEqual([order.at(-1)!.task]);
  });

  test.each(strategyNames)("%s: legal, with fewer transfers in flight", (strategy) => {
    const built = productReduceScatter(4);
    const adversary = createAdversary(built.plan, inputsOf(built));
    const expected = adversary.run();
    for (const seed of seeds(10)) {
      const found = adversary.run({ seed, strategy, limits: { transfers: 1 } });
      expect(faultsOfOrder(built.plan.graph, found.order, { transfers: 1 })).toEqual([]);
      expect(isSame(expected, found)).toBe(true);
    }
  });

  test("what is held begins when nothing else can; what is hurried, after no more than it needs", () => {
    const built = productReduceScatter(4);
    const { graph } = built.plan;
    const adversary = createAdversary(built.plan, inputsOf(built));
    const { isStarted, isFinished } = orderOf(graph);
    for (let task = 0; task < graph.taskCount; task++) {
      const { order } = adversary.run({ seed: task, hold: task });
      const begun = order.findIndex((event) => event.task === task);
      const later = new Set(order.slice(begun).map((event) => event.task));
      expect([...later].filter((other) => other !== task && !isStarted(task, other))).toEqual([]);
      const hurried = adversary.run({ seed: task, hurry: task }).order;
      const sooner = hurried.slice(
        0,
        hurried.findIndex((event) => event.task === task),
      );
      const isNeeded = (event: AdverseEvent): boolean =>
        (event.at === "start" ? isStarted : isFinished)(event.task, task);
      expect(sooner.filter((event) => !isNeeded(event))).toEqual([]);
    }
  });

  test("a task reads at its start or at its finish, and writes at its finish", () => {
    const { plan, inputs } = memoryInTurn();
    const outputs = (events: readonly string[]): number[] => [
      ...replay(plan, inputs, events.map(eventOf)).outputs[0]!.elements,
    ];
    const right = [...runAdversary(plan, inputs).outputs[0]!.elements];
    const others = ["start 2", "finish 2", "start 3", "finish 3"];
    // Task 1 reads what task 0 writes.
    expect(outputs(["start 0", "start 1", "finish 0", "finish 1", ...others])).toEqual(right);
    const early = outputs(["start 0", "start 1 reads", "finish 0", "finish 1", ...others]);
    expect(early.every(Number.isNaN)).toBe(true);
    expect(outputs(["start 0 reads", "finish 0", "start 1 reads", "finish 1", ...others])).toEqual(right);
  });
});

/** `start 3`, `finish 3`, `start 3 reads`: a task that does not read at its start does so at its finish. */
function eventOf(this: unknown, text: string, _: number, all: readonly string[]): AdverseEvent {
  const [at, task, reads] = text.split(" ") as ["start" | "finish", string, string | undefined];
  const isEarly = all.includes(`start ${task} reads`);
  return { task: Number(task), at, reads: at === "start" ? reads !== undefined : !isEarly };
}

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

/** b = 2 a where a = 2 x, then d = 2 c where c = 2 x lies in a's memory: task 2 destroys what task 1 reads. */
function memoryInTurn() {
  const twice = kernel(1, [["i", 3]], binary(read(0, 0), "+", read(0, 0)));
  const names = ["x", "a", "b", "c", "d"];
  const values = names.map((name, id) => value(id, name, [3]));
  const builder = planBuilder({ ranks: 1, values, kernels: [twice], outputs: [2, 4] });
  const whole = interval(0, 3);
  const [x, a, b, c, d] = names.map((name) =>
    builder.buffer(0, name, [whole], name === "x" ? { role: "input" } : {}),
  ) as [number, number, number, number, number];
  const first = builder.compute("one", a, [x], [whole]);
  const reader = builder.compute("two", b, [a], [whole], { after: [first] });
  const destroyer = builder.compute("three", c, [x], [whole], { after: [first, reader] });
  builder.compute("three", d, [c], [whole], { after: [destroyer] });
  const plan: ExecutionPlan = {
    ...builder.build(),
    overwrites: (task) => (task === destroyer ? [{ buffer: a, region: [whole] }] : []),
  };
  const layer = { ...haloOfTwo().layer, values, inputs: [0], outputs: [2, 4], statements: [] };
  return { plan, inputs: drawInputs({ layer, mesh: oneAxisMesh(1), monoids: standardMonoids }), reader, destroyer };
}
