import fc from "fast-check";
import { expect, test } from "vitest";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { runsFromSortedIndices } from "../../compiler/graph/runs.js";
import { DeviceBench, indicesOfRegion, valueTask } from "../support/device.js";
import { maxMonoid, sumMonoid } from "../support/kernel-builder.js";
import { evaluateKernel } from "../support/kernel-oracle.js";
import { randomKernel } from "../support/random-kernel.js";
import type { RandomKernel } from "../support/random-kernel.js";

/** WGSL promises nothing of infinities: of nothing the greatest is some number. */
const least = -1000;
const monoids = [sumMonoid, { ...maxMonoid, identity: [least] }];

/** Small integers, so that sums and products are exact in f32. */
const elementAt = (operand: number, at: readonly number[]): number =>
  (at.reduce((hash, index) => hash * 7 + index, operand * 3 + 1) % 5) - 2;

/** Of what is touched and each `spare`-th index besides; all else is not there. */
function domainOf(rank: number, touched: readonly (readonly number[])[]): Runs[] {
  const spare = [0, 5, 6];
  return Array.from({ length: rank }, (_, d) =>
    runsFromSortedIndices([...new Set([...touched.map((at) => at[d]!), ...spare])].sort((a, b) => a - b)),
  );
}

async function agrees({ kernel, table, ranges, operandRanks }: RandomKernel, dtype: string): Promise<void> {
  const region = ranges.slice(0, kernel.outputRank);
  const touched = operandRanks.map((): (readonly number[])[] => []);
  const readOperand = (operand: number, at: readonly number[]): number => {
    touched[operand]!.push(at);
    return elementAt(operand, at);
  };
  const expected = indicesOfRegion(region).map((at) => evaluateKernel(kernel, [table], ranges, at, readOperand, least));
  const bench = new DeviceBench(monoids, [table]);
  const operands = operandRanks.map((rank, operand) => {
    const domain = domainOf(rank, touched[operand]!);
    return bench.tensor(
      "f32",
      domain,
      indicesOfRegion(domain).map((at) => elementAt(operand, at)),
    );
  });
  // What is not of the region stays.
  const domain = region.map(() => Int32Array.of(0, 5));
  const output = bench.tensor(
    dtype,
    domain,
    indicesOfRegion(domain).map(() => 77),
  );
  bench.op(valueTask(kernel, output, operands, ranges));
  const held = (await bench.run()).at(-1)!;
  const inRegion = new Map(indicesOfRegion(region).map((at, number) => [at.join(), number]));
  indicesOfRegion(domain).forEach((at, place) => {
    const number = inRegion.get(at.join());
    // WGSL does not say which zero.
    expect(held[place]! + 0, `at ${at.join()}`).toBe(number === undefined ? 77 : Math.fround(expected[number]!) + 0);
  });
}

test("random kernels over random regions are what the tree says, and touch nothing else", async () => {
  await fc.assert(fc.asyncProperty(randomKernel, (random) => agrees(random, "f32")));
});

/** Whether every value is exact in a dtype that holds whole numbers up to so many. */
const isWithin = ({ kernel, ranges, table }: RandomKernel, most: number): boolean =>
  indicesOfRegion(ranges.slice(0, kernel.outputRank)).every(
    (at) => Math.abs(evaluateKernel(kernel, [table], ranges, at, elementAt, least)) <= most,
  );

test("so are those whose elements share words with what is not computed", async () => {
  const dtypes = fc.constantFrom("bf16", "f16", "i16", "i8", "i32");
  const small = randomKernel.filter((random) => isWithin(random, 256));
  await fc.assert(
    fc.asyncProperty(small, dtypes, (random, dtype) =>
      agrees(random, dtype === "i8" && !isWithin(random, 127) ? "bf16" : dtype),
    ),
  );
});
