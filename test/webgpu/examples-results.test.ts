import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDevice } from "../../evidence/device.js";
import type { Device } from "../../evidence/device.js";
import { execute, referenceFor } from "../../evidence/execute.js";
import { toleranceOf } from "../../evidence/tolerance.js";
import { planSchedule } from "../../compiler/program.js";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { devicePool } from "../support/device-pool.js";

const pool = devicePool();
afterAll(() => pool.close());

let device: Device;
beforeAll(async () => {
  const opened = await openDevice("webgpu");
  if ("problem" in opened) throw new Error(opened.problem.message);
  device = opened.device;
});

/** What a file needs beside `ranks` to be run on two. */
const onTwo: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "lasp-2": { gpus: "2" },
  zeco: { gpus: "2" },
};
/** Files whose systems are none on two ranks: several GPUs on each of several nodes; four leaves of a network. */
const notOnTwo = ["deepseek-ep", "flow-splitting"];

function programOn(name: string, ranks: number): CheckedProgram {
  const set = { ranks: String(ranks), ...(ranks === 2 ? onTwo[name] : {}) };
  return exampleProgram(name, { profile: "small", set: new Map(Object.entries(set)) });
}

async function run(program: CheckedProgram, schedule: ScheduleIR): Promise<void> {
  const layer = program.layers[schedule.layer]!;
  const planned = planSchedule(program, schedule).planned!;
  const result = await execute(planned, device, referenceFor(program, layer), pool);
  if (!("value" in result)) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const { maxError, outputs, adapter, memory } = result.value;
  expect(adapter).toBeTruthy();
  expect(memory!.length).toBe(program.mesh.rankCount);
  // Tables, numbers of tasks and what payloads go through beside the values.
  for (const { allocated, values } of memory!) expect(allocated).toBeGreaterThan(values);
  expect(maxError, schedule.name).toBeLessThanOrEqual(toleranceOf(program, schedule));
  for (const output of outputs) expect(output.elements.some((element) => Math.abs(element) > 1e-3)).toBe(true);
}

describe("on devices, every schedule of the examples computes its layer", () => {
  test.each(exampleNames)("%s, 4 ranks", async (name) => {
    const program = programOn(name, 4);
    for (const schedule of program.schedules) await run(program, schedule);
  });

  const others = exampleNames.flatMap((name) =>
    (notOnTwo.includes(name) ? [8] : [2, 8]).map((ranks) => ({ name, ranks })),
  );
  test.each(others)("$name, $ranks ranks, its last schedule", async ({ name, ranks }) => {
    const program = programOn(name, ranks);
    expect(program.mesh.rankCount).toBe(ranks);
    await run(program, program.schedules.at(-1)!);
  });
});
