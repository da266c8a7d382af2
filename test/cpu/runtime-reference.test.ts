import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roundingOf } from "../../runtime/numbers/dtypes.js";
import { uniformStream } from "../../runtime/numbers/uniform-stream.js";
import { inputElements, inputScales } from "../../runtime/reference/inputs.js";
import { prepareReference, runReference } from "../../runtime/reference/reference.js";
import { foldStates } from "../../runtime/reference/state-folds.js";
import {
  binary,
  constant,
  kernel,
  local,
  matmulKernel,
  read,
  reduce,
  standardMonoids,
} from "../support/kernel-builder.js";
import { layer, oneAxisMesh, value } from "../support/plan-builder.js";

describe("the reference", () => {
  test("is rounded at the dtypes of values, accumulated in f64", () => {
    const values = [value(0, "x", [3], "f64"), value(1, "s", [1], "bf16"), value(2, "d", [1], "f64")];
    const sum = kernel(
      1,
      [
        ["i", 1],
        ["k", 3],
      ],
      reduce("sum", [1], read(0, 1)),
    );
    const difference = kernel(1, [["i", 1]], binary(read(0, 0), "-", constant(1)));
    const summed = layer(
      values,
      [0],
      [2],
      [
        { result: 1, operands: [0], kernel: sum },
        { result: 2, operands: [1], kernel: difference },
      ],
    );
    // The sum is 1 + 2^-7 + 2^-40: float32 would lose the last term, bf16 then rounds it away.
    const input = Float64Array.of(1, 2 ** -7, 2 ** -40);
    expect([...runReference(summed, [], standardMonoids, new Map([[0, input]])).get(2)!]).toEqual([2 ** -7]);
  });

  test("does not round what an op computes on the way", () => {
    const values = [value(0, "x", [1], "bf16"), value(1, "y", [1], "bf16")];
    const ir = kernel(1, [["i", 1]], binary(local(0, 0), "-", constant(1)), [
      { name: "near", indices: [0], body: binary(read(0, 0), "+", constant(2 ** -12)) },
    ]);
    const unsharded = layer(values, [0], [1], [{ result: 1, operands: [0], kernel: ir }]);
    expect([...runReference(unsharded, [], standardMonoids, new Map([[0, Float64Array.of(1)]])).get(1)!]).toEqual([
      2 ** -12,
    ]);
  });

  test("takes words for the identity: pending values are already folded", () => {
    const values = [value(0, "x", [2, 2]), value(1, "y", [2, 2])];
    const moved = layer(values, [0], [1], [{ result: 1, operand: 0 }]);
    const x = Float64Array.of(1, 2, 3, 4);
    expect([...runReference(moved, [], standardMonoids, new Map([[0, x]])).get(1)!]).toEqual([1, 2, 3, 4]);
  });

  test("of a product is the product", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        (m, n, k) => {
          const values = [value(0, "a", [m, k], "f64"), value(1, "b", [k, n], "f64"), value(2, "c", [m, n], "f64")];
          const product = layer(values, [0, 1], [2], [{ result: 2, operands: [0, 1], kernel: matmulKernel(m, n, k) }]);
          const { inputs, outputs } = prepareReference({
            layer: product,
            mesh: oneAxisMesh(1),
            tables: [],
            monoids: standardMonoids,
          });
          const [a, b] = [inputs.get(0)!, inputs.get(1)!];
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              let sum = 0;
              for (let l = 0; l < k; l++) sum += a[i * k + l]! * b[l * n + j]!;
              expect(outputs.get(2)![i * n + j]).toBe(sum);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test("of a missing input is an internal fault", () => {
    const moved = layer([value(0, "x", [1])], [0], [0], []);
    expect(() => runReference(moved, [], standardMonoids, new Map())).toThrow("no input x");
  });
});

describe("inputs", () => {
  test("are a pure function of seed, name and index", () => {
    const x = value(0, "x", [8, 8]);
    expect(inputElements(x, "x", 1, 1)).toEqual(inputElements(x, "x", 1, 1));
    expect(inputElements(x, "x", 1, 1)).not.toEqual(inputElements(x, "x", 2, 1));
    expect(inputElements(x, "x", 1, 1)).not.toEqual(inputElements(x, "y", 1, 1));
    // The shape does not matter: element i is element i.
    expect(inputElements(value(0, "x", [4]), "x", 1, 1)).toEqual(inputElements(x, "x", 1, 1).slice(0, 4));
  });

  test("are uniform in [-1, 1): mean, variance and neighbours' correlation are those of independent draws", () => {
    const draw = uniformStream(3, "w");
    const count = 1 << 16;
    let [sum, squares, products] = [0, 0, 0];
    for (let i = 0; i < count; i++) {
      const x = draw(i);
      expect(Math.abs(x)).toBeLessThanOrEqual(1);
      sum += x;
      squares += x * x;
      products += x * draw(i + 1);
    }
    // Five standard deviations of each estimate.
    expect(Math.abs(sum / count)).toBeLessThan((5 * Math.sqrt(1 / 3)) / 256);
    expect(Math.abs(squares / count - 1 / 3)).toBeLessThan((5 * Math.sqrt(4 / 45)) / 256);
    expect(Math.abs(products / count)).toBeLessThan(5 / 3 / 256);
  });

  test("are numbers of their dtype", () => {
    for (const dtype of ["bf16", "f16", "i8"]) {
      const elements = inputElements(value(0, "x", [100], dtype), "x", 1, 0.3);
      expect([...elements].map(roundingOf(dtype))).toEqual([...elements]);
      expect(new Set(elements).size).toBeGreaterThan(10);
    }
  });

  test("weights are scaled by one over the square root of the terms, through words as well", () => {
    const values = [value(0, "x", [4, 64]), value(1, "w", [64, 8]), value(2, "all", [4, 64]), value(3, "y", [4, 8])];
    const product = layer(
      values,
      [0, 1],
      [3],
      [
        { result: 2, operand: 0 },
        { result: 3, operands: [2, 1], kernel: matmulKernel(4, 8, 64) },
      ],
    );
    expect(inputScales(product)).toEqual(
      new Map([
        [0, 1],
        [1, 1 / 8],
      ]),
    );
  });

  test("of a pending value are contributions whose fold is the reference's", () => {
    const pending = value(0, "x", [6], "f64", [{ monoid: "sum", over: [0] }]);
    const folded = layer([pending, value(1, "y", [6], "f64")], [0], [1], [{ result: 1, operand: 0 }]);
    const { inputs, contributions } = prepareReference({
      layer: folded,
      mesh: oneAxisMesh(3),
      tables: [],
      monoids: standardMonoids,
    });
    const parts = contributions.get(0)!;
    expect(parts).toHaveLength(3);
    inputs.get(0)!.forEach((total, i) => expect(total).toBe(parts[0]![i]! + parts[1]![i]! + parts[2]![i]!));
  });
});

test("states fold under their monoid", () => {
  const states = [Float64Array.of(1, -2), Float64Array.of(5, -7), Float64Array.of(3, -1)];
  expect([...foldStates("sum", states, [2], standardMonoids)]).toEqual([9, -10]);
  expect([...foldStates("max", states, [2], standardMonoids)]).toEqual([5, -1]);
  expect(() => foldStates("lse", states, [2], standardMonoids)).toThrow("no monoid lse");
});
