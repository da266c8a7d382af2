/** Plans that are no longer right. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly reason: number;
}

export function edgesOf({ taskCount, successorStart, successor, reason }: TaskGraph): Edge[] {
  return Array.from({ length: taskCount }, (_, from) => from).flatMap((from) =>
    Array.from(successor.subarray(successorStart[from], successorStart[from + 1]), (to, i) => {
      return { from, to, reason: reason[successorStart[from]! + i]! };
    }),
  );
}

export function withoutEdge(plan: ExecutionPlan, from: number, to: number): ExecutionPlan {
  return withEdges(plan, (edges) => edges.filter((edge) => edge.from !== from || edge.to !== to));
}

export function withEdge(plan: ExecutionPlan, from: number, to: number): ExecutionPlan {
  return withEdges(plan, (edges) => [...edges, { from, to, reason: EdgeReason.order }]);
}

/** Does nothing where the task did something: a send that is never sent. */
export function withoutAction(plan: ExecutionPlan, task: number): ExecutionPlan {
  return { ...plan, action: (other) => (other === task ? { kind: "none" } : plan.action(other)) };
}

/** As many tasks of a queue may be in flight. */
export function widened(plan: ExecutionPlan, width: number): ExecutionPlan {
  return { ...plan, graph: { ...plan.graph, queues: plan.graph.queues.map((queue) => ({ ...queue, width })) } };
}

/** Each task on an engine of its own. */
export function byEdgesAlone(plan: ExecutionPlan): ExecutionPlan {
  const { graph } = plan;
  const tasks = [...graph.queue.keys()].filter((task) => graph.queue[task]! >= 0);
  const queues = tasks.map((task) => graph.queues[graph.queue[task]!]!);
  const own = new Int32Array(graph.taskCount).fill(-1);
  tasks.forEach((task, queue) => (own[task] = queue));
  return { ...plan, graph: { ...graph, queues, queue: own, place: new Int32Array(graph.taskCount) } };
}

function withEdges(plan: ExecutionPlan, change: (edges: Edge[]) => Edge[]): ExecutionPlan {
  const edges = change(edgesOf(plan.graph)).toSorted((a, b) => a.from - b.from);
  const successorStart = new Uint32Array(plan.graph.taskCount + 1);
  for (const { from } of edges) successorStart[from + 1]!++;
  for (let task = 0; task < plan.graph.taskCount; task++) successorStart[task + 1]! += successorStart[task]!;
  const graph = {
    ...plan.graph,
    edgeCount: edges.length,
    successorStart,
    successor: Uint32Array.from(edges, ({ to }) => to),
    reason: Uint8Array.from(edges, ({ reason }) => reason),
  };
  return { ...plan, graph };
}
