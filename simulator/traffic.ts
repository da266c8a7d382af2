/** What transfers move between ranks: counted on the graph, whatever the time they take. */
import { TaskKind } from "../compiler/graph/task-graph.js";
import type { TaskGraph } from "../compiler/graph/task-graph.js";

/** Per rank: what it sends or what it receives, whichever is more, of the rank that has most. */
export interface Traffic {
  /** On the wire, all ranks together. */
  readonly bytes: number;
  readonly bytesPerRank: number;
  readonly messages: number;
  readonly messagesPerRank: number;
}

/** @param counts whether what goes from one rank to another is counted; all is by default, but what stays */
export function traffic(graph: TaskGraph, counts: (source: number, target: number) => boolean = () => true): Traffic {
  const [bytesOut, bytesIn, messagesOut, messagesIn] = [0, 1, 2, 3].map(() => new Float64Array(graph.rankCount));
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] !== TaskKind.transfer) continue;
    const cost = graph.classes[graph.classOf[task]!]!;
    if (cost.kind !== "transfer" || cost.source === cost.target || !counts(cost.source, cost.target)) continue;
    bytesOut![cost.source]! += cost.wireBytes;
    bytesIn![cost.target]! += cost.wireBytes;
    messagesOut![cost.source]!++;
    messagesIn![cost.target]!++;
  }
  return {
    bytes: bytesOut!.reduce((sum, one) => sum + one, 0),
    bytesPerRank: Math.max(0, ...bytesOut!, ...bytesIn!),
    messages: messagesOut!.reduce((sum, one) => sum + one, 0),
    messagesPerRank: Math.max(0, ...messagesOut!, ...messagesIn!),
  };
}
