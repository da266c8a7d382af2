import fc from "fast-check";
import { expect, test } from "vitest";
import { describeLayer } from "../support/describe-layer.js";
import { faultsOf } from "../support/dependency-oracle.js";
import { planLayer } from "../support/plan-layer.js";
import { drawFrom, runsOf, seededDraw, type Draw } from "../support/random-draw.js";
import { randomLayer, type RandomLayer } from "../support/random-layers.js";
import { settingsByHand, settingsByVerbs } from "../support/random-settings.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import type { Settings } from "../../compiler/lower/settings.js";

function expectExact({ program, layer }: RandomLayer, settings: Settings, seed: number): void {
  let faults: string[];
  try {
    const { execution } = planLayer(program, layer, settings);
    const order = seededDraw(seed);
    if (topologicalOrder(execution.graph, order) === undefined && settings.statements.some((s) => s.keep !== undefined))
      return;
    faults = faultsOf(execution, layer, program.mesh, order);
  } catch (error) {
    faults = [String((error as Error).stack)];
  }
  if (faults.length > 0) expect.fail(`${faults.slice(0, 6).join("\n")}\n${describeLayer(program, layer, settings)}`);
}

const property = (settingsOf: (draw: Draw, random: RandomLayer) => Settings) =>
  fc.property(fc.gen(), (generate) => {
    const draw = drawFrom(generate);
    const random = randomLayer(draw);
    const settings = settingsOf(draw, random);
    expectExact(random, settings, draw.integer(0, 1000));
  });

test("by verbs", () => {
  fc.assert(
    property((draw, { program, layer }) => settingsByVerbs(draw, program, layer).settings),
    { numRuns: runsOf(1000) },
  );
});

test("by hand", () => {
  fc.assert(
    property((draw, { program, layer }) => settingsByHand(draw, program, layer)),
    { numRuns: runsOf(1000) },
  );
});
