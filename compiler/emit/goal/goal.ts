import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";
import type { EmittedFile } from "../files.js";
import { differences } from "../replay/differences.js";
import type { ReplayTimes } from "../replay/operation.js";
import { replayOf } from "../replay/replay.js";
import { uniformNetwork } from "../replay/uniform-network.js";
import type { UniformNetwork } from "../replay/uniform-network.js";
import { emitGoalBinary } from "./binary.js";
import { emitGoalText } from "./text.js";

/**
 * A schedule for LogGOPSim and ATLAHS: `schedule.goal`, the same as `schedule.bin`, and how to run it.
 *
 * @param title of the schedule, for people
 */
export function emitGoal(
  title: string,
  graph: TaskGraph,
  machine: MachineModel,
  times: ReplayTimes,
): readonly EmittedFile[] {
  const replay = replayOf(graph, times);
  const network = uniformNetwork(graph, machine);
  const largest = graph.classes.reduce((a, cost) => Math.max(a, cost.kind === "transfer" ? cost.wireBytes : 0), 0);
  const sentences = differences(graph, replay);
  if (network.isApproximate) {
    sentences.push(
      "The routes differ, and the network has one latency and one bandwidth: the longest and the lowest of those used.",
    );
  }
  return [
    { name: "schedule.goal", chunks: emitGoalText(title, replay) },
    { name: "schedule.bin", chunks: emitGoalBinary(replay) },
    {
      name: "README.txt",
      chunks: [readme(title, network, Math.ceil(largest) + 1, sentences)],
    },
  ];
}

function readme(title: string, network: UniformNetwork, threshold: number, sentences: readonly string[]): string {
  const perByte = Number((1 / network.bytesPerNs).toPrecision(12));
  const latency = Math.round(network.latencyNs);
  return `${title}, for LogGOPSim and ATLAHS (GOAL)

schedule.bin is what txt2bin makes of schedule.goal. Times are nanoseconds. Run, with the simulator of ATLAHS:

  LogGOPSim -f schedule.bin -L ${latency} -o 0 -g 0 -G ${perByte} -O 0 -S ${threshold}

-S, above every message, keeps sends from waiting for their receivers. A rank computes on cpu 0, sends on cpu 1 and
receives on cpu 2; the original LogGOPSim ignores the time of what a cpu waits for on another, and takes whole
numbers for -G, so its results for this file are too low.

What differs from the schedule:

${sentences.map((sentence) => `- ${sentence}`).join("\n")}
- To its sender a message is done when it has left; what the schedule has wait for its arrival there does not wait.
- The latency is rounded to ${latency} ns.
`;
}
