import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScalarIR } from "../../compiler/check/ir.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import { roundingOf } from "../../runtime/numbers/dtypes.js";
import { DeviceBench, testDevice, valueTask, whole } from "../support/device.js";
import {
  binary,
  call,
  compare,
  constant,
  kernel,
  local,
  matmulKernel,
  read,
  select,
  standardMonoids,
} from "../support/kernel-builder.js";

// What is computed in f16 where a device has it, and what is not. Kernels run in f16 where the machine's device has it, and
// else in f32 in its place.

const round = roundingOf("f16");
const traits = { ...softwareTraits, hasF16: true };
const hasF16 = (await testDevice()).device.features.has("shader-f16");

const bits = fc.integer({ min: 0, max: 0x7bff });
const anyF16 = fc.tuple(bits, fc.boolean()).map(([pattern, isNegative]) => {
  const [exponent, fraction] = [pattern >> 10, pattern & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return isNegative ? -size : size;
});

test("a sum, difference or product of numbers of f16 is not changed by rounding it to f32 first", () => {
  fc.assert(
    fc.property(anyF16, anyF16, (x, y) => {
      // All three are exact in float64.
      for (const exact of [x + y, x - y, x * y]) expect(round(Math.fround(exact)) + 0).toBe(round(exact) + 0);
    }),
    { numRuns: 20_000 },
  );
});

const [x, y] = [read(0, 0), read(1, 0)];
type Form = readonly [what: string, body: ScalarIR, of: (x: number, y: number, i: number) => number];
const inF16: readonly Form[] = [
  ["x + y", binary(x, "+", y), (a, b) => a + b],
  ["x * y", binary(x, "*", y), (a, b) => a * b],
  ["-x * 0.375", binary(call("neg", x), "*", constant(0.375)), (a) => -a * 0.375],
  ["relu(x - y)", call("max", binary(x, "-", y), constant(0)), (a, b) => Math.max(a - b, 0)],
  [
    "|x| where it is less",
    call("ifLess", x, y, call("abs", x), binary(x, "*", y)),
    (a, b) => (a < b ? Math.abs(a) : a * b),
  ],
  ["by index", select(compare(0, "<", { kind: "affine", terms: [], offset: 9 }), x, y), (a, b, i) => (i < 9 ? a : b)],
  ["a constant", constant(-6), () => -6],
];
const inF32: readonly Form[] = [
  ["x / y", binary(x, "/", y), (a, b) => a / b],
  ["x * y + x", binary(binary(x, "*", y), "+", x), (a, b) => a * b + a],
  ["x + 0.1, which is no number of f16", binary(x, "+", constant(0.1)), (a) => a + Math.fround(0.1)],
  ["sqrt |x|", call("sqrt", call("abs", x)), (a) => Math.sqrt(Math.abs(a))],
];

/** 37 numbers of f16 of 8 bits each, so that products are not. */
const numbers = (seed: number): number[] =>
  Array.from({ length: 37 }, (_, i) => (((i + seed) * 97 + seed) % 255) / 64 - 127 / 64);

async function computed(body: ScalarIR, dtype: string): Promise<{ source: string; held: number[] }> {
  const bench = new DeviceBench([], [], traits);
  const domain = whole(37);
  const operands = [3, 8].map((seed) => bench.tensor("f16", domain, numbers(seed)));
  const result = bench.tensor(
    dtype,
    domain,
    domain.map(() => 0),
  );
  bench.op(valueTask(kernel(1, [["i", 37]], body), result, operands, domain));
  return { source: bench.kernels[0]!.source, held: (await bench.run())[2]! };
}

describe("what is rounded once is computed in f16", () => {
  test.each(inF16)("%s", async (_, body, of) => {
    const { source, held } = await computed(body, "f16");
    expect(source).toContain("vec4<f16>");
    expect(source).not.toMatch(/\bf32\b|vec4f/);
    const [a, b] = [numbers(3), numbers(8)];
    expect(held.map((value) => round(value) + 0)).toEqual(a.map((value, i) => round(of(value, b[i]!, i)) + 0));
    // Of the same numbers in another format nothing is.
    expect((await computed(body, "f32")).source).not.toMatch(/vec4<f16>\(|\dh\b/);
  });

  test("local equations are looked through, each once", async () => {
    const half = binary(x, "*", constant(0.5));
    const chain = Array.from({ length: 40 }, (_, number): ScalarIR =>
      number === 0 ? half : call("max", local(number - 1, 0), local(number - 1, 0)),
    );
    const locals = chain.map((body, number) => ({ name: `t${number}`, indices: [0], body }));
    const bench = new DeviceBench([], [], traits);
    const [operand, result] = [bench.tensor("f16", whole(5), [1, 2, 3, 4, 5]), bench.tensor("f16", whole(5), [])];
    bench.op(valueTask(kernel(1, [["i", 5]], local(39, 0), locals), result, [operand], whole(5)));
    expect(bench.kernels[0]!.source).not.toContain("vec4f");
    expect((await bench.run())[1]).toEqual([0.5, 1, 1.5, 2, 2.5]);
  });
});

describe("all else is computed in f32, and rounded at the end", () => {
  test.each(inF32)("%s", async (_, body, of) => {
    const { source, held } = await computed(body, "f16");
    expect(source).toMatch(/= vec4f\(load_four_operand0/);
    expect(source).toContain("vec4<f16>(");
    const [a, b] = [numbers(3), numbers(8)];
    // Division and square roots may err by some units in the last place of f32.
    held.forEach((value, i) => expect(round(value), `at ${i}`).toBe(round(of(a[i]!, b[i]!, i))));
  });

  test("sums of products too: they are exact, and their sum is not rounded to f16 on the way", async () => {
    const bench = new DeviceBench(standardMonoids, [], traits);
    const depth = 1100;
    // 2048 and then ones, of which f16 has every second sum.
    const left = bench.tensor(
      "f16",
      whole(1, depth),
      Array.from({ length: depth }, (_, k) => (k === 0 ? 2048 : 1)),
    );
    const right = bench.tensor(
      "f16",
      whole(depth, 4),
      Array.from({ length: 4 * depth }, () => 1),
    );
    const result = bench.tensor("f32", whole(1, 4), []);
    bench.op(valueTask(matmulKernel(1, 4, depth), result, [left, right], whole(1, 4, depth)));
    expect(bench.kernels[0]!.features).toContain("shader-f16");
    expect((await bench.run())[2]).toEqual([3147, 3147, 3147, 3147]);
  });
});

test("a device rounds to f16 as the cpu does, by itself where it has f16", async () => {
  const values = fc.sample(fc.float({ noNaN: true, min: Math.fround(-65519), max: Math.fround(65519) }), 4000);
  const normal = values.filter((value) => value === 0 || Math.abs(value) >= 2 ** -14);
  const bench = new DeviceBench([], [], hasF16 ? traits : softwareTraits);
  const domain = whole(normal.length);
  const [source, target] = [bench.tensor("f32", domain, normal), bench.tensor("f16", domain, [])];
  bench.op(valueTask(kernel(1, [["i", normal.length]], x), target, [source], domain));
  expect((await bench.run())[1]!.map((value) => value + 0)).toEqual(normal.map((value) => round(value) + 0));
});
