import { afterAll, beforeAll, expect, test } from "vitest";
import { openDevice } from "../../evidence/device.js";
import type { Device } from "../../evidence/device.js";
import { execute, referenceFor } from "../../evidence/execute.js";
import { planSchedule } from "../../compiler/program.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { exampleProgram } from "../support/examples.js";

const ranks = 4;
const runs = Number(process.env["STRETTO_ENDURANCE"] ?? 50);

delete process.env["FAILS"];
const pool = createNodePool(new URL("../support/failing-worker.mjs", import.meta.url));
const questions = new BroadcastChannel("buffers alive");
afterAll(() => pool.close());

let device: Device;
beforeAll(async () => {
  const opened = await openDevice("webgpu");
  if ("problem" in opened) throw new Error(opened.problem.message);
  device = opened.device;
});

/** Buffers alive on the devices of all ranks. */
function buffersAlive(): Promise<number> {
  return new Promise((resolve) => {
    let [answers, sum] = [0, 0];
    questions.onmessage = (event) => {
      const { data } = event as { data: number };
      sum += data;
      if (++answers === ranks) resolve(sum);
    };
    questions.postMessage("how many");
  });
}

interface Held {
  readonly workers: number;
  readonly buffers: number;
  /** Timers, ports and the like that this thread waits for. */
  readonly handles: number;
}
const held = async (): Promise<Held> => ({
  workers: pool.size,
  buffers: await buffersAlive(),
  handles: process.getActiveResourcesInfo().length,
});

test(`${runs} runs hold no more at their end than after the first ones`, async () => {
  const program = exampleProgram("t3", { profile: "small", set: new Map([["ranks", String(ranks)]]) });
  const planned = program.schedules.map((schedule) => planSchedule(program, schedule).planned!);
  const reference = referenceFor(program, program.layers[0]!);
  let early: Held | undefined;
  let [earlyBytes, lateBytes] = [Infinity, 0];
  for (let run = 0; run < runs; run++) {
    const result = await execute(planned[run % planned.length]!, device, reference, pool);
    if (!("value" in result)) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
    if (run === planned.length * 3) early = await held();
    // Of the whole process, drivers included: it breathes, so that peaks of a quarter are compared.
    const bytes = process.memoryUsage.rss();
    if (run >= runs / 4 && run < runs / 2) earlyBytes = Math.max(earlyBytes === Infinity ? 0 : earlyBytes, bytes);
    if (run >= (3 * runs) / 4) lateBytes = Math.max(lateBytes, bytes);
  }
  const late = await held();
  expect(late.workers).toBe(ranks);
  expect(late.buffers).toBe(early!.buffers);
  expect(late.handles).toBeLessThanOrEqual(early!.handles);
  // A buffer kept of each run would be some MB a run.
  const mostGrowth = 64 * 2 ** 20;
  expect(lateBytes - earlyBytes).toBeLessThan(mostGrowth);
  questions.close();
  await pool.close();
  expect(pool.size).toBe(0);
});
