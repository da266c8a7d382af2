import fc from "fast-check";
import { expect, test } from "vitest";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import { DeviceBench, indicesOfRegion, valueTask, whole } from "../support/device.js";
import { binary, constant, kernel, matmulKernel, read, reduce, standardMonoids } from "../support/kernel-builder.js";

// A device that takes few workgroups along a dimension is given them in several rows, whatever the kernel.

const few = (workgroupsPerDimension: number) =>
  new DeviceBench(standardMonoids, [], { ...softwareTraits, workgroupsPerDimension });

const gridsOf = ({ steps }: DeviceBench): number[][] => {
  const { workgroups } = steps.finish().steps;
  return Array.from({ length: workgroups.length / 3 }, (_, step) => [...workgroups.subarray(3 * step, 3 * step + 3)]);
};

const doubled = kernel(
  2,
  [
    ["i", 0],
    ["j", 0],
  ],
  binary(read(0, 0, 1), "*", constant(2)),
);
const sumOfRow = reduce("sum", [2], read(0, 0, 2));
const aboveItsRow = (rows: number, columns: number) =>
  kernel(
    2,
    [
      ["i", rows],
      ["j", columns],
      ["k", columns],
    ],
    binary(read(0, 0, 1), "-", sumOfRow),
  );
const element = ([i, j]: readonly number[]): number => ((i! * 7 + j! * 3) % 11) - 5;

test("elements, rows and copies are all computed, however the workgroups are counted", async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 200 }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 9 }), sizes, async (most, [rows, columns]) => {
      const bench = few(most);
      const domain = whole(rows, columns);
      const at = indicesOfRegion(domain);
      const source = bench.tensor("f32", domain, at.map(element));
      const results = [1, 2, 3].map(() =>
        bench.tensor(
          "f32",
          domain,
          at.map(() => 0),
        ),
      );
      bench.op(valueTask(doubled, results[0]!, [source], domain));
      bench.op(valueTask(aboveItsRow(rows, columns), results[1]!, [source], [...domain, ...whole(columns)]));
      bench.copy({ tensor: source, region: domain }, { tensor: results[2]!, region: domain });
      for (const grid of gridsOf(bench)) expect(Math.max(...grid)).toBeLessThanOrEqual(most);
      const [, twice, above, copy] = await bench.run();
      const sums = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (__, j) => element([i, j])).reduce((sum, value) => sum + value, 0),
      );
      expect(twice!.map((value) => value + 0)).toEqual(at.map((place) => 2 * element(place) + 0));
      expect(above).toEqual(at.map((place) => element(place) - sums[place[0]!]!));
      expect(copy).toEqual(at.map(element));
    }),
    { numRuns: 40 },
  );
});

test("what does not fit in one row of workgroups is dispatched in several", () => {
  const grid = (rows: number): number[] => {
    const bench = few(3);
    const domain = whole(rows, 256);
    const [source, result] = [bench.tensor("f32", domain, []), bench.tensor("f32", domain, [])];
    bench.op(valueTask(doubled, result, [source], domain));
    return gridsOf(bench)[0]!;
  };
  expect([1, 3, 4, 7, 9].map(grid)).toEqual([
    [1, 1, 1],
    [3, 1, 1],
    [2, 2, 1],
    [3, 3, 1],
    [3, 3, 1],
  ]);
  expect(() => grid(10)).toThrow("emit: a dispatch has 3 x 4 x 1 workgroups");
});

test("a product with more tiles than a dimension has workgroups is computed without tiles", async () => {
  const product = async (most: number): Promise<{ source: string; held: number[] }> => {
    const bench = few(most);
    const operands = [whole(72, 8), whole(8, 40)].map((domain) =>
      bench.tensor("f32", domain, indicesOfRegion(domain).map(element)),
    );
    const result = bench.tensor("f32", whole(72, 40), []);
    bench.op(valueTask(matmulKernel(72, 40, 8), result, operands, whole(72, 40, 8)));
    return { source: bench.kernels[0]!.source, held: (await bench.run())[2]! };
  };
  const [tiled, plain] = [await product(65_535), await product(4)];
  expect(tiled.source).toMatch(/rows by \d+ columns an invocation/);
  expect(plain.source).toContain("four neighbours of the result an invocation");
  expect(plain.held).toEqual(tiled.held);
});
