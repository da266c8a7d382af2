import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import { deviceDtypes } from "../../compiler/emit/webgpu/text/formats.js";
import { softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { reassociationBound } from "../../runtime/reference/tolerance.js";
import { run } from "../../runtime/run/run.js";
import { standardHost } from "../support/bind-text.js";
import { devicePool } from "../support/device-pool.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomText } from "../../testing/arbitraries/texts.js";

// Whole programs as text, executed on devices: what checks and plans computes its layer there as it does on the cpu.

const pool = devicePool();
afterAll(() => pool.close());

async function faultsOf(text: string): Promise<string[]> {
  const { program } = checkFile("main.stretto", createMemoryHost({ "main.stretto": text }, standardHost));
  const schedule = program?.schedules[0];
  const planned = program && planSchedule(program, schedule!).planned;
  if (program === undefined || planned === undefined) return [];
  if (planned.plan.buffers.some(({ dtype }) => !deviceDtypes.includes(dtype))) return [];
  const layer = program.layers[schedule!.layer]!;
  const { mesh, tables, monoids } = program;
  const reference = prepareReference({ layer, mesh, tables, monoids });
  const device = emitWebgpu(planned.plan, softwareTraits);
  const result = await run(planned.plan, {
    device: "webgpu",
    program: device,
    reference,
    pool,
    adverse: 5,
    stallSeconds: 5,
  });
  const faults = result.failures.map(({ kind, message }) => `${kind}: ${message}`);
  const bound = reassociationBound(layer, mesh, tables);
  const least = Math.min(...result.outputs.map(({ elements }) => elements.length));
  // What is a few numbers large may cancel, and then cannot be judged relative to the largest.
  if (least >= 16 && !(result.maxError! <= bound)) faults.push(`error ${result.maxError} is above ${bound}`);
  return faults;
}

test("random programs compute their layers on devices", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (generate) => {
      const { text } = randomText(drawFrom(generate));
      const faults = await faultsOf(text).catch((error: Error) => [String(error.stack)]);
      if (faults.length > 0) expect.fail(`${faults.slice(0, 6).join("\n")}\n\n${text}`);
    }),
    { numRuns: runsOf(60) },
  );
});
