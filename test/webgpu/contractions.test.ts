import fc from "fast-check";
import { expect, test } from "vitest";
import { matchContraction } from "../../compiler/emit/webgpu/contraction/match.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import { DeviceBench, indicesOfRegion, subgroupLanes, testDevice, valueTask, whole } from "../support/device.js";
import { standardMonoids } from "../support/kernel-builder.js";
import { evaluateKernel } from "../support/kernel-oracle.js";
import { randomContraction, randomTile } from "../support/random-contractions.js";
import type { RandomContraction } from "../support/random-contractions.js";
import { traitsByAdapter } from "../support/traits.js";
import { runsOf } from "../support/random-draw.js";

/** Small integers: sums of their products are exact in f32, and they themselves in every format. */
const elementAt = (operand: number, at: readonly number[]): number =>
  (at.reduce((hash, index) => hash * 7 + index, operand * 3 + 1) % 5) - 2;

const byName = new Map(standardMonoids.map((monoid) => [monoid.name, monoid]));

const dtypes = fc.constantFrom("f32", "bf16", "f16");

async function agrees(random: RandomContraction, traits: DeviceTraits, dtype: string): Promise<void> {
  const { kernel, table, shapes, ranges } = random;
  expect(matchContraction(kernel, byName)).toBeDefined();
  const region = ranges.slice(0, kernel.outputRank);
  const expected = indicesOfRegion(region).map((at) => evaluateKernel(kernel, [table], ranges, at, elementAt));
  const bench = new DeviceBench(standardMonoids, [table], traits);
  const operands = shapes.map((shape, operand) => {
    const domain = whole(...shape);
    return bench.tensor(
      dtype,
      domain,
      indicesOfRegion(domain).map((at) => elementAt(operand, at)),
    );
  });
  const domain = whole(...kernel.variables.slice(0, kernel.outputRank).map(({ size }) => size));
  const output = bench.tensor(
    "f32",
    domain,
    indicesOfRegion(domain).map(() => 7777),
  );
  bench.op(valueTask(kernel, output, operands, ranges));
  expect(bench.kernels[0]!.source).toMatch(/ rows by \d+ columns an invocation/);
  const held = (await bench.run()).at(-1)!;
  const inRegion = new Map(indicesOfRegion(region).map((at, number) => [at.join(), number]));
  indicesOfRegion(domain).forEach((at, place) => {
    const number = inRegion.get(at.join());
    expect(held[place]! + 0, `at ${at.join()}`).toBe(number === undefined ? 7777 : expected[number]! + 0);
  });
}

test("contractions of all forms, in all ways, over parts of sizes that no tile divides", async () => {
  const lanes = subgroupLanes(await testDevice());
  const own = lanes === undefined ? {} : { subgroupLanes: lanes };
  await fc.assert(
    fc.asyncProperty(randomContraction, randomTile(lanes), dtypes, fc.boolean(), (random, tile, dtype, hasF16) =>
      agrees(random, { ...softwareTraits, ...own, hasF16, tiles: [{ tile, rate: 1 }] }, dtype),
    ),
    { numRuns: runsOf(60) },
  );
});

test("and by the tiles that hardware is given, whatever the work", async () => {
  const traits = traitsByAdapter["hardware with f16"];
  const one = fc.constantFrom(...traits.tiles);
  await fc.assert(
    fc.asyncProperty(randomContraction, one, dtypes, (random, tile, dtype) =>
      agrees(random, { ...traits, tiles: [tile] }, dtype),
    ),
    { numRuns: runsOf(6) },
  );
});
