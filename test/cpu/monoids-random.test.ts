import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { planText } from "../support/plan-text.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomMonoid } from "../support/random-monoids.js";
import type { RandomMonoid } from "../support/random-monoids.js";

// Monoids that a user declares, of one to nine components, some with the value's last axis: whatever a layer and a schedule
// do with them, the result is the fold of all terms one after another, here in plain loops and float64.

const pool = createNodePool();
afterAll(() => pool.close());

interface Sizes {
  readonly ranks: number;
  readonly terms: number;
  readonly rows: number;
  readonly width: number;
}

function textOf(monoid: RandomMonoid, { ranks, terms, rows, width }: Sizes): string {
  return `
import { h100_node } from "std/machines"
import { scale } from "std/ops"
param terms = ${terms}, rows = ${rows}, width = ${width}
mesh on h100_node { p: ${ranks} }
${monoid.text}
op folded(x: T[t, r, c], w: T[t, r]) -> T[r, c] = u[t] ${monoid.term("x[t, r, c]", "w[t, r]")}
layer whole(x: f32[terms, rows, width], w: f32[terms, rows]) -> out: f32[rows, width] { return folded(x, w) }
layer gathered(x: f32[terms/p, rows, width], w: f32[terms/p, rows]) -> out: f32[rows, width] {
  let all = all_gather(x, terms)
  let scores = all_gather(w, terms)
  return folded(all, scores)
}
layer epilogued(x: f32[terms, rows, width], w: f32[terms, rows]) -> out: f32[rows, width] {
  return scale(folded(x, w), 2)
}
layer scattered(x: f32[terms/p, rows, width], w: f32[terms/p, rows]) -> out: f32[rows/p, width] {
  let part = folded(x, w)
  return reduce_scatter(part, rows)
}
layer everywhere(x: f32[terms/p, rows, width], w: f32[terms/p, rows]) -> out: f32[rows, width] {
  let part = folded(x, w)
  return all_reduce(part)
}
schedule whole_tiled of whole { tile out by (2, 3) }
schedule epilogued_tiled of epilogued { tile out by (1, 2) }
schedule accumulated of gathered {
  use ring for all, scores
  accumulate out over terms
  overlap all, scores -> out by shard
  order out as all
}
schedule accumulated_tiled of gathered { tile out by (1, 2)  accumulate out over terms  overlap all, scores -> out by shard }
schedule scattered_plain of scattered
schedule scattered_tiled of scattered { tile part by (1, 2)  overlap part -> out by shard }
schedule everywhere_plain of everywhere
schedule everywhere_tree of everywhere { use tree for out }
`;
}

const schedules = [
  "epilogued_tiled",
  "whole_tiled",
  "accumulated",
  "accumulated_tiled",
  "scattered_plain",
  "scattered_tiled",
  "everywhere_plain",
  "everywhere_tree",
];

test("what a user's monoid folds is the fold of all terms, one after another", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.constantFrom(...schedules), async (generate, schedule) => {
      const draw = drawFrom(generate);
      const monoid = randomMonoid(draw);
      const sizes = {
        // An ordered one is joined in order by a tree, and by whatever there is between two.
        ranks: draw.integer(1, monoid.ordered && schedule !== "everywhere_tree" ? 2 : 4),
        terms: draw.integer(4, 11),
        rows: draw.integer(1, 5),
        width: draw.integer(1, 4),
      };
      const { program, planned, diagnostics } = planText(textOf(monoid, sizes), schedule);
      expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual([]);
      const { mesh, tables, monoids } = program!;
      const layer = program!.layers[program!.schedules.find(({ name }) => name === schedule)!.layer]!;
      const reference = prepareReference({ layer, mesh, tables, monoids });
      const { outputs, failures } = await run(planned!.plan, { device: "cpu", reference, pool, adverse: 7 });
      expect(failures).toEqual([]);
      const [x, w] = layer.inputs.map((input) => reference.inputs.get(input)!);
      const { terms, rows, width } = sizes;
      const expected = Array.from({ length: rows * width }, (_, at) => {
        const row = Math.floor(at / width);
        const own = Array.from({ length: terms }, (_unused, t) => x![t * rows * width + at]!);
        const scores = Array.from({ length: terms }, (_unused, t) => w![t * rows + row]!);
        return (layer.name === "epilogued" ? 2 : 1) * monoid.fold(own, scores);
      });
      const largest = Math.max(...expected.map(Math.abs), 1e-3);
      expected.forEach((value, at) => {
        expect(Math.abs(outputs[0]!.elements[at]! - value)).toBeLessThanOrEqual(2e-5 * largest);
        const inReference = reference.outputs.get(layer.outputs[0]!)![at]!;
        expect(Math.abs(inReference - value)).toBeLessThanOrEqual(1e-6 * largest);
      });
    }),
    { numRuns: runsOf(60) },
  );
});
