import { afterAll, describe, expect, test } from "vitest";
import { planSchedule } from "../../compiler/program.js";
import { cpuDevice, execute, referenceFor } from "../../evidence/execute.js";
import { toleranceOf } from "../../evidence/tolerance.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { exampleNames, exampleProgram } from "../support/examples.js";

const pool = createNodePool();
afterAll(() => pool.close());

/** Of a file with a drawn table named `gate`, instead of its own. */
const routings = ["uniform seed 3", "zipf(1.5) seed 7", "without(0)", "one(0)"];

/** Every other one with each number of ranks. */
const cases = exampleNames.flatMap((name) => {
  const hasGate = exampleProgram(name).tables.some((table) => table.name === "gate");
  return [4, 8].flatMap((ranks, odd) => {
    const gates = hasGate ? routings.filter((_, i) => i % 2 === odd).map((gate) => ({ gate })) : [{}];
    return gates.map((gate) => ({ name, set: { ranks: String(ranks), ...gate } }));
  });
});

describe("every schedule of the examples computes its layer, as claimed and within what rounding explains", () => {
  test.each(cases)("$name, $set.ranks ranks, gate $set.gate", async ({ name, set }) => {
    const program = exampleProgram(name, { profile: "small", set: new Map(Object.entries(set)) });
    const { layers, mesh, tables, monoids, schedules } = program;
    expect(mesh.rankCount).toBe(Number(set.ranks));
    for (const schedule of schedules) {
      const layer = layers[schedule.layer]!;
      const planned = planSchedule(program, schedule).planned!;
      const plain = await execute(planned, cpuDevice, referenceFor(program, layer), pool);
      if (!("value" in plain)) throw new Error(plain.diagnostics.map(({ message }) => message).join("\n"));
      const { maxError, outputs } = plain.value;
      expect(maxError, schedule.name).toBeLessThanOrEqual(
        Math.min(toleranceOf(program, schedule), reassociationBound(layer, mesh, tables)),
      );
      for (const output of outputs) expect(output.elements.some((element) => Math.abs(element) > 1e-3)).toBe(true);

      // Other orders that the edges allow, with delays: the same bits. And each task once, after all it waits for.
      const reference = prepareReference({ layer: planned.layer, mesh, tables, monoids });
      const disturbed = await run(planned.plan, { device: "cpu", reference, pool, adverse: 5 });
      const checked = await run(planned.plan, { device: "null", pool, adverse: 5 });
      expect([...disturbed.failures, ...checked.failures], schedule.name).toEqual([]);
      expect(disturbed.outputs.map(({ elements }) => elements)).toEqual(outputs.map(({ elements }) => elements));
    }
  });
});
