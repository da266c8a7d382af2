import fc from "fast-check";
import { expect, test } from "vitest";
import { matchAttention } from "../../compiler/emit/webgpu/attention/match.js";
import type { AttentionTile } from "../../compiler/emit/webgpu/attention/variant.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { compileKernel, denseTensor } from "../../runtime/cpu/kernels.js";
import { exampleProgram } from "../support/examples.js";
import { DeviceBench, indicesOfRegion, valueTask, whole } from "../support/device.js";
import { standardMonoids } from "../support/kernel-builder.js";
import { lseMonoid, randomAttention } from "../support/random-attention.js";
import type { RandomAttention } from "../support/random-attention.js";
import { traitsByAdapter } from "../support/traits.js";
import { runsOf } from "../support/random-draw.js";

const monoids = [...standardMonoids, lseMonoid];
const byName = new Map(monoids.map((monoid) => [monoid.name, monoid]));

const elementAt = (operand: number, at: readonly number[]): number =>
  (at.reduce((hash, index) => (hash * 31 + index * 7) % 1009, operand * 101 + 5) % 64) / 32 - 1;

/** The whole result in float64. */
function reference({ kernel, table, shapes }: RandomAttention): Float64Array {
  const axes = (sizes: readonly number[]) => ({ axes: sizes.map((size) => ({ name: "", size, cuts: [] })) });
  const output = denseTensor(axes(kernel.variables.slice(0, kernel.outputRank).map(({ size }) => size)));
  const operands = shapes.map((shape, operand) =>
    denseTensor(
      axes(shape),
      Float64Array.from(indicesOfRegion(whole(...shape)), (at) => elementAt(operand, at)),
    ),
  );
  compileKernel(kernel, monoids, [table], "f64").run({
    ...{ outputs: [output], operands, rounds: [(value: number) => value] },
    ranges: kernel.variables.map(({ size }) => Int32Array.of(0, size)),
  });
  return output.elements as Float64Array;
}

const tiles: fc.Arbitrary<AttentionTile> = fc.record({
  rows: fc.constantFrom(1, 2, 4),
  fours: fc.integer({ min: 1, max: 2 }),
  across: fc.constantFrom(2, 4),
  down: fc.constantFrom(1, 2, 3),
});

/** Everything small is computed by the general kernel otherwise. */
const whateverTheWork = { worthwhile: { contraction: 0, attention: 0 } };

/** Elements are numbers of f16, so that operands may be of it. */
const dtypes = fc.constantFrom("f32", "f16");
const withTile = (attention: AttentionTile): DeviceTraits => ({ ...softwareTraits, hasF16: true, attention });

async function agrees(
  random: RandomAttention,
  traits: DeviceTraits,
  dtype: string,
  parts: readonly Runs[],
): Promise<void> {
  const { kernel, table, shapes } = random;
  expect(matchAttention(kernel, byName)).toBeDefined();
  const bench = new DeviceBench(monoids, [table], { ...traits, ...whateverTheWork });
  const operands = shapes.map((shape, operand) => {
    const domain = whole(...shape);
    return bench.tensor(
      dtype,
      domain,
      indicesOfRegion(domain).map((at) => elementAt(operand, at)),
    );
  });
  const sizes = kernel.variables.map(({ size }) => size);
  const domain = whole(...sizes.slice(0, kernel.outputRank));
  const output = bench.tensor(
    "f32",
    domain,
    indicesOfRegion(domain).map(() => NaN),
  );
  const partial = bench.tensor("f32", whole(3 * output.elements), []);
  parts.forEach((keys, part) => {
    const ranges = whole(...sizes).with(kernel.outputRank, keys);
    const stage = part === 0 ? "first" : part === parts.length - 1 ? "last" : "next";
    const task = valueTask(kernel, output, operands, ranges);
    const kept = { ...output, place: partial.place, dtype: "f32" };
    bench.op(parts.length === 1 ? task : { ...task, accumulate: { monoid: "lse", stage, partial: kept } });
  });
  expect(bench.kernels[0]!.source).toMatch(/ rows a workgroup, \d+ keys at a time/);
  const held = (await bench.run())[operands.length]!;
  const expected = reference(random);
  // A row that the guard lets nothing through to is 0 / 0.
  held.forEach((value, place) => expect(value, `at ${place}`).toBeCloseTo(expected[place]!, 5));
}

test("attention of all forms, over sizes that no tile divides, is what the cpu computes", async () => {
  await fc.assert(
    fc.asyncProperty(randomAttention, tiles, dtypes, (random, tile, dtype) =>
      agrees(random, withTile(tile), dtype, [Int32Array.of(0, random.keys)]),
    ),
    { numRuns: runsOf(24) },
  );
});

test("and so it is by the tile that hardware is given", async () => {
  const traits = traitsByAdapter["hardware with f16"];
  await fc.assert(
    fc.asyncProperty(randomAttention, dtypes, (random, dtype) =>
      agrees(random, traits, dtype, [Int32Array.of(0, random.keys)]),
    ),
    { numRuns: runsOf(3) },
  );
});

test("and so it is where keys come in several parts, some of them in two stretches", async () => {
  const long = randomAttention.filter(({ keys }) => keys >= 5);
  await fc.assert(
    fc.asyncProperty(long, tiles, dtypes, fc.boolean(), (random, tile, dtype, three) => {
      const s = random.keys;
      // The diagonal's keys first, so that each row has seen one when it is told of those it may not see.
      const parts = three
        ? [Int32Array.of(0, 1, 2, 3), Int32Array.of(1, 2, 3, 4), Int32Array.of(4, s)]
        : [Int32Array.of(0, 2), Int32Array.of(2, s)];
      return agrees(random, withTile(tile), dtype, parts);
    }),
    { numRuns: runsOf(12) },
  );
});

test("all attention of the examples' full sizes is done block by block", () => {
  for (const name of ["ring-attention", "megatron", "ulysses", "token-ring", "lightseq"]) {
    const { layers, monoids: own } = exampleProgram(name);
    const known = new Map(own.map((monoid) => [monoid.name, monoid]));
    const attending = layers
      .flatMap(({ statements }) => statements)
      .flatMap((statement) => (statement.kind === "op" ? [statement.kernel] : []))
      .filter(({ body }) => body.kind === "reduce" && body.monoid === "lse" && body.rowsWhere === undefined);
    expect(attending.length, name).toBeGreaterThan(0);
    for (const kernel of attending) expect(matchAttention(kernel, known), `${name}: ${kernel.name}`).toBeDefined();
  }
});
