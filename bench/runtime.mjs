// npm run bench:runtime: what the runtime takes of itself, in Node: a task with next to nothing to do, and the bytes a second of a
// transfer between two ranks' devices beside those of copying the same bytes in memory.
//   node bench/runtime.mjs
// The record is written to bench/results/runtime.json. Needs dist/.
import { fileURLToPath } from "node:url";
import { execute, referenceFor } from "../dist/evidence/execute.js";
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { emitWebgpu } from "../dist/compiler/emit/webgpu/emit.js";
import { softwareTraits } from "../dist/compiler/emit/webgpu/traits.js";
import { checkFile, planSchedule } from "../dist/compiler/program.js";
import { median, timeInTurn } from "../dist/runtime/calibrate/in-turn.js";
import { loadProgram } from "../dist/runtime/calibrate/tile-rates.js";
import { nodeGpu } from "../dist/runtime/node/gpu.js";
import { nodeSettled } from "../dist/runtime/node/pause.js";
import { offerSoftwareAdapter } from "../dist/runtime/node/software-adapter.js";
import { createNodePool } from "../dist/runtime/node/workers.js";
import { openDevice } from "../dist/runtime/webgpu/device.js";
import { writeRecord } from "./record.mjs";

const runs = 9;
const tasks = 4096;
const payloadsMib = [1, 16];

const say = (line) => process.stderr.write(`${line}\n`);

/** The only schedule of a file beside this one, planned, and what its layer should come to. */
function planned(name, params) {
  const file = fileURLToPath(new URL(`${name}.stretto`, import.meta.url));
  const set = new Map(Object.entries(params).map(([param, value]) => [param, String(value)]));
  const { program, diagnostics } = checkFile(file, createNodeHost(file), { set });
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  const { planned: schedule, diagnostics: later } = planSchedule(program, program.schedules[0]);
  if (schedule === undefined) throw new Error(JSON.stringify(later));
  return { schedule, reference: referenceFor(program, program.layers[0]) };
}

/** Nanoseconds from the first task's start to the last one's finish: the median of runs, after one that compiles. */
async function medianRun(pool, { schedule, reference }, device) {
  const measured = [];
  for (let run = 0; run <= runs; run++) {
    const { value, diagnostics } = await execute(schedule, device, reference, pool);
    if (value === undefined) throw new Error(JSON.stringify(diagnostics));
    if (value.maxError > 0) throw new Error(`${device}: the result is off by ${value.maxError}`);
    if (run > 0) measured.push(value.measuredNs);
  }
  return median(measured);
}

/** Microseconds of a task; and of the same dispatches recorded into one pass, which is what the device takes. */
async function timeTasks(pool, open) {
  const plan = planned("tasks", { tasks });
  const us = {};
  for (const device of ["null", "cpu", "webgpu"]) us[device] = (await medianRun(pool, plan, device)) / tasks / 1000;
  const { kernels, ranks } = emitWebgpu(plan.schedule.plan, softwareTraits);
  const { run, memory } = await loadProgram(open, { settled: nodeSettled }, { kernels, program: ranks[0] });
  const [samples] = await timeInTurn([run], { rounds: runs, sampleMs: 100 });
  memory.destroy();
  const dispatch = (1000 * median(samples)) / tasks;
  const row = { tasks, us_per_task: us, us_per_dispatch: dispatch, host_us_per_task: us.webgpu - dispatch };
  say(`a task, us: null ${us.null.toFixed(1)}, cpu ${us.cpu.toFixed(1)}, webgpu ${us.webgpu.toFixed(1)}`);
  say(`its dispatch alone ${dispatch.toFixed(1)}; what the host adds ${row.host_us_per_task.toFixed(1)}`);
  return row;
}

/** Bytes a second of copying from one shared memory to another. */
async function copyRate(bytes) {
  const [from, to] = [0, 1].map(() => new Uint8Array(new SharedArrayBuffer(bytes)).fill(1));
  const copy = async (times) => {
    for (let time = 0; time < times; time++) to.set(from);
  };
  const [samples] = await timeInTurn([copy], { rounds: runs, sampleMs: 50, mostTimes: 1e5 });
  return (1000 * bytes) / median(samples);
}

async function timeTransfer(pool, mib) {
  const bytes = mib * 2 ** 20;
  const plan = planned("transfer", { rows: bytes / 4096 });
  const rate = {};
  for (const device of ["cpu", "webgpu"]) rate[device] = (1e9 * bytes) / (await medianRun(pool, plan, device));
  const copy = await copyRate(bytes);
  const gigabytes = (perSecond) => (perSecond / 1e9).toFixed(2);
  say(
    `${String(mib).padStart(2)} MiB, GB/s: between devices ${gigabytes(rate.webgpu)}, on device cpu ${gigabytes(rate.cpu)}, ` +
      `memcpy ${gigabytes(copy)}; ${(rate.webgpu / copy).toFixed(2)} of memcpy`,
  );
  return { mib, bytes_per_s: { ...rate, memcpy: copy }, to_memcpy: rate.webgpu / copy };
}

offerSoftwareAdapter();
const open = await openDevice(await nodeGpu());
const pool = createNodePool();
try {
  say(open.adapter);
  const small = await timeTasks(pool, open);
  const transfers = [];
  for (const mib of payloadsMib) transfers.push(await timeTransfer(pool, mib));
  writeRecord("runtime", { adapter: open.adapter, small, transfers }, [], "npm run bench:runtime");
} finally {
  await pool.close();
  open.close();
}
