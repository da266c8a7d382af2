/** A TaskGraph in a form that ranks can share: columns in SharedArrayBuffers. */
import { countPredecessors, orderQueues } from "../../compiler/graph/queue-order.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { shared } from "../numbers/shared-arrays.js";

/** The graph as the protocol sees it; all arrays are shared. */
export interface SharedGraph {
  readonly taskCount: number;
  readonly rankCount: number;
  readonly isJoin: Uint8Array;
  readonly rank: Int32Array;
  readonly predecessors: Int32Array;
  readonly successorStart: Uint32Array;
  readonly successor: Uint32Array;
  /** Tasks by queue, in issue order, and the rank of each queue. */
  readonly queueStart: Uint32Array;
  readonly queueTask: Int32Array;
  readonly queueRank: Int32Array;
  /** How many of its tasks may be under way. */
  readonly queueWidth: Int32Array;
}

export function shareGraph(graph: TaskGraph): SharedGraph {
  const order = orderQueues(graph);
  return {
    taskCount: graph.taskCount,
    rankCount: graph.rankCount,
    isJoin: shared(
      Uint8Array,
      graph.kind.map((kind) => (kind === TaskKind.join ? 1 : 0)),
    ),
    rank: shared(Int32Array, graph.rank),
    predecessors: shared(Int32Array, countPredecessors(graph)),
    successorStart: shared(Uint32Array, graph.successorStart),
    successor: shared(Uint32Array, graph.successor),
    queueStart: shared(Uint32Array, order.start),
    queueTask: shared(Int32Array, order.task),
    queueRank: shared(
      Int32Array,
      graph.queues.map(({ rank }) => rank),
    ),
    queueWidth: shared(
      Int32Array,
      graph.queues.map(({ width }) => Math.min(width, 2 ** 31 - 1)),
    ),
  };
}
