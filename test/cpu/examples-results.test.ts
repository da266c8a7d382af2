import { afterAll, describe, expect, test } from "vitest";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { execute, referenceFor } from "../../cli/support/execute.js";
import { toleranceOf } from "../../cli/support/tolerance.js";
import { createRankPool } from "../../runtime/pool.js";
import { prepareReference } from "../../runtime/reference.js";
import { run } from "../../runtime/run.js";
import { reassociationBound } from "../../runtime/tolerance.js";
import { projectRoot } from "../support/project.js";

const pool = createRankPool();
afterAll(() => pool.close());

const routings = ["uniform seed 3", "zipf(1.5) seed 7", "without(0)", "one(0)"];
const cases = [2, 4, 8].flatMap((ranks) => [
  ...routings.map((gate) => ({ file: "comet", set: { ranks: String(ranks), gate } })),
  { file: "t3", set: { ranks: String(ranks) } },
  { file: "flux", set: { ranks: String(ranks) } },
]);

describe("every schedule of the examples computes its layer, as claimed and within what rounding explains", () => {
  test.each(cases)("$file, $set.ranks ranks, gate $set.gate", async ({ file, set }) => {
    const path = `${projectRoot}/examples/${file}.stretto`;
    const options = { profile: "small", set: new Map(Object.entries(set)) };
    const { program, diagnostics } = checkFile(path, createNodeHost(path), options);
    expect(diagnostics).toEqual([]);
    const { layers, mesh, tables, monoids, schedules } = program!;
    expect(schedules.length).toBeGreaterThan(2);
    for (const schedule of schedules) {
      const layer = layers[schedule.layer]!;
      const planned = planSchedule(program!, schedule).planned!;
      const plain = await execute(planned, "cpu", referenceFor(program!, layer), pool);
      if (!("value" in plain)) throw new Error(plain.diagnostics.map(({ message }) => message).join("\n"));
      const { maxError, outputs } = plain.value;
      expect(maxError, schedule.name).toBeLessThanOrEqual(
        Math.min(toleranceOf(program!, schedule), reassociationBound(layer, mesh, tables)),
      );
      expect(outputs[0]!.elements.some((element) => Math.abs(element) > 1e-3)).toBe(true);

      // Other orders that the edges allow, with delays: the same bits. And each task once, after all it waits for.
      const reference = prepareReference({ layer: planned.layer, mesh, tables, monoids });
      const disturbed = await run(planned.plan, { device: "cpu", reference, pool, adverse: 5 });
      const checked = await run(planned.plan, { device: "null", pool, adverse: 5 });
      expect([...disturbed.failures, ...checked.failures], schedule.name).toEqual([]);
      expect(disturbed.outputs[0]!.elements).toEqual(outputs[0]!.elements);
    }
  });
});
