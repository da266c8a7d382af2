import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { createAdversary, replay, runAdversary } from "../../runtime/adversary/adversary.js";
import type { AdverseEvent } from "../../runtime/adversary/adversary.js";
import { differencesOf } from "../../runtime/adversary/outputs.js";
import { strategyNames } from "../../runtime/adversary/strategies.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { compareOutputs } from "../../runtime/reference/compare.js";
import { drawInputs } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { faultsOfOrder, orderOf } from "../support/adverse-orders.js";
import { eventsOf, doublings, inputsOf, isSame, seedsTo } from "../support/adverse-plans.js";
import { standardHost } from "../support/bind-text.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { edgesOf } from "../support/graph-mutants.js";
import { widened, withoutEdge } from "../support/plan-mutants.js";
import { accumulatedSum, haloOfTwo, productReduceScatter } from "../support/plans.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomText } from "../../testing/arbitraries/texts.js";

// A plan promises the same bits in any order that its edges and queues leave open, whatever an adversary makes of that.

const pool = createNodePool();
afterAll(() => pool.close());

/** Seeds under which a plan is stuck, breaks its own rules, or comes to other bits than device `cpu`. */
async function seedsThatDiffer(plan: ExecutionPlan, inputs: Reference, count: number): Promise<string[]> {
  const { outputs, failures } = await run(plan, { device: "cpu", reference: inputs, pool });
  expect(failures).toEqual([]);
  const adversary = createAdversary(plan, inputs);
  return seedsTo(count).flatMap((seed) => {
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
      expect(await seedsThatDiffer(plan, drawInputs({ layer, mesh, monoids }), 3), schedule.name).toEqual([]);
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

describe("orders", () => {
  test("the same seed is the same order, another is another, and a replay comes to the same bits", () => {
    const built = productReduceScatter(4);
    const inputs = inputsOf(built);
    const adversary = createAdversary(built.plan, inputs);
    const orders = seedsTo(20).map((seed) => JSON.stringify(adversary.run({ seed }).order));
    expect(new Set(orders).size).toBe(20);
    expect(JSON.stringify(runAdversary(built.plan, inputs, { seed: 7 }).order)).toBe(orders[7]);
    const { from, to } = edgesOf(built.plan.graph)[0]!;
    const mutant = withoutEdge(built.plan, from, to);
    let differ = 0;
    for (const seed of seedsTo(20)) {
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
    const plan = widened(built.plan, 3);
    const adversary = createAdversary(plan, inputsOf(built));
    const expected = adversary.run();
    for (const seed of seedsTo(10)) {
      const found = adversary.run({ seed, strategy, limits: { transfers: 1 } });
      expect(faultsOfOrder(plan.graph, found.order, { transfers: 1 })).toEqual([]);
      expect(isSame(expected, found)).toBe(true);
    }
  });

  test.each([1, 100])("queues of width %d: what is held begins last, what is hurried after what it needs", (width) => {
    const built = productReduceScatter(4);
    const plan = widened(built.plan, width);
    const { graph } = plan;
    const adversary = createAdversary(plan, inputsOf(built));
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
    const { plan, inputs } = doublings([
      ["a", "x"],
      ["b", "a", { after: [0] }],
    ]);
    expect(isNumber(plan, inputs, ["start 0", "start 1", "finish 0", "finish 1"])).toEqual([true, true]);
    expect(isNumber(plan, inputs, ["start 0 reads", "finish 0", "start 1 reads", "finish 1"])).toEqual([true, true]);
    expect(isNumber(plan, inputs, ["start 0 reads", "start 1 reads", "finish 0", "finish 1"])).toEqual([true, false]);
    expect(isNumber(plan, inputs, ["start 1", "finish 1", "start 0", "finish 0"])).toEqual([true, false]);
  });

  test("what a task writes is under all of its names from its finish on", () => {
    const tasks = [["a", "x"] as const, ["b", "alias", { after: [0] }] as const];
    const { plan, inputs } = doublings(tasks, { aliases: [["a", "alias"]] });
    expect(isNumber(plan, inputs, ["start 0 reads", "start 1", "finish 0", "finish 1"])).toEqual([true, true]);
    expect(isNumber(plan, inputs, ["start 0 reads", "start 1 reads", "finish 0", "finish 1"])).toEqual([true, false]);
  });

  test("so is what it accumulates, which begins as not a number in every run", () => {
    const built = accumulatedSum(2);
    const adversary = createAdversary(built.plan, inputsOf(built));
    const numbers = (texts: readonly string[]): boolean[] =>
      adversary.replay(eventsOf(texts)).outputs.map(({ elements }) => !elements.includes(NaN));
    expect(numbers(["start 0", "finish 0", "start 1", "finish 1"])).toEqual([true]);
    expect(numbers(["start 1", "finish 1", "start 0", "finish 0"])).toEqual([false]);
    expect(numbers(["start 0 reads", "start 1 reads", "finish 0", "finish 1"])).toEqual([false]);
  });

  test("what lay in a task's memory is lost from its start on, and what it reads itself once it has read that", () => {
    const tasks = [["a", "x"] as const, ["b", "a", { after: [0] }] as const, ["c", "x", { after: [0] }] as const];
    const other = doublings(tasks, { destroyed: [undefined, undefined, "a"] });
    const events = ["start 0", "finish 0", "start 2", "start 1", "finish 1", "finish 2"];
    expect(isNumber(other.plan, other.inputs, events)).toEqual([false, false, true]);
    const own = doublings([tasks[0]!, tasks[1]!, ["c", "a", { after: [0] }]], {
      destroyed: [undefined, undefined, "a"],
    });
    expect(isNumber(own.plan, own.inputs, events)).toEqual([false, true, true]);
    const early = events.map((event) => (event === "start 2" ? "start 2 reads" : event));
    expect(isNumber(own.plan, own.inputs, early)).toEqual([false, false, true]);
  });
});

/** Of each output, whether all of it is a number after an order. */
function isNumber(plan: ExecutionPlan, inputs: Reference, order: readonly string[]): boolean[] {
  return replay(plan, inputs, eventsOf(order)).outputs.map(({ elements }) => !elements.includes(NaN));
}
