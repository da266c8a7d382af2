import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KernelIR, TableData } from "../../compiler/check/ir.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import type { DeviceKernel, DeviceProgram } from "../../compiler/emit/webgpu/program.js";
import type { DeviceTraits } from "../../compiler/emit/webgpu/traits.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { planSchedule } from "../../compiler/program.js";
import { DeviceBench, valueTask, whole } from "../support/device.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { standardMonoids } from "../support/kernel-builder.js";
import { lseMonoid, randomAttention } from "../support/random-attention.js";
import { randomContraction } from "../support/random-contractions.js";
import { randomKernel } from "../support/random-kernel.js";
import { faultOf } from "../support/tint.js";
import { traitsByAdapter } from "../support/traits.js";

// Nothing is executed here: Tint is asked whether what is emitted for an adapter compiles where there is what it asks for.

const bytesOf: Readonly<Record<string, number>> = { f32: 4, vec4f: 16, f16: 2, "vec4<f16>": 8 };

/** What a kernel says of itself, as its text has it. */
function agreesWithItsText({ source, features, subgroupLanes, workgroupBytes, arrays }: DeviceKernel): void {
  const enabled = [...source.matchAll(/^enable (\w+);$/gm)].map(([, extension]) => extension);
  expect(enabled.sort()).toEqual(features.map((feature) => feature.replace("shader-", "")).sort());
  expect(subgroupLanes !== undefined).toBe(features.includes("subgroups"));
  const shared = [...source.matchAll(/^var<workgroup> \w+: array<(.+), (\d+)>;$/gm)];
  expect(shared.length).toBe(source.split("var<workgroup>").length - 1);
  expect(workgroupBytes).toBe(shared.reduce((sum, [, type, count]) => sum + bytesOf[type!]! * Number(count), 0));
  const bound = [...source.matchAll(/^@group\(1\) @binding\(\d+\) var<storage, (read|read_write)> (\w+)/gm)];
  expect(bound.map(([, mode, name]) => ({ name, access: mode === "read" ? "read" : "write" }))).toEqual(arrays);
}

const whateverTheWork = (traits: DeviceTraits): DeviceTraits => ({
  ...traits,
  worthwhile: { contraction: 0, attention: 0 },
});

const compiled = new Set<string>();
async function compile(kernels: readonly DeviceKernel[], what: string): Promise<void> {
  const fresh = kernels.filter(({ source }) => !compiled.has(source));
  fresh.forEach(({ source }) => compiled.add(source));
  fresh.forEach(agreesWithItsText);
  const faults = await Promise.all(fresh.map(faultOf));
  for (const fault of faults) if (fault !== undefined) expect.fail(`${what}: ${fault}`);
}

function needsWhatKernelsNeed({ kernels, needs }: DeviceProgram, traits: DeviceTraits): void {
  for (const { features, subgroupLanes, workgroupBytes, arrays } of kernels) {
    expect(needs.features).toEqual(expect.arrayContaining([...features]));
    if (subgroupLanes !== undefined) expect(needs.subgroupLanes).toBe(subgroupLanes);
    expect(needs.workgroupBytes).toBeGreaterThanOrEqual(workgroupBytes);
    expect(needs.storageBuffers).toBeGreaterThan(arrays.length);
  }
  expect(needs.workgroupBytes).toBeLessThanOrEqual(traits.workgroupBytes);
  if (!traits.hasF16) expect(needs.features).not.toContain("shader-f16");
  if (traits.subgroupLanes === undefined) expect(needs.features).not.toContain("subgroups");
}

/** Each adapter; and again with kernels that else only sizes beyond those of tests are worth. */
const adapters = Object.entries(traitsByAdapter).flatMap(([adapter, traits]: [string, DeviceTraits]) => [
  [adapter, traits] as const,
  [`${adapter}, whatever the work`, whateverTheWork(traits)] as const,
]);

describe.each(exampleNames)("%s", (name) => {
  test("what is emitted for each adapter compiles, with no more than it says it needs", async () => {
    const program = exampleProgram(name, { profile: "small", set: new Map([["ranks", "4"]]) });
    for (const schedule of program.schedules) {
      const { plan } = planSchedule(program, schedule).planned!;
      for (const [adapter, traits] of adapters) {
        const emitted = emitWebgpu(plan, traits);
        needsWhatKernelsNeed(emitted, traits);
        await compile(emitted.kernels, `${schedule.name}, ${adapter}`);
      }
    }
  });
});

/** An op, and the sizes of its operands. */
interface RandomOp {
  readonly kernel: KernelIR;
  readonly table: TableData;
  readonly shapes: readonly (readonly number[])[];
  readonly ranges: readonly Runs[];
}
const attentionOp = randomAttention.map(({ kernel, table, shapes }): RandomOp => {
  return { kernel, table, shapes, ranges: whole(...kernel.variables.map(({ size }) => size)) };
});
const anyOp = randomKernel.map(({ kernel, table, ranges, operandRanks }): RandomOp => {
  return { kernel, table, ranges, shapes: operandRanks.map((rank) => Array.from({ length: rank }, () => 40)) };
});

test("kernels of random ops compile for each adapter, in every format", async () => {
  const random = fc.oneof(randomContraction, attentionOp, anyOp);
  const dtypes = fc.constantFrom("f32", "bf16", "f16", "f8e4m3", "i32", "i8");
  const monoids = [...standardMonoids, lseMonoid];
  await fc.assert(
    fc.asyncProperty(random, dtypes, async ({ kernel, table, shapes, ranges }, dtype) => {
      for (const [adapter, traits] of Object.entries(traitsByAdapter)) {
        const bench = new DeviceBench(monoids, [table], whateverTheWork(traits));
        const operands = shapes.map((shape) => bench.tensor(dtype, whole(...shape), []));
        const domain = whole(...kernel.variables.slice(0, kernel.outputRank).map(({ size }) => size));
        bench.op(valueTask(kernel, bench.tensor(dtype, domain, []), operands, ranges));
        await compile(bench.kernels, adapter);
      }
    }),
  );
});
