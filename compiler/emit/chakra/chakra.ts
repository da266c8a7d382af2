import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";
import type { EmittedFile } from "../files.js";
import { differences } from "../replay/differences.js";
import type { Replay, ReplayTimes } from "../replay/operation.js";
import { replayWithCalls } from "../replay/replay.js";
import { wireBetween } from "../replay/uniform-network.js";
import type { Wire } from "../replay/uniform-network.js";
import { findWholeCalls, noCalls } from "../replay/whole-calls.js";
import type { WholeCalls } from "../replay/whole-calls.js";
import { networkOf, networkText } from "./network.js";
import type { Network } from "./network.js";
import { systemOf } from "./system.js";
import { emitTraceOfRank, groupName, isCollectiveWord } from "./trace.js";

/** How collectives are written: as one node of all their ranks where ASTRA-sim has them, or as the messages they are made of. */
export type CollectivesAs = "whole" | "expanded";

/**
 * A schedule for ASTRA-sim: an execution trace a rank (`trace.0.et`, `trace.1.et`, ..), the groups of ranks of its
 * collectives, the system, the network and the memory it runs on, and how to run it.
 *
 * @param title of the schedule, for people
 */
export function emitChakra(
  title: string,
  graph: TaskGraph,
  machine: MachineModel,
  times: ReplayTimes,
  collectives: CollectivesAs = "expanded",
): readonly EmittedFile[] {
  const whole = collectives === "whole" ? findWholeCalls(graph, refusalOf) : noCalls(graph);
  const replay = replayWithCalls(graph, times, whole);
  const network = networkOf(graph, machine, replay);
  const rankCount = Math.max(2, graph.rankCount);
  const traces = Array.from({ length: rankCount }, (_, rank) => ({
    name: `trace.${rank}.et`,
    chunks: emitTraceOfRank(graph, replay, rank),
  }));
  const sentences = [
    ...differences(graph, replay),
    ...(network.simplification === undefined ? [] : [capitalized(network.simplification)]),
    ...collectiveSentences(graph, replay, network),
    heldLane(graph, machine, whole, network, times),
  ];
  const json = (value: unknown): string[] => [`${JSON.stringify(value, undefined, 2)}\n`];
  const groups = groupsOf(replay);
  return [
    ...traces,
    ...(groups === undefined ? [] : [{ name: "comm_groups.json", chunks: json(groups) }]),
    { name: "system.json", chunks: json(systemOf(network.dimensions.length)) },
    { name: "network.yml", chunks: [networkText(network)] },
    { name: "remote_memory.json", chunks: json({ "memory-type": "NO_MEMORY_EXPANSION" }) },
    { name: "README.txt", chunks: [readme(title, rankCount, groups !== undefined, sentences)] },
  ];
}

function refusalOf(word: string): string | undefined {
  return isCollectiveWord(word) ? undefined : `ASTRA-sim has no ${word}`;
}

/** Ranks by the number of their group, ascending; that of all ranks needs none. Undefined where there is no other. */
function groupsOf({ groups, rankCount }: Replay<unknown>): Readonly<Record<string, readonly number[]>> | undefined {
  const named = groups.flatMap((ranks, group): [number, readonly number[]][] =>
    ranks.length < rankCount ? [[groupName(group), ranks]] : [],
  );
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** What becomes of the words' collectives. */
function collectiveSentences(graph: TaskGraph, { whole, rankCount }: Replay<unknown>, network: Network): string[] {
  const names = new Set(whole.calls.map(({ instance }) => graph.instances[instance]!.name));
  const sentences: string[] = [];
  if (names.size > 0) {
    sentences.push(
      `${[...names].join(", ")}: one collective of all its ranks, which starts when all of them have come to it and is done as a whole; ` +
        "what the schedule starts upon one of its parts waits for the rest. ASTRA-sim runs it as a ring, whatever the schedule uses.",
    );
  }
  if (whole.calls.some(({ word }) => word === "all_to_all")) {
    sentences.push("An all_to_all sends to one peer after the other, and pays the latency of each.");
  }
  if (network.dimensions.length > 1 && whole.calls.some(({ ranks }) => ranks.length === rankCount)) {
    sentences.push("A collective of all ranks runs level by level, a ring in each.");
  }
  for (const { name, why } of whole.expanded) sentences.push(`${name} is written as messages: ${why}.`);
  return sentences;
}

/** ASTRA-sim sends the next message when the last has arrived, so many small ones cost their latencies one by one. */
function heldLane(
  graph: TaskGraph,
  machine: MachineModel,
  { calls, callOf }: WholeCalls,
  { dimensions, simplification }: Network,
  times: ReplayTimes,
): string {
  const laneNs = new Float64Array(graph.rankCount);
  const slowest: Wire = {
    latencyNs: Math.max(...dimensions.map(({ latencyNs }) => latencyNs)),
    bytesPerNs: Math.min(...dimensions.map(({ bytesPerNs }) => bytesPerNs)),
  };
  const lasts = ({ latencyNs, bytesPerNs }: Wire, bytes: number): number => latencyNs + Math.max(1, bytes) / bytesPerNs;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (cost?.kind !== "transfer" || cost.source === cost.target || callOf[task]! >= 0) continue;
    const wire = simplification === undefined ? wireBetween(machine, cost.source, cost.target) : slowest;
    laneNs[cost.source]! += lasts(wire ?? slowest, cost.wireBytes);
  }
  for (const { word, ranks, partBytes } of calls) {
    const steps = (word === "all_reduce" ? 2 : 1) * (ranks.length - 1);
    for (const rank of ranks) laneNs[rank]! += steps * lasts(slowest, partBytes);
  }
  const longest = laneNs.reduce((a, b) => Math.max(a, b), 0);
  const what = calls.length > 0 ? "sends and collectives" : "sends";
  const bound = `the ${what} of a rank take up to ${Math.round(longest)} ns, and the schedule is predicted to take ${Math.round(times.makespanNs)} ns`;
  const verdict = longest > times.makespanNs ? ": the result says nothing of this schedule" : "";
  return `A send holds its rank's lane until the message has arrived, latency included: ${bound}${verdict}.`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function readme(title: string, rankCount: number, hasGroups: boolean, sentences: readonly string[]): string {
  return `${title}, for ASTRA-sim (Chakra execution traces)

Run, in this folder, with the analytical backend that does not model congestion:

  AstraSim_Analytical_Congestion_Unaware \\
    --workload-configuration=trace \\
${hasGroups ? "    --comm-group-configuration=comm_groups.json \\\n" : ""}    --system-configuration=system.json \\
    --network-configuration=network.yml \\
    --remote-memory-configuration=remote_memory.json

It has run where it prints ${rankCount} lines \`sys[i] finished, X cycles\`; a cycle is a nanosecond. Its exit code says
nothing. Every trace stays open, so \`ulimit -n\` must exceed ${rankCount}.

What differs from the schedule:

${sentences.map((sentence) => `- ${sentence}`).join("\n")}
`;
}
