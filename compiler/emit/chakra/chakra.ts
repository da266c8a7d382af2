import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";
import type { EmittedFile } from "../files.js";
import { differences } from "../replay/differences.js";
import type { ReplayTimes } from "../replay/operation.js";
import { replayOf } from "../replay/replay.js";
import { uniformNetwork } from "../replay/uniform-network.js";
import type { UniformNetwork } from "../replay/uniform-network.js";
import { emitTraceOfRank } from "./trace.js";

/**
 * A schedule for ASTRA-sim: an execution trace a rank (`trace.0.et`, `trace.1.et`, ..), the system, the network and the
 * memory it runs on, and how to run it.
 *
 * @param title of the schedule, for people
 */
export function emitChakra(
  title: string,
  graph: TaskGraph,
  machine: MachineModel,
  times: ReplayTimes,
): readonly EmittedFile[] {
  const replay = replayOf(graph, times);
  const network = uniformNetwork(graph, machine);
  const rankCount = Math.max(2, graph.rankCount);
  const traces = Array.from({ length: rankCount }, (_, rank) => ({
    name: `trace.${rank}.et`,
    chunks: emitTraceOfRank(graph, replay, rank),
  }));
  return [
    ...traces,
    { name: "system.json", chunks: [`${JSON.stringify(system, undefined, 2)}\n`] },
    { name: "network.yml", chunks: [networkText(rankCount, network)] },
    { name: "remote_memory.json", chunks: [`${JSON.stringify({ "memory-type": "NO_MEMORY_EXPANSION" })}\n`] },
    {
      name: "README.txt",
      chunks: [readme(title, rankCount, [...differences(graph, replay, network), heldLane(graph, network, times)])],
    },
  ];
}

/** Computing at 1000 operations a nanosecond, and memory that never limits it. Collectives are not used; all keys must be there. */
const system = {
  "scheduling-policy": "FIFO",
  "endpoint-delay": 10,
  "active-chunks-per-dimension": 1,
  "preferred-dataset-splits": 1,
  "all-reduce-implementation": ["ring"],
  "all-gather-implementation": ["ring"],
  "reduce-scatter-implementation": ["ring"],
  "all-to-all-implementation": ["direct"],
  "collective-optimization": "baseline",
  "local-mem-bw": 1_000_000,
  "peak-perf": 1,
  "roofline-enabled": 1,
  "replay-only": 0,
  "trace-enabled": 0,
  "boost-mode": 0,
};

/** ASTRA-sim's bandwidths are in units of 2^30 bytes a second. */
const bytesPerUnit = 1.073741824;

function networkText(rankCount: number, { latencyNs, bytesPerNs }: UniformNetwork): string {
  return [
    "topology: [ FullyConnected ]",
    `npus_count: [ ${rankCount} ]`,
    `bandwidth: [ ${decimal(bytesPerNs / bytesPerUnit)} ]`,
    `latency: [ ${decimal(latencyNs)} ]`,
    "",
  ].join("\n");
}

/** A number with a point in it and no exponent, as its readers expect. */
function decimal(value: number): string {
  return value.toFixed(12).replace(/(\.\d+?)0+$/, "$1");
}

/** ASTRA-sim sends the next message when the last has arrived, so many small ones cost their latencies one by one. */
function heldLane(graph: TaskGraph, { latencyNs, bytesPerNs }: UniformNetwork, times: ReplayTimes): string {
  const sendNs = new Float64Array(graph.rankCount);
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (cost?.kind !== "transfer" || cost.source === cost.target) continue;
    sendNs[cost.source]! += latencyNs + Math.max(1, cost.wireBytes) / bytesPerNs;
  }
  const longest = sendNs.reduce((a, b) => Math.max(a, b), 0);
  const bound = `the sends of a rank take up to ${Math.round(longest)} ns, and the schedule is predicted to take ${Math.round(times.makespanNs)} ns`;
  const verdict = longest > times.makespanNs ? ": the result says nothing of this schedule" : "";
  return `A send holds its rank's lane until the message has arrived, latency included: ${bound}${verdict}.`;
}

function readme(title: string, rankCount: number, sentences: readonly string[]): string {
  return `${title}, for ASTRA-sim (Chakra execution traces)

Run, in this folder, with the analytical backend that does not model congestion:

  AstraSim_Analytical_Congestion_Unaware \\
    --workload-configuration=trace \\
    --system-configuration=system.json \\
    --network-configuration=network.yml \\
    --remote-memory-configuration=remote_memory.json

It has run where it prints ${rankCount} lines \`sys[i] finished, X cycles\`; a cycle is a nanosecond. Its exit code says
nothing. Every trace stays open, so \`ulimit -n\` must exceed ${rankCount}.

What differs from the schedule:

${sentences.map((sentence) => `- ${sentence}`).join("\n")}
`;
}
