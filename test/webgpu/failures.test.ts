import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDevice } from "../../evidence/device.js";
import type { Device } from "../../evidence/device.js";
import { execute, referenceFor } from "../../evidence/execute.js";
import { toleranceOf } from "../../evidence/tolerance.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import { planSchedule } from "../../compiler/program.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import { run } from "../../runtime/run/run.js";
import { exampleProgram } from "../support/examples.js";

const ranks = 4;
const program = exampleProgram("t3", { profile: "small", set: new Map([["ranks", String(ranks)]]) });
const schedule = program.schedules.at(-1)!;
const planned = planSchedule(program, schedule).planned!;
const reference = referenceFor(program, program.layers[schedule.layer]!);

let device: Device;
beforeAll(async () => {
  const opened = await openDevice("webgpu");
  if ("problem" in opened) throw new Error(opened.problem.message);
  device = opened.device;
});

const pools: RankPool[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.close())));
function failingPool(query: string): RankPool {
  process.env["FAILS"] = query;
  const pool = createNodePool(new URL("../support/failing-worker.mjs", import.meta.url));
  pools.push(pool);
  return pool;
}

/** What the run says of what went wrong. */
async function message(pool: RankPool): Promise<string> {
  const result = await execute(planned, device, reference, pool);
  if ("value" in result) return "";
  return result.diagnostics.map(({ code, message: text }) => `${code} ${text}`).join("\n");
}

async function isSound(pool: RankPool): Promise<void> {
  const result = await execute(planned, device, reference, pool);
  if (!("value" in result)) throw new Error(result.diagnostics.map(({ message: text }) => text).join("\n"));
  expect(result.value.maxError).toBeLessThanOrEqual(toleranceOf(program, schedule));
}

describe("what goes wrong on one rank ends the run, with rank and task, and the next run is sound", () => {
  test("its device is lost", async () => {
    const pool = failingPool("what=lost&rank=2&after=40");
    expect(await message(pool)).toMatch(/rank 2, (at|before) (h|y|out)\b.* on rank \d: the device is lost/);
    await isSound(pool);
  });

  test("its worker dies", async () => {
    const pool = failingPool("what=exit&rank=1");
    expect(await message(pool)).toMatch(/rank 1, before .* on rank 1: its worker ended with code 7/);
    expect(pool.size).toBeLessThan(ranks);
    // The one that takes its place dies as it did.
    expect(await message(pool)).toContain("rank 1");
  });

  test("its memory does not suffice", async () => {
    const pool = failingPool("what=memory&rank=3");
    expect(await message(pool)).toMatch(/rank 3, before .* on rank 3: the device is out of memory: a test took it/);
    await isSound(pool);
  });
});

test("a run that is ended from outside says where it stood, and leaves its workers idle", async () => {
  const pool = failingPool("");
  await isSound(pool);
  if (device.name !== "webgpu") throw new Error("no device");
  const ended = new AbortController();
  const options = { pool, signal: ended.signal, device: "webgpu", reference } as const;
  const running = run(planned.plan, { ...options, program: emitWebgpu(planned.plan, device.traits) });
  ended.abort("enough");
  const { failures } = await running;
  expect(failures).toMatchObject([{ kind: "stopped" }]);
  expect(failures[0]!.message).toMatch(/^enough; /);
  await isSound(pool);
});
