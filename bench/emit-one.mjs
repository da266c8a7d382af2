// What writing one size of the growth benchmark for another simulator takes, in a process of its own.
//   node --expose-gc bench/emit-one.mjs TOKENS expanded|whole|goal      prints one JSON object
import { fileURLToPath } from "node:url";
import { replayTimes } from "../dist/cli/support/replay-times.js";
import { createNodeHost } from "../dist/compiler/bind/node-host.js";
import { emitChakra } from "../dist/compiler/emit/chakra/chakra.js";
import { emitGoal } from "../dist/compiler/emit/goal/goal.js";
import { checkFile, planSchedule } from "../dist/compiler/program.js";
import { simulate } from "../dist/simulator/simulate.js";

const [tokens, target] = process.argv.slice(2);
const file = fileURLToPath(new URL("growth.stretto", import.meta.url));
const set = new Map([
  ["tokens", tokens],
  ["edge", "32"],
]);
const { program, diagnostics } = checkFile(file, createNodeHost(file), { set });
if (program === undefined) throw new Error(JSON.stringify(diagnostics));
const { planned } = planSchedule(program, program.schedules[0]);
const { graph } = planned;
const { machine } = planned.program;
const times = replayTimes(graph, machine, simulate(graph, machine));

/** What is alive, typed arrays included. */
const alive = () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
};
const before = alive();
const files = target === "goal" ? emitGoal("", graph, machine, times) : emitChakra("", graph, machine, times, target);
const prepared = alive();
let bytes = 0;
let most = prepared;
let chunks = 0;
for (const { chunks: pieces } of files) {
  for (const piece of pieces) {
    bytes += piece.length;
    if (++chunks % 50 === 0) most = Math.max(most, alive());
  }
}
console.log(
  JSON.stringify({
    target,
    tasks: graph.taskCount,
    file_mib: bytes / 2 ** 20,
    prepared_mib: prepared - before,
    writing_mib: most - prepared,
  }),
);
