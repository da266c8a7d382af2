import fc from "fast-check";
import { afterAll, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { run } from "../../runtime/run/run.js";
import { foldsAllTerms, monoidSchedules } from "../support/monoid-layers.js";
import { drawFrom, runsOf } from "../support/random-draw.js";

// Monoids that a user declares, of one to nine components, some with the value's last axis: whatever a layer and a schedule
// do with them, the result is the fold of all terms one after another, here in plain loops and float64.

const pool = createNodePool();
afterAll(() => pool.close());

test("what a user's monoid folds is the fold of all terms, one after another", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.constantFrom(...monoidSchedules), (generate, schedule) =>
      foldsAllTerms(drawFrom(generate), schedule, ({ plan }, reference) =>
        run(plan, { device: "cpu", reference, pool, adverse: 7 }),
      ),
    ),
    { numRuns: runsOf(60) },
  );
});
