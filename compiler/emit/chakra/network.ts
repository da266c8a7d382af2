import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import type { MachineModel } from "../../machine/model.js";
import type { CollectiveOperation, Operation, Replay } from "../replay/operation.js";
import { uniformNetwork } from "../replay/uniform-network.js";
import { differingDimensions, dimensionsOf } from "./dimensions.js";
import type { Dimension } from "./dimensions.js";

export interface Network {
  /** At least one, of at least two ranks. */
  readonly dimensions: readonly Dimension[];
  /** What of the machine's network it leaves out; undefined where it has the latency and bandwidth of every route used. */
  readonly simplification: string | undefined;
}

/** The machine's network for ASTRA-sim: with its dimensions, where what is sent is charged rightly in them. */
export function networkOf(
  graph: TaskGraph,
  machine: MachineModel,
  replay: Replay<Operation | CollectiveOperation>,
): Network {
  const dimensions = graph.rankCount < 2 ? undefined : dimensionsOf(machine, graph.rankCount);
  const misplaced = dimensions === undefined ? undefined : misplacedIn(graph, replay, dimensions);
  if (dimensions !== undefined && misplaced === undefined) return { dimensions, simplification: undefined };
  const { latencyNs, bytesPerNs, isApproximate } = uniformNetwork(graph, machine);
  const why = misplaced === undefined ? "" : `${misplaced}; so `;
  return {
    dimensions: [{ topology: "FullyConnected", count: Math.max(2, graph.rankCount), latencyNs, bytesPerNs }],
    simplification: isApproximate
      ? `${why}the routes differ, and the network has one latency and one bandwidth: the longest and the lowest of those used.`
      : undefined,
  };
}

/** What several dimensions would get wrong, if anything. */
function misplacedIn(
  graph: TaskGraph,
  { whole, groups, rankCount }: Replay<Operation | CollectiveOperation>,
  dimensions: readonly Dimension[],
): string | undefined {
  if (dimensions.length < 2) return undefined;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] !== TaskKind.transfer || cost?.kind !== "transfer" || whole.callOf[task]! >= 0) continue;
    if (differingDimensions(dimensions, cost.source, cost.target) > 1) {
      return "messages cross several levels of the machine, of which ASTRA-sim charges the innermost alone";
    }
  }
  const isFlat = groups.every(
    (ranks) =>
      ranks.length === rankCount ||
      ranks.every((rank, i) => differingDimensions(dimensions, rank, ranks[(i + 1) % ranks.length]!) === 1),
  );
  const exchanges = whole.calls.some(({ word, ranks }) => word === "all_to_all" && ranks.length < rankCount);
  if (!isFlat || exchanges) return "ASTRA-sim runs the collectives of some ranks as one ring, across levels";
  return undefined;
}

/** ASTRA-sim's bandwidths are in units of 2^30 bytes a second. */
const bytesPerUnit = 1.073741824;

/** network.yml. */
export function networkText({ dimensions }: Network): string {
  const line = (key: string, of: (dimension: Dimension) => string): string =>
    `${key}: [ ${dimensions.map(of).join(", ")} ]`;
  return [
    line("topology", ({ topology }) => topology),
    line("npus_count", ({ count }) => String(count)),
    line("bandwidth", ({ bytesPerNs }) => decimal(Math.min(bytesPerNs, unlimited) / bytesPerUnit)),
    line("latency", ({ latencyNs }) => decimal(latencyNs)),
    "",
  ].join("\n");
}

/** Without a limit, any rate will do that the simulator can read. */
const unlimited = 1e6;

/** A number with a point in it and no exponent, as its readers expect. */
function decimal(value: number): string {
  return value.toFixed(12).replace(/(\.\d+?)0+$/, "$1");
}
