/** Plans that are no longer right. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import { edgesOf, withEdges } from "./graph-mutants.js";

export function withoutEdge(plan: ExecutionPlan, from: number, to: number): ExecutionPlan {
  const edges = edgesOf(plan.graph).filter((edge) => edge.from !== from || edge.to !== to);
  return { ...plan, graph: withEdges(plan.graph, edges) };
}

export function withEdge(plan: ExecutionPlan, from: number, to: number): ExecutionPlan {
  const edges = [...edgesOf(plan.graph), { from, to, reason: EdgeReason.order }];
  return { ...plan, graph: withEdges(plan.graph, edges) };
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
