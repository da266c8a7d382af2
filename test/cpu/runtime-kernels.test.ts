import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KernelIR, TableData } from "../../compiler/check/ir.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { roundingOf } from "../../runtime/numbers/dtypes.js";
import { compileKernel, scratchTensor } from "../../runtime/cpu/kernels.js";
import type { Tensor } from "../../runtime/cpu/kernels.js";
import type { Precision } from "../../runtime/cpu/kernel-source.js";
import { addressPart, forEachAddress } from "../../compiler/graph/layout.js";
import { runsFromSortedIndices } from "../../compiler/graph/runs.js";
import {
  binary,
  call,
  constant,
  kernel,
  local,
  matmulKernel,
  read,
  reduce,
  standardMonoids,
  variable,
} from "../support/kernel-builder.js";
import { evaluateKernel } from "../support/kernel-oracle.js";
import { randomKernel, smallTable } from "../support/random-kernel.js";

const sameValue = (value: number): number => value;

/** Small integers, so that sums and products are exact in every precision. */
const elementAt = (operand: number, at: readonly number[]): number =>
  (at.reduce((hash, index) => hash * 7 + index, operand * 3 + 1) % 5) - 2;

function indicesOf(region: readonly Runs[]): number[][] {
  return region.reduce<number[][]>(
    (prefixes, runs) => {
      const indices: number[] = [];
      for (let i = 0; i < runs.length; i += 2) for (let x = runs[i]!; x < runs[i + 1]!; x++) indices.push(x);
      return prefixes.flatMap((prefix) => indices.map((index) => [...prefix, index]));
    },
    [[]],
  );
}

function addressOf(tensor: Tensor, at: readonly number[]): number {
  return at.reduce((sum, index, d) => sum + addressPart(tensor.layout, d, index), -tensor.layout.offset);
}

/** A tensor that holds what was touched and each `spare`-th index besides; all else would read as not a number. */
function tensorHolding(operand: number, rank: number, touched: readonly (readonly number[])[], precision: Precision) {
  const spare = [0, 5, 6];
  const domain = Array.from({ length: rank }, (_, d) =>
    runsFromSortedIndices([...new Set([...touched.map((at) => at[d]!), ...spare])].sort((a, b) => a - b)),
  );
  const tensor = scratchTensor(domain, precision);
  for (const at of indicesOf(domain)) tensor.elements[addressOf(tensor, at)] = elementAt(operand, at);
  return tensor;
}

test.each(["f32", "f64"] as const)("random kernels over random regions are what the tree says (%s)", (precision) => {
  fc.assert(
    fc.property(randomKernel, ({ kernel: ir, table, ranges, operandRanks }) => {
      const region = ranges.slice(0, ir.outputRank);
      const touched = operandRanks.map((): (readonly number[])[] => []);
      const readOperand = (operand: number, at: readonly number[]): number => {
        touched[operand]!.push(at);
        return elementAt(operand, at);
      };
      const expected = indicesOf(region).map((at) => evaluateKernel(ir, [table], ranges, at, readOperand));
      const operands = operandRanks.map((rank, number) => tensorHolding(number, rank, touched[number]!, precision));
      const output = scratchTensor(
        region.map(() => Int32Array.of(0, 5)),
        precision,
      );
      output.elements.fill(77);
      compileKernel(ir, standardMonoids, [table], precision).run({
        outputs: [output],
        operands,
        ranges,
        rounds: [sameValue],
      });
      const computed = indicesOf(region).map((at) => output.elements[addressOf(output, at)]);
      expect(computed).toEqual(expected);
      const untouched = output.elements.length - computed.length;
      expect(output.elements.filter((element) => element === 77).length).toBeGreaterThanOrEqual(untouched);
    }),
    { numRuns: 400 },
  );
});

/** Applies a kernel to dense operands over full ranges. */
function applyDense(
  ir: KernelIR,
  shapes: readonly (readonly number[])[],
  operands: readonly (readonly number[])[],
  dtype = "f64",
  precision: Precision = "f64",
  tables: readonly TableData[] = [],
): number[] {
  const dense = (shape: readonly number[], elements: readonly number[]): Tensor => {
    const tensor = scratchTensor(
      shape.map((size) => Int32Array.of(0, size)),
      precision,
    );
    tensor.elements.set(elements);
    return tensor;
  };
  const output = dense(
    ir.variables.slice(0, ir.outputRank).map(({ size }) => size),
    [],
  );
  compileKernel(ir, standardMonoids, tables, precision).run({
    outputs: [output],
    operands: operands.map((elements, number) => dense(shapes[number]!, elements)),
    ranges: ir.variables.map(({ size }) => Int32Array.of(0, size)),
    rounds: [roundingOf(dtype)],
  });
  return [...output.elements];
}

describe("by hand", () => {
  test("a product of matrices", () => {
    const product = applyDense(
      matmulKernel(2, 2, 3),
      [
        [2, 3],
        [3, 2],
      ],
      [
        [1, 2, 3, 4, 5, 6],
        [1, 0, 0, 1, 1, 1],
      ],
    );
    expect(product).toEqual([4, 5, 10, 11]);
  });

  test("softmax through two locals", () => {
    const ir = kernel(
      2,
      [
        ["i", 2],
        ["j", 3],
        ["k", 3],
      ],
      binary(call("exp", binary(read(0, 0, 1), "-", local(0, 0))), "/", local(1, 0)),
      [
        { name: "most", indices: [0], body: reduce("max", [2], read(0, 0, 2)) },
        { name: "total", indices: [0], body: reduce("sum", [2], call("exp", binary(read(0, 0, 2), "-", local(0, 0)))) },
      ],
    );
    const rows = [
      [1, 2, 4],
      [0, 0, -1],
    ];
    const expected = rows.flatMap((row) => {
      const total = row.reduce((sum, x) => sum + Math.exp(x), 0);
      return row.map((x) => Math.exp(x) / total);
    });
    applyDense(ir, [[2, 3]], [rows.flat()]).forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 14));
  });

  test("indices may be called what the generated text calls its arrays", () => {
    const names = ["operand", "output", "local", "state0_0"] as const;
    const sum = reduce("sum", [2, 3], binary(read(0, 0), "*", binary(read(0, 1), "+", constant(1))));
    const ir = kernel(
      2,
      names.map((name) => [name, 2] as const),
      sum,
    );
    expect(applyDense(ir, [[2]], [[1, 2]])).toEqual([8, 12, 16, 24]);
  });

  test("f32 accumulators round at every step, f64 ones do not", () => {
    // 2^24 + 1 is not a float32, so the ones are lost one by one.
    const ir = kernel(
      1,
      [
        ["i", 1],
        ["k", 3],
      ],
      reduce("sum", [1], read(0, 1)),
    );
    const terms = [2 ** 24, 1, 1];
    expect(applyDense(ir, [[3]], [terms], "f32", "f32")).toEqual([2 ** 24]);
    expect(applyDense(ir, [[3]], [terms], "f64", "f64")).toEqual([2 ** 24 + 2]);
  });

  test("only the result is rounded at the dtype, not the locals", () => {
    const ir = kernel(1, [["i", 1]], binary(local(0, 0), "-", constant(1)), [
      { name: "near", indices: [0], body: binary(read(0, 0), "+", constant(2 ** -12)) },
    ]);
    // 1 + 2^-12 is 1 in bf16, so a rounded local would leave nothing.
    expect(applyDense(ir, [[1]], [[1]], "bf16", "f32")).toEqual([2 ** -12]);
  });

  test("an empty range gives the identity", () => {
    const ir = kernel(
      1,
      [
        ["i", 2],
        ["r", 1, 0],
      ],
      reduce("sum", [1], read(0, 1), { table: 0, column: "to", equals: variable(0) }),
    );
    const table = smallTable(1, 2, [[0, 1]]);
    expect(applyDense(ir, [[1]], [[5]], "f64", "f64", [table])).toEqual([0, 5]);
  });

  test("the same reduction twice is computed once", () => {
    const sum = reduce("sum", [1], read(0, 1));
    const ir = kernel(
      1,
      [
        ["i", 1],
        ["k", 4],
      ],
      binary(sum, "*", sum),
    );
    const compiled = compileKernel(ir, standardMonoids, [], "f64");
    const output = scratchTensor([Int32Array.of(0, 1)], "f64");
    const operand = scratchTensor([Int32Array.of(0, 4)], "f64");
    operand.elements.fill(2);
    compiled.run({
      outputs: [output],
      operands: [operand],
      ranges: [Int32Array.of(0, 1), Int32Array.of(0, 4)],
      rounds: [sameValue],
    });
    expect(output.elements[0]).toBe(64);
    expect(compiled.sources()[0]!.match(/let state/g)).toHaveLength(1);
  });

  test("a reduction inside another one's loop is computed anew after it", () => {
    const inner = reduce("sum", [2], read(0, 2));
    const ir = kernel(
      1,
      [
        ["i", 1],
        ["k", 3],
        ["l", 2],
      ],
      binary(reduce("sum", [1], binary(read(1, 1), "*", inner)), "+", inner),
    );
    expect(
      applyDense(
        ir,
        [[2], [3]],
        [
          [1, 2],
          [1, 1, 2],
        ],
      ),
    ).toEqual([15]);
  });
});

describe("accumulating", () => {
  const gelu = call("tanh", local(0, 0, 1));
  const variables = [
    ["i", 4],
    ["j", 4],
    ["k", 6],
  ] as const;
  const product = reduce("sum", [2], binary(read(0, 0, 2), "*", read(1, 2, 1)));
  const inLocal = kernel(2, variables, gelu, [{ name: "product", indices: [0, 1], body: product }]);
  const inBody = kernel(2, variables, call("tanh", product));

  test.each([
    ["the body", inBody],
    ["a local", inLocal],
  ])("in parts equals at once where the reduction stands in %s", (_, ir) => {
    const compiled = compileKernel(ir, standardMonoids, [], "f32");
    const operand = (): Tensor => scratchTensor([Int32Array.of(0, 6), Int32Array.of(0, 6)], "f32");
    const operands = [operand(), operand()];
    operands.forEach(({ elements }, number) =>
      elements.forEach((_unused, i) => (elements[i] = ((i + number) % 5) / 8)),
    );
    const domain = [Int32Array.of(0, 4), Int32Array.of(0, 4)];
    const whole = scratchTensor(domain, "f32");
    const parts = scratchTensor(domain, "f32");
    const rounds = [roundingOf("bf16")];
    const full = [...domain, Int32Array.of(0, 6)];
    compiled.run({ outputs: [whole], operands, ranges: full, rounds });
    const partials = compiled.partialDomains("sum", domain, domain).map((each) => scratchTensor(each, "f32"));
    // Two tiles of the output, interleaved: neither may disturb the other's partial sums.
    const tiles = [Int32Array.of(0, 1, 2, 3), Int32Array.of(1, 2, 3, 4)];
    const cuts = [Int32Array.of(0, 2), Int32Array.of(2, 3), Int32Array.of(3, 6)];
    cuts.forEach((cut, step) => {
      for (const tile of tiles) {
        const accumulate = { monoid: "sum", first: step === 0, last: step === 2, partials };
        const ranges = [tile, Int32Array.of(0, 4), cut];
        compiled.run({ outputs: [parts], operands, ranges, rounds, accumulate });
      }
      // Nothing reaches the output before the last part, so that no reader sees an unfinished sum.
      expect(parts.elements.some((element) => element !== 0)).toBe(step === 2);
    });
    // Eighths are exact in float32, so the order of the sum does not show.
    expect([...parts.elements]).toEqual([...whole.elements]);
  });

  test("a kernel with no reduction under the monoid is an internal fault", () => {
    const compiled = compileKernel(inBody, standardMonoids, [], "f32");
    const domain = [Int32Array.of(0, 4), Int32Array.of(0, 4)];
    expect(() => compiled.partialDomains("max", domain, domain)).toThrow("no single reduction");
  });
});

test("a region with holes is visited in row-major order at its addresses", () => {
  const tensor = scratchTensor([Int32Array.of(2, 4, 7, 8), Int32Array.of(1, 3)], "f32");
  const visited: number[] = [];
  forEachAddress([Int32Array.of(3, 4, 7, 8), Int32Array.of(2, 3)], [tensor.layout], ([at]) => visited.push(at!));
  expect(visited).toEqual([3, 5]);
});
