import { afterAll, expect, test } from "vitest";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { plannedText } from "../support/plan-text.js";

// What ranks contribute to a pending value, scanned: at index i of a new axis is the fold of what ranks before i have, here
// against plain loops over the inputs, at sizes that leave some ranks with less and some with nothing.

const pool = createNodePool();
afterAll(() => pool.close());

const [rows, width] = [3, 4];

const header = (ranks: number, terms: number): string => `
import { h100_node } from "std/machines"
import { scale } from "std/ops"
param ranks = ${ranks}, terms = ${terms}, rows = ${rows}, width = ${width}
mesh on h100_node { p: ranks }
monoid spread(n: f32, mean: f32, squares: f32) {
  identity = (0, 0, 0)
  combine(a, b) = {
    let n = max(a.n + b.n, 1)
    let apart = b.mean - a.mean
    (a.n + b.n, a.mean + apart * b.n / n, a.squares + b.squares + apart * apart * a.n * b.n / n)
  }
  finish(a) = a.squares
}
ordered monoid affine(shift: f32[w], factor: f32) {
  identity = (0, 1)
  combine(a, b) = (b.factor * a.shift + b.shift, a.factor * b.factor)
  finish(a) = a.shift
}
`;

/** By monoid: the op's body, and the same fold of terms one after another. */
const folds: Record<string, { body: string; fold: (x: number[], w: number[]) => number }> = {
  sum: { body: "sum[t] x[t, r, c] * w[t, r]", fold: (x, w) => x.reduce((sum, value, t) => sum + value * w[t]!, 0) },
  max: { body: "max[t] (x[t, r, c] + w[t, r])", fold: (x, w) => Math.max(...x.map((value, t) => value + w[t]!)) },
  lse: {
    body: "lse[t] (x[t, r, c], w[t, r], 1)",
    fold: (x, w) => {
      const weights = w.map(Math.exp);
      return x.reduce((sum, value, t) => sum + value * weights[t]!, 0) / weights.reduce((a, b) => a + b, 0);
    },
  },
  spread: {
    body: "spread[t] (1, x[t, r, c] + w[t, r], 0)",
    fold: (x, w) => {
      const all = x.map((value, t) => value + w[t]!);
      const mean = all.reduce((a, b) => a + b, 0) / Math.max(1, all.length);
      return all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    },
  },
  affine: {
    body: "affine[t] (x[t, r, c], w[t, r])",
    fold: (x, w) => x.reduce((state, value, t) => w[t]! * state + value, 0),
  },
};

const textOf = (monoid: string, ranks: number, terms: number, inclusive: boolean, more: string): string => `
${header(ranks, terms)}
op folded(x: T[t, r, c], w: T[t, r]) -> T[r, c] = ${folds[monoid]!.body}
layer net(x: f32[terms/p, rows, width], w: f32[terms/p, rows]) -> out: f32[ranks/p, rows, width] {
  let part = folded(x, w)
  let before = scan(part, ranks/p${inclusive ? ", inclusive" : ""})
  return scale(before, 2)
}
schedule s of net { ${more} }`;

const cases = Object.keys(folds).flatMap((monoid) =>
  [true, false].flatMap((inclusive) =>
    // Nothing stands before the first: no mean of nothing, and no greatest.
    !inclusive && (monoid === "lse" || monoid === "max") ? [] : [[monoid, inclusive] as const],
  ),
);

const runs = [
  [1, 5, ""],
  [2, 7, "use recursive_doubling for before"],
  [3, 10, "overlap part -> before -> out by rows(1)"],
  [4, 4, ""],
  [5, 11, "use recursive_doubling for before  tile part by (1, 2)  overlap part -> before by tile"],
  [8, 17, "overlap part -> before by rows(2)"],
] as const;

test.each(cases)("%s, inclusive: %s", async (monoid, inclusive) => {
  for (const [ranks, terms, more] of runs) {
    const { program, planned } = plannedText(textOf(monoid, ranks, terms, inclusive, more));
    const { mesh, tables, monoids } = program;
    const layer = program.layers[0]!;
    const reference = prepareReference({ layer, mesh, tables, monoids });
    const { outputs, failures } = await run(planned.plan, { device: "cpu", reference, pool, adverse: 5 });
    expect(failures).toEqual([]);
    const [x, w] = layer.inputs.map((input) => reference.inputs.get(input)!);
    const part = Math.ceil(terms / ranks);
    const expected = Array.from({ length: ranks * rows * width }, (_, at) => {
      const [rank, r, c] = [Math.floor(at / (rows * width)), Math.floor(at / width) % rows, at % width];
      const end = Math.min(terms, part * (inclusive ? rank + 1 : rank));
      const own = Array.from({ length: end }, (_unused, t) => x![(t * rows + r) * width + c]!);
      const weights = Array.from({ length: end }, (_unused, t) => w![t * rows + r]!);
      return 2 * folds[monoid]!.fold(own, weights);
    });
    const largest = Math.max(...expected.map(Math.abs), 1e-3);
    const inReference = reference.outputs.get(layer.outputs[0]!)!;
    expected.forEach((value, at) => {
      expect(Math.abs(outputs[0]!.elements[at]! - value)).toBeLessThanOrEqual(1e-5 * largest);
      expect(Math.abs(inReference[at]! - value)).toBeLessThanOrEqual(1e-6 * largest);
    });
  }
});

// Contributions come by other ways than an op's reduction: as inputs, through words and views, over two mesh axes, from rows
// and from parts by a factor. The run is compared with the reference, and that with what the text says it is.

const ways: Record<string, string> = {
  "an input": `layer net(x: f32[rows, width] pending sum over p) -> out: f32[ranks: 2/p, rows, width] { return scan(x, 2/p) }`,
  "a state that is an input": `layer net(x: f32[rows, width] pending lse over q) -> out: f32[3/q, rows, width] {
  return scan(x, 3/q, inclusive)
}`,
  "over two mesh axes": `layer net(x: f32[rows/p/q, width]) -> out: f32[6/p/q, width] { return scan(total(x), 6/p/q) }`,
  "over one of two": `layer net(x: f32[rows/p/q, width]) -> out: f32[2/p, width] {
  return all_reduce(scan(total(x), 2/p, inclusive), q)
}`,
  "over the inner of two": `layer net(x: f32[rows/p/q, width]) -> out: f32[3/q, width] { return scan(all_reduce(total(x), p), 3/q) }`,
  "what is linear in what is pending": `layer net(x: f32[rows/p, width], y: f32[width] pending sum over p) -> out: f32[2/p, width] {
  return scan(add(scale(total(x), 3), y), 2/p, inclusive)
}`,
  "moved on the way": `layer net(x: f32[rows/p, width/q]) -> out: f32[2/p, width] {
  return scan(all_gather(shift(total(x), width/q, 1), width), 2/p, inclusive)
}`,
  "a state moved on the way": `layer net(x: f32[rows/p, width: 6/q, 4]) -> out: f32[2/p, width: 6/q, 4] {
  return scan(shift(peaks(x), width/q, 1), 2/p, inclusive)
}`,
  "indices that became contributions": `layer net(x: f32[copies: 2/p, width]) -> out: f32[2/p, width] { return scan(partials(x, copies/p, sum), 2/p) }`,
  "parts that became contributions": `layer net(x: f32[rows/p, width]) -> out: f32[2/p, rows, width] { return scan(fan(x, rows/p, sum), 2/p, inclusive) }`,
  copies: `layer net(x: f32[rows/p, width]) -> out: f32[2/p, 3/q, width] { return scan(spread(total(x), 3/q), 2/p, inclusive) }`,
  "a scan of scans": `layer net(x: f32[rows/p/q, width]) -> out: f32[3/q, 2/p, width] { return scan(scan(total(x), 2/p), 3/q, inclusive) }`,
  "rows by what they go to": `layer net(x: f32[tokens, width]) -> out: f32[2/p, tokens, width] {
  let sent = all_to_all(take(shard(x, tokens/p), gate), by from -> by to)
  return scan(topk_combine(sent, gate), 2/p, inclusive)
}`,
  "parts by a factor": `layer net(x: f32[zig/p by part, width]) -> out: f32[2/p, width] { return scan(total(x), 2/p, inclusive) }`,
};

test.each(Object.entries(ways))("%s", async (_, layerText) => {
  const { program, planned } = plannedText(`
import { h100_node } from "std/machines"
import { add, scale, take, topk_combine } from "std/ops"
param rows = 10, width = 6, tokens = 8, experts = 4
axis zig: 16 = (turn: 2, part: 2 mirrored, pos)
mesh on h100_node { p: 2, q: 3 }
table gate: tokens -> experts, top(2) = uniform() seed 3
op total(x: T[t, c]) -> T[c] = sum[t] x[t, c]
op peaks(x: T[t, r, c]) -> T[r, c] = lse[t] (x[t, r, c], t / 8, 1)
${layerText}
schedule s of net`);
  const { mesh, tables, monoids } = program;
  const layer = program.layers[0]!;
  const reference = prepareReference({ layer, mesh, tables, monoids });
  const { maxError, failures } = await run(planned.plan, { device: "cpu", reference, pool, adverse: 6 });
  expect(failures).toEqual([]);
  expect(maxError).toBeLessThanOrEqual(reassociationBound(layer, mesh, tables, monoids));
});
