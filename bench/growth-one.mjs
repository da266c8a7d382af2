// One size of the growth benchmark, in a process of its own so that its peak memory is its own.
//   node bench/growth-one.mjs TOKENS [EDGE]      prints one JSON object
import { checkFile, planSchedule } from "../dist/compiler/program.js";
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { simulate } from "../dist/simulator/simulate.js";

const [tokens, edge = "128"] = process.argv.slice(2);
const file = new URL("growth.stretto", import.meta.url).pathname;
const set = new Map([
  ["tokens", tokens],
  ["edge", edge],
]);
const seconds = (from) => (performance.now() - from) / 1000;

const t0 = performance.now();
const { program, diagnostics } = checkFile(file, createNodeHost(file), { set });
if (program === undefined) throw new Error(JSON.stringify(diagnostics));
const front = seconds(t0);

const t1 = performance.now();
const { planned, diagnostics: later } = planSchedule(program, program.schedules[0]);
if (planned === undefined) throw new Error(JSON.stringify(later));
const back = seconds(t1);

const t2 = performance.now();
const timeline = simulate(planned.graph, program.machine);
const simulation = seconds(t2);

const { graph } = planned;
const columns = Object.values(graph).filter((column) => ArrayBuffer.isView(column));
console.log(
  JSON.stringify({
    tokens: Number(tokens),
    tasks: graph.taskCount,
    edges: graph.edgeCount,
    front_s: front,
    lower_plan_prove_s: back,
    simulate_s: simulation,
    tasks_per_s: graph.taskCount / (back + simulation),
    bytes_per_task: columns.reduce((sum, column) => sum + column.byteLength, 0) / graph.taskCount,
    peak_rss_mib: process.resourceUsage().maxRSS / 1024,
    makespan_ns: timeline.makespanNs,
  }),
);
