import { expect } from "vitest";
import type { PlannedSchedule } from "../../compiler/program.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import type { RunResult } from "../../runtime/run/run.js";
import { planText } from "./plan-text.js";
import type { Draw } from "./random-draw.js";
import { randomMonoid } from "./random-monoids.js";
import type { RandomMonoid } from "./random-monoids.js";

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

/** Of layers that fold under a monoid. */
export const monoidSchedules = [
  "epilogued_tiled",
  "whole_tiled",
  "accumulated",
  "accumulated_tiled",
  "scattered_plain",
  "scattered_tiled",
  "everywhere_plain",
  "everywhere_tree",
];

/** Draws a monoid, plans one of the layers that fold under it, and holds what a run comes to against plain loops in float64. */
export async function foldsAllTerms(
  draw: Draw,
  schedule: string,
  execute: (planned: PlannedSchedule, reference: Reference) => Promise<RunResult>,
): Promise<void> {
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
  const { outputs, failures } = await execute(planned!, reference);
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
}
