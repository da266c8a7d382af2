// One size of the growth benchmark, in a process of its own so that its peak memory is its own.
//   node bench/growth-one.mjs TOKENS [EDGE]      prints one JSON object
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { createCollector } from "../dist/compiler/diagnostics/collector.js";
import { lower } from "../dist/compiler/lower/lower.js";
import { executionPlan } from "../dist/compiler/plan/execution.js";
import { plan } from "../dist/compiler/plan/plan.js";
import { settingsOf } from "../dist/compiler/plan/settings.js";
import { checkFile } from "../dist/compiler/program.js";
import { prove } from "../dist/compiler/prove/prove.js";
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

const [schedule] = program.schedules;
const layer = program.layers[schedule.layer];
const collector = createCollector();
const t1 = performance.now();
const lowered = lower(program, layer, settingsOf(program, layer, schedule, collector));
const lowering = seconds(t1);
const t11 = performance.now();
const planned = plan(lowered, collector);
const planning = seconds(t11);
const t12 = performance.now();
prove(planned, () => executionPlan(planned), schedule, collector);
const proving = seconds(t12);
if (collector.list().length > 0) throw new Error(JSON.stringify(collector.list()));
const back = lowering + planning + proving;

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
    lower_s: lowering,
    plan_s: planning,
    prove_s: proving,
    lower_plan_prove_s: back,
    simulate_s: simulation,
    tasks_per_s: graph.taskCount / (back + simulation),
    bytes_per_task: columns.reduce((sum, column) => sum + column.byteLength, 0) / graph.taskCount,
    peak_rss_mib: process.resourceUsage().maxRSS / 1024,
    makespan_ns: timeline.makespanNs,
  }),
);
