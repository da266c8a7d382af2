import type { TaskGraph } from "../graph/task-graph.js";
import { chunked, lines } from "./json-chunks.js";

/** Changes with the format, not with the package. */
const formatVersion = 1;

/**
 * A task graph as JSON, for people and other tools:
 *
 * ```
 * { "format": "stretto-graph", "version": 1, "ranks", "task_count", "edge_count",
 *   "kinds": ["compute", "transfer", "join"], "reasons": ["data", "reuse", "order"],
 *   "queues": [Queue], "classes": [TaskClass], "instances": [StatementInstance],
 *   "task_columns": ["kind", "rank", "instance", "block", "class", "queue", "place"],
 *   "tasks": [[7 numbers a task]], "edges": [[from, to, reason]] }
 * ```
 *
 * Tasks and edges refer to the other lists by position; -1 is none. A limit that is infinite is null. One entry a line,
 * so that two graphs can be compared with `diff`.
 *
 * @returns chunks of text; the whole is never in memory at once.
 */
export function emitGraph(graph: TaskGraph): Iterable<string> {
  return chunked(pieces(graph));
}

function* pieces(graph: TaskGraph): Generator<string> {
  const head = {
    format: "stretto-graph",
    version: formatVersion,
    ranks: graph.rankCount,
    task_count: graph.taskCount,
    edge_count: graph.edgeCount,
    kinds: ["compute", "transfer", "join"],
    reasons: ["data", "reuse", "order"],
    task_columns: ["kind", "rank", "instance", "block", "class", "queue", "place"],
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"queues": [`;
  yield* lines(graph.queues);
  yield `],\n"classes": [`;
  yield* lines(graph.classes);
  yield `],\n"instances": [`;
  yield* lines(instancesOf(graph));
  yield `],\n"tasks": [`;
  yield* lines(tasksOf(graph));
  yield `],\n"edges": [`;
  yield* lines(edgesOf(graph));
  yield `]}\n`;
}

function* instancesOf(graph: TaskGraph): Generator<unknown> {
  for (const { rounds, calls, ...instance } of graph.instances) {
    const word = calls === undefined ? {} : { word: calls.word, groups: calls.groups };
    yield { ...instance, ...word, ...(rounds === undefined ? {} : { rounds: [...rounds] }) };
  }
}

function* tasksOf(graph: TaskGraph): Generator<number[]> {
  const { kind, rank, instance, block, classOf, queue, place } = graph;
  for (let task = 0; task < graph.taskCount; task++) {
    yield [kind[task]!, rank[task]!, instance[task]!, block[task]!, classOf[task]!, queue[task]!, place[task]!];
  }
}

function* edgesOf(graph: TaskGraph): Generator<number[]> {
  for (let task = 0; task < graph.taskCount; task++) {
    for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
      yield [task, graph.successor[edge]!, graph.reason[edge]!];
    }
  }
}
