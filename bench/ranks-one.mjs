// All sizes of one schedule of bench/ranks.stretto, in one process.
//   node bench/ranks-one.mjs SCHEDULE      prints a JSON array, a size each
import { fileURLToPath } from "node:url";
import { checkFile, planSchedule } from "../dist/compiler/program.js";
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { simulate } from "../dist/simulator/simulate.js";

const [name] = process.argv.slice(2);
const file = fileURLToPath(new URL("ranks.stretto", import.meta.url));
const inNode = 8;
const rowsOfRank = 64;

function measureOnce(ranks) {
  const set = new Map([
    ["nodes", String(ranks / inNode)],
    ["tokens", String(rowsOfRank * ranks)],
  ]);
  const { program, diagnostics } = checkFile(file, createNodeHost(file), { set });
  if (program === undefined) throw new Error(JSON.stringify(diagnostics));
  const schedule = program.schedules.find((each) => each.name === name);
  const begin = performance.now();
  const { planned, diagnostics: later } = planSchedule(program, schedule);
  if (planned === undefined) throw new Error(JSON.stringify(later));
  const middle = performance.now();
  const { makespanNs } = simulate(planned.graph, planned.program.machine);
  const end = performance.now();
  const { taskCount: tasks, edgeCount: edges } = planned.graph;
  return {
    ranks,
    tasks,
    edges,
    lower_plan_prove_s: (middle - begin) / 1000,
    simulate_s: (end - middle) / 1000,
    us_per_task: ((end - begin) * 1000) / tasks,
    makespan_ns: makespanNs,
  };
}

const sizes = [8, 16, 32, 64, 128, 256, 512];
// Our own code is compiled while it runs: let that happen before anything is measured.
for (let i = 0; i < 4; i++) measureOnce(64);
const rows = sizes.map((ranks) =>
  Array.from({ length: ranks > 256 ? 2 : 4 }, () => measureOnce(ranks)).reduce((a, b) =>
    b.us_per_task < a.us_per_task ? b : a,
  ),
);
process.stdout.write(JSON.stringify(rows));
