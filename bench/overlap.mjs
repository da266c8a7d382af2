// npm run bench:overlap: whether overlap is real. Three schedules, profile `bench`, on device webgpu, each beside the barrier of
// its layer, with links of the described machine slowed until communication costs what computation does there; and how far
// predictions on this computer are off, which is calibrated first, with all ranks busy: some minutes.
//   node bench/overlap.mjs [ranks] [calibration.stretto]      4 ranks; the calibration that `stretto calibrate` wrote for as many
// The record is written to bench/results/overlap.json; it fails where a target is missed. Nothing else should run. Needs dist/.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadCalibration } from "../dist/cli/support/calibration/load.js";
import { withKnownTiles } from "../dist/cli/support/calibration/tiles.js";
import { openDevice } from "../dist/evidence/device.js";
import { execute, referenceFor } from "../dist/evidence/execute.js";
import { predict } from "../dist/evidence/predict.js";
import { compareTimelines } from "../dist/cli/support/run/comparison.js";
import { placeRun } from "../dist/cli/support/run/placed.js";
import { processSession } from "../dist/cli/support/session.js";
import { toleranceOf } from "../dist/evidence/tolerance.js";
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { checkFile, planSchedule } from "../dist/compiler/program.js";
import { median } from "../dist/runtime/calibrate/in-turn.js";
import { createNodePool } from "../dist/runtime/node/workers.js";
import { writeRecord } from "./record.mjs";

/**
 * T3 overlaps the second of two products, which take equally long, and its sums leave in four chunks: with as much communication
 * as computation no execution takes less than 0.81 of the barrier, (1/2 + 1/8 + 1) / 2, which the row without a target is to show.
 * In halves of the tokens it overlaps one half of the first product as well.
 */
const pairs = [
  { example: "comet", barrier: "barrier", overlapped: "comet" },
  { example: "t3", barrier: "barrier", overlapped: "t3_halves" },
  { example: "t3", barrier: "barrier", overlapped: "t3", isBounded: true },
  { example: "ring-attention", barrier: "gathered", overlapped: "ring" },
];
const runs = 3;
const ranks = Number(process.argv[2] ?? 4);
/** Of the barrier's measured time. */
const target = { overlapped: 0.75, barrierSeconds: 2, error: ranks > cpus().length ? 0.2 : 0.15 };

const pathOf = (example) => fileURLToPath(new URL(`../examples/${example}.stretto`, import.meta.url));
const say = (line) => process.stderr.write(`${line}\n`);
const seconds = (ns) => `${(ns / 1e9).toFixed(2)} s`;
const percent = (share) => `${(100 * share).toFixed(1)} %`;

function calibrationFile(folder) {
  if (process.argv[3] !== undefined) return process.argv[3];
  const path = join(folder, "here.stretto");
  const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  const files = new Set(pairs.map(({ example }) => pathOf(example)));
  say("calibrating ..");
  const sizes = ["--profile", "bench", "--set", `ranks=${ranks}`];
  execFileSync(process.execPath, [main, "calibrate", ...files, ...sizes, "--ranks", String(ranks), "--out", path]);
  return path;
}

/**
 * How many times slower the described links must be for the barrier's communication to take as long as its computation, as
 * predicted: it grows with them, so that halving finds it.
 */
function slowedLinks(planned, calibration) {
  const excess = (slower) => {
    const { result } = predict(planned, placeRun(planned, slower, calibration).predicted);
    return result.communication_ns - result.compute_ns;
  };
  let [low, high] = [1, 1];
  while (excess(high) < 0) high *= 4;
  for (let step = 0; step < 30; step++) {
    const middle = Math.sqrt(low * high);
    if (excess(middle) < 0) low = middle;
    else high = middle;
  }
  return Number(high.toPrecision(3));
}

async function measurePair({ example, barrier, overlapped, isBounded }, calibration, device, pool) {
  const path = pathOf(example);
  const set = new Map([["ranks", String(ranks)]]);
  const { program, diagnostics } = checkFile(path, createNodeHost(path), { profile: "bench", set });
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  const schedules = [barrier, overlapped].map((name) => {
    const schedule = program.schedules.find((each) => each.name === name);
    return { name, schedule, planned: planSchedule(program, schedule).planned };
  });
  const slower = slowedLinks(schedules[0].planned, calibration);
  say(`${example}: links ${slower} times slower; computing what the results must be ..`);
  const reference = referenceFor(program, program.layers[schedules[0].schedule.layer]);
  const results = schedules.map(() => []);
  // In turn, so that whatever else the machine does weighs on both; the first runs compile kernels.
  for (let run = 0; run <= runs; run++)
    for (const [index, { name, schedule, planned }] of schedules.entries()) {
      const { shape } = placeRun(planned, slower, calibration);
      const { value, diagnostics: failed } = await execute(planned, device, reference, pool, { links: shape });
      if (value === undefined) throw new Error(JSON.stringify(failed));
      if (!(value.maxError <= toleranceOf(program, schedule))) throw new Error(`${name}: off by ${value.maxError}`);
      if (run > 0) results[index].push(value);
    }
  const measured = schedules.map(({ name, planned }, index) => {
    const byTime = results[index].toSorted((a, b) => a.measuredNs - b.measuredNs);
    const middle = byTime[runs >> 1];
    const { timeline } = predict(planned, placeRun(planned, slower, calibration).predicted);
    const comparison = compareTimelines(planned.graph, timeline, middle.timeline);
    const all = results[index].map(({ measuredNs }) => measuredNs);
    return { schedule: name, measured_ns: middle.measuredNs, all_ns: all, ...comparison };
  });
  const ratio = median(results[1].map((result, run) => result.measuredNs / results[0][run].measuredNs));
  for (const one of measured)
    say(
      `  ${one.schedule}: measured ${seconds(one.measured_ns)} (compute ${seconds(one.measured.compute_ns)}, communication ` +
        `${seconds(one.measured.communication_ns)}), predicted ${seconds(one.predicted.makespan_ns)}, ${percent(one.error)}`,
    );
  say(`  ${overlapped} takes ${ratio.toFixed(3)} of ${barrier}`);
  return {
    ...{ example, ranks, links_slower: slower, ratio },
    ...(isBounded && { is_bounded: true }),
    schedules: measured,
  };
}

const folder = mkdtempSync(join(tmpdir(), "stretto-overlap-"));
const pool = createNodePool();
try {
  const opened = await openDevice("webgpu");
  if ("problem" in opened) throw new Error(opened.problem.message);
  const calibration = loadCalibration(processSession(), calibrationFile(folder));
  if (!("value" in calibration)) throw new Error(JSON.stringify(calibration.diagnostics));
  const { device, problem } = withKnownTiles(processSession(), calibration.value.path, opened.device);
  if (device === undefined) throw new Error(problem.message);
  const rows = [];
  for (const pair of pairs) rows.push(await measurePair(pair, calibration.value, device, pool));
  const missed = rows.flatMap(({ example, ratio, is_bounded: isBounded, schedules }) => [
    ...(ratio <= target.overlapped || isBounded
      ? []
      : [`${example}: ${ratio.toFixed(3)} of the barrier, over ${target.overlapped}`]),
    ...(schedules[0].measured_ns >= target.barrierSeconds * 1e9
      ? []
      : [`${example}: its barrier takes ${seconds(schedules[0].measured_ns)}, under ${target.barrierSeconds} s`]),
    ...schedules
      .filter(({ error }) => Math.abs(error) > target.error)
      .map(
        ({ schedule, error }) =>
          `${example}: ${schedule} is predicted ${percent(error)} off, over ${percent(target.error)}`,
      ),
  ]);
  const [name, command] =
    ranks === 4 ? ["overlap", "npm run bench:overlap"] : [`overlap-${ranks}`, `node bench/overlap.mjs ${ranks}`];
  writeRecord(name, rows, missed, command);
} finally {
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
}
