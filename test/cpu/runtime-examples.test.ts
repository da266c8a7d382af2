import { afterAll, describe, expect, test } from "vitest";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { createRankPool } from "../../runtime/pool.js";
import { prepareReference } from "../../runtime/reference.js";
import { run } from "../../runtime/run.js";
import { reassociationBound } from "../../runtime/tolerance.js";
import { projectRoot } from "../support/project.js";

const pool = createRankPool();
afterAll(() => pool.close());

const rankCounts = [2, 4, 8];
const routings = ["uniform seed 3", "zipf(1.5) seed 7", "without(0)", "one(0)"];
const cases = rankCounts.flatMap((ranks) => [
  ...routings.map((gate) => ({ file: "comet", set: { ranks: String(ranks), gate } })),
  { file: "t3", set: { ranks: String(ranks) } },
  { file: "flux", set: { ranks: String(ranks) } },
]);

describe("every schedule of the examples computes its layer, within the derived bound", () => {
  test.each(cases)("$file, $set.ranks ranks, gate $set.gate", async ({ file, set }) => {
    const options = { profile: "small", set: new Map(Object.entries(set)) };
    const { program, diagnostics } = checkFile(
      `${projectRoot}/examples/${file}.stretto`,
      createNodeHost(projectRoot),
      options,
    );
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    const { layers, mesh, tables, monoids, schedules } = program!;
    expect(schedules.length).toBeGreaterThan(2);
    for (const schedule of schedules) {
      const layer = layers[schedule.layer]!;
      const reference = prepareReference({ layer, mesh, tables, monoids });
      const { plan } = planSchedule(program!, schedule).planned!;
      const plain = await run(plan, { device: "cpu", reference, pool });
      const disturbed = await run(plan, { device: "cpu", reference, pool, adverse: 5 });
      const checked = await run(plan, { device: "null", pool, adverse: 5 });
      expect({
        schedule: schedule.name,
        failures: [...plain.failures, ...disturbed.failures, ...checked.failures],
        within: plain.maxError! <= reassociationBound(layer, mesh, tables),
      }).toEqual({ schedule: schedule.name, failures: [], within: true });
      expect(disturbed.outputs[0]!.elements).toEqual(plain.outputs[0]!.elements);
    }
  });
});
