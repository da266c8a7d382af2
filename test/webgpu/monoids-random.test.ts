import fc from "fast-check";
import { afterAll, test } from "vitest";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import { run } from "../../runtime/run/run.js";
import { devicePool } from "../support/device-pool.js";
import { foldsAllTerms, monoidSchedules } from "../support/monoid-layers.js";
import { drawFrom, runsOf } from "../support/random-draw.js";

const pool = devicePool();
afterAll(() => pool.close());

test("on devices too, what a user's monoid folds is the fold of all terms", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.constantFrom(...monoidSchedules), (generate, schedule) =>
      foldsAllTerms(drawFrom(generate), schedule, ({ plan }, reference) =>
        run(plan, { device: "webgpu", program: emitWebgpu(plan, softwareTraits), reference, pool, adverse: 7 }),
      ),
    ),
    { numRuns: runsOf(40) },
  );
});
