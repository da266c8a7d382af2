import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { placeBuffers } from "../../compiler/emit/webgpu/memory.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { planSchedule } from "../../compiler/program.js";
import { describeLayer } from "../support/describe-layer.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { planLayer } from "../support/plan-layer.js";
import { planText } from "../support/plan-text.js";
import { projectRoot } from "../support/project.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";
import { randomText } from "../../testing/arbitraries/texts.js";
import { sharedPairs } from "../support/shared-bytes.js";

// What lies in the same bytes of a device is used one after the other, whatever the order in which tasks run.

/** Larger graphs are not compared pair by pair. */
const comparable = 400;

/** Dtypes that no device has are replaced: the order of uses does not depend on them. */
const inF32 = (plan: ExecutionPlan): ExecutionPlan => ({
  ...plan,
  buffers: plan.buffers.map(({ state, ...info }) => {
    const components = state?.components.map((component) => ({ ...component, dtype: "f32" }));
    return { ...info, dtype: "f32", ...(state && { state: { ...state, components: components! } }) };
  }),
});

/** How many pairs share bytes; fails where the graph leaves their order open. */
function expectOrdered(plan: ExecutionPlan, describePlan: () => string): number {
  const pairs = sharedPairs(plan, placeBuffers(plan));
  const open = pairs.find(({ isOrdered }) => !isOrdered);
  if (open !== undefined) {
    const [first, second] = [plan.buffers[open.first]!, plan.buffers[open.second]!];
    expect.fail(`${first.name} and ${second.name} share bytes of rank ${first.rank} while in use\n${describePlan()}`);
  }
  return pairs.length;
}

test("in random layers, by hand and by verbs", () => {
  let pairs = 0;
  fc.assert(
    fc.property(fc.gen(), fc.boolean(), (generate, byHand) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const settings = byHand ? settingsByHand(draw, program, layer) : settingsByVerbs(draw, program, layer).settings;
      const { execution } = planLayer(program, layer, settings);
      if (execution.graph.taskCount > comparable || topologicalOrder(execution.graph, seededDraw(1)) === undefined)
        return;
      pairs += expectOrdered(inF32(execution), () => describeLayer(program, layer, settings));
    }),
    { numRuns: runsOf(300) },
  );
  expect(pairs).toBeGreaterThan(100);
});

test("in random programs", () => {
  let pairs = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const { text } = randomText(drawFrom(generate));
      const { planned } = planText(text);
      if (planned === undefined || planned.graph.taskCount > comparable) return;
      pairs += expectOrdered(inF32(planned.plan), () => text);
    }),
    { numRuns: runsOf(150) },
  );
  expect(pairs).toBeGreaterThan(100);
});

describe("in the examples, and a rank allocates no more than without sharing", () => {
  test.each(exampleNames)("%s", (name) => {
    for (const { plan, schedule } of plansOf(name)) {
      expectOrdered(plan, () => schedule);
      const [shared, own] = [placeBuffers(plan), placeBuffers({ ...plan, apart: () => false })];
      shared.valueBytes.forEach((bytes, rank) => expect(bytes, schedule).toBeLessThanOrEqual(own.valueBytes[rank]!));
    }
  });
});

/** Bytes of the rank whose values are most above what is proven. */
interface Figures {
  readonly proven: number;
  readonly values: number;
  readonly unshared: number;
}

function plansOf(name: string) {
  const program = exampleProgram(name, { profile: "small", set: new Map([["ranks", "4"]]) });
  return program.schedules.map((schedule) => {
    const { plan, peakMemoryBytes } = planSchedule(program, schedule).planned!;
    return { plan, peakMemoryBytes, schedule: `${name} ${schedule.name}` };
  });
}

function figuresOf({ plan, peakMemoryBytes }: ReturnType<typeof plansOf>[number]): Figures {
  const own = placeBuffers({ ...plan, apart: () => false }).valueBytes;
  const ranks = placeBuffers(plan).valueBytes.map((values, rank) => {
    return { proven: peakMemoryBytes[rank]!, values, unshared: own[rank]! };
  });
  return ranks.reduce((most, one) => (one.values - one.proven > most.values - most.proven ? one : most));
}

test("the page says of every schedule that needs more than is proven how much, and why", () => {
  const page = readFileSync(`${projectRoot}/docs/runtime.md`, "utf8");
  const rows = page.matchAll(/^\| `([\w-]+ \w+)` +\| +([\d,]+) \| +([\d,]+) \| +([\d,]+) \| (.*?) *\|$/gm);
  const said = new Map(
    Array.from(rows, ([, schedule, ...cells]) => {
      const [proven, values, unshared] = cells.slice(0, 3).map((cell) => Number(cell.replaceAll(",", "")));
      return [schedule!, { figures: { proven, values, unshared }, why: cells[3]! }];
    }),
  );
  const found = exampleNames.flatMap(plansOf).map((plan) => [plan.schedule, figuresOf(plan)] as const);
  for (const [schedule, figures] of found) {
    if (figures.values > figures.proven) expect(said.get(schedule)?.why, schedule).toMatch(/\w/);
    if (said.has(schedule)) expect(said.get(schedule)!.figures, schedule).toEqual(figures);
  }
  expect([...said.keys()].filter((schedule) => !found.some(([name]) => name === schedule))).toEqual([]);
});
