import { describe, expect, test } from "vitest";
import { tileCandidates } from "../../compiler/emit/webgpu/tile-candidates.js";
import { softwareTraits, traitsOf } from "../../compiler/emit/webgpu/traits.js";
import { measureCosts } from "../../runtime/calibrate/device-costs.js";
import { median, timeInTurn } from "../../runtime/calibrate/in-turn.js";
import { loadProgram, measureRates } from "../../runtime/calibrate/tile-rates.js";
import { nodeGpu } from "../../runtime/node/gpu.js";
import { nodeSettled } from "../../runtime/node/pause.js";
import { openDevice } from "../../runtime/webgpu/device.js";
import { testDevice } from "../support/device.js";

const host = { settled: nodeSettled };
const size = 64;

test("what tiles are measured by is a product, by each tile that the adapter has room for", async () => {
  const open = await testDevice();
  const { limits, features } = open.device;
  const hardware = traitsOf({
    ...{ isSoftware: false, features: new Set(features) },
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    workgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
  });
  for (const traits of [softwareTraits, hardware]) {
    const candidates = tileCandidates(traits, size);
    expect(candidates.map(({ tile }) => tile)).toEqual(traits.tiles.map(({ tile }) => tile));
    for (const { kernels, program, flops, tile } of candidates) {
      expect(flops).toBe(2 * size ** 3);
      const { memory, run } = await loadProgram(open, host, { kernels, program });
      const [a, b] = [3, 5].map((step) => Array.from({ length: size * size }, (_, at) => ((at * step) % 7) - 3));
      memory.upload(program.inputs[0]!, a!);
      memory.upload(program.inputs[1]!, b!);
      await run(2);
      const result = new Float64Array(size * size);
      await memory.download(() => result);
      memory.destroy();
      const expected = Array.from(result, (_, at) => {
        const [row, column] = [Math.floor(at / size), at % size];
        let sum = 0;
        for (let k = 0; k < size; k++) sum += a![row * size + k]! * b![k * size + column]!;
        return sum;
      });
      expect(
        Array.from(result, (value) => value + 0),
        JSON.stringify(tile),
      ).toEqual(expected.map((value) => value + 0));
    }
  }
});

test("tiles that the adapter has no room for are not measured", () => {
  const small = { ...softwareTraits, workgroupInvocations: 4 };
  const tiles = tileCandidates(small, size).map(({ tile }) => tile);
  expect(tiles.length).toBeGreaterThan(0);
  for (const { across, down } of tiles) expect(across * down).toBeLessThanOrEqual(4);
});

test("a rate is what is done in a second, whatever else takes turns with it", async () => {
  const open = await testDevice();
  const candidates = tileCandidates(softwareTraits, size).slice(0, 2);
  const rates = await measureRates(open, host, candidates, { rounds: 2, sampleMs: 2 });
  expect(rates.length).toBe(2);
  for (const rate of rates) expect(rate).toBeGreaterThan(0);
});

describe("what a device costs alone", () => {
  const settings = { rounds: 2, sampleMs: 2 };

  test("is a rate of each way of copying, and a time", async () => {
    const open = await testDevice();
    for (const cost of Object.values(await measureCosts(open, host, settings))) {
      expect(cost).toBeGreaterThan(0);
      expect(cost).toBeLessThan(Infinity);
    }
  });

  test("is not waited for on a device that is lost", async () => {
    const open = await openDevice(await nodeGpu());
    open.device.destroy();
    const failure = () => new Error("the device is lost");
    await expect(measureCosts({ ...open, failure }, host, settings)).rejects.toThrow("the device is lost");
  });
});

test("runners take turns, each as often as a sample takes", async () => {
  const calls: string[] = [];
  const runner = (name: string) => async (times: number) => void calls.push(`${name} ${times}`);
  const samples = await timeInTurn([runner("a"), runner("b")], { rounds: 3, sampleMs: 1, mostTimes: 5 });
  expect(samples.map((each) => each.length)).toEqual([3, 3]);
  expect(calls.slice(-6)).toEqual(["a 5", "b 5", "a 5", "b 5", "a 5", "b 5"]);
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});
