import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { deviceDtypes, formatOf } from "../../compiler/emit/webgpu/text/formats.js";
import { decodeRows, encodeRows } from "../../runtime/numbers/bits.js";
import { roundingOf } from "../../runtime/numbers/dtypes.js";
import { DeviceBench, valueTask, whole } from "../support/device.js";
import { kernel, read } from "../support/kernel-builder.js";

const integers = ["i32", "u32", "i16", "u16", "i8", "u8", "bool"];
const copy = (size: number) => kernel(1, [["i", size]], read(0, 0));

/** What a device makes of numbers that it reads in one format and stores in another. */
async function converted(from: string, to: string, elements: readonly number[]): Promise<number[]> {
  const bench = new DeviceBench([]);
  const domain = whole(elements.length);
  const source = bench.tensor(from, domain, elements);
  const target = bench.tensor(to, domain, []);
  bench.op(valueTask(copy(elements.length), target, [source], domain));
  return (await bench.run())[1]!;
}

/** Around every number where rounding or the range of some format changes. */
const edges = [0, 1, 0.5, 1.5, 2.5, 255.5, 256, 257, 448, 463, 464, 465, 480, 57344, 61439, 61440, 65504, 65519, 65520]
  .concat([2 ** -6, 2 ** -9, 2 ** -10, 3 * 2 ** -11, 2 ** -14, 2 ** -16, 2 ** -17, 2 ** -24, 2 ** -25, 3 * 2 ** -26])
  .concat([127.5, 128, 32767.5, 65535.5, 2 ** 24 - 1, 2 ** 31, 2 ** 32, 3e38, 1e-30])
  .flatMap((value) => [value, -value]);

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
const ofBits = (pattern: number): number => {
  bits[0] = pattern;
  return float[0]!;
};
/** Neighbours of the edges too. */
const near = edges.flatMap((value) => {
  float[0] = value;
  const pattern = bits[0]!;
  return [ofBits(pattern), ofBits(pattern + 1), ofBits(pattern === 0 ? 0 : pattern - 1)];
});

describe.each(deviceDtypes)("%s in a device's memory", (dtype) => {
  test("is rounded as the cpu rounds it", async () => {
    const round = roundingOf(dtype);
    const isNarrow = formatOf(dtype).bytes < 4;
    // f32 subnormals may be flushed; integers beyond 2^24 are whole in f32 at least.
    const drawn = fc.sample(fc.float({ noNaN: true, noDefaultInfinity: true }), { numRuns: 500, seed: 7 });
    const values = [...near, ...drawn].filter((value) => value === 0 || Math.abs(value) >= 2 ** -120);
    const device = await converted("f32", dtype, values);
    values.forEach((value, place) => {
      const expected = round(value);
      // What saturates a wide integer is the nearest f32 within its range.
      const isSaturated = integers.includes(dtype) && !isNarrow && Math.abs(value) >= 2 ** 31;
      if (isSaturated) expect(device[place]).toBeCloseTo(expected, -10);
      else expect(device[place]! + 0, `of ${value}`).toBe(expected + 0);
    });
  });

  test("comes and goes without change", async () => {
    const { bytes } = formatOf(dtype);
    if (bytes === 4) return;
    const count = 2 ** (8 * bytes);
    const codes =
      bytes === 2 ? Uint16Array.from({ length: count }, (_, c) => c) : Uint8Array.from({ length: count }, (_, c) => c);
    const shape = { dtype, rows: 1, columns: count, pitch: count };
    const values: number[] = [];
    decodeRows(shape, codes.buffer, values);
    const finite = values.filter((value) => Number.isFinite(value));
    // On the host, and through a device's arithmetic.
    const again: number[] = [];
    decodeRows({ ...shape, columns: finite.length }, encodeRows({ ...shape, columns: finite.length }, finite), again);
    const expected = dtype === "bool" ? finite.map((value) => Number(value !== 0)) : finite;
    expect(again.map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    // Of bf16, subnormals are those of f32, which a device may flush.
    const kept = expected.filter((value) => value === 0 || Math.abs(value) >= 2 ** -120);
    expect((await converted(dtype, dtype, kept)).map((value) => value + 0)).toEqual(kept.map((value) => value + 0));
  });
});

test("what is not finite stays so, where a format has it", async () => {
  for (const dtype of ["f32", "bf16", "f16", "f8e5m2"])
    expect(await converted("f32", dtype, [Infinity, -Infinity, NaN]), dtype).toEqual([Infinity, -Infinity, NaN]);
  expect(await converted("f32", "f8e4m3", [Infinity, -Infinity, NaN])).toEqual([NaN, NaN, NaN]);
});
