/** What a run leaves undone, and what each task of it waits for. */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { taskName } from "../run/watch.js";
import { listQueues } from "./frontier.js";
import type { Frontier } from "./frontier.js";

export interface StuckTask {
  readonly task: number;
  /** `out, block 3, on rank 1`. */
  readonly name: string;
  readonly waitsFor: readonly Wait[];
}

export interface Wait {
  readonly task: number;
  readonly name: string;
  /** `edge`: that it finishes. `queue`: that it starts, being ahead in the queue. */
  readonly by: "edge" | "queue";
}

/** Tasks that did not run to their end; empty where all did. */
export function stuckTasks(
  graph: TaskGraph,
  { started, finished }: Pick<Frontier, "started" | "finished">,
): StuckTask[] {
  const { taskCount, successorStart, successor } = graph;
  if (!finished.includes(0)) return [];
  const waits = new Map<number, Wait[]>();
  for (let task = 0; task < taskCount; task++) if (finished[task] === 0) waits.set(task, []);
  const wait = (task: number, other: number, by: Wait["by"]): void =>
    void waits.get(task)?.push({ task: other, name: taskName(graph, other), by });
  for (const task of waits.keys())
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++)
      wait(successor[edge]!, task, "edge");
  for (const list of listQueues(graph).values()) {
    const head = list.findIndex((task) => started[task] === 0);
    if (head >= 0) for (const task of list.slice(head + 1)) wait(task, list[head]!, "queue");
  }
  return [...waits].map(([task, waitsFor]) => ({ task, name: taskName(graph, task), waitsFor }));
}

/** `a waits for b and, behind it in its queue, ..`: one task, the first that waits for another by an edge. */
export function explainStuck(stuck: readonly StuckTask[]): string {
  const shown = stuck.find(({ waitsFor }) => waitsFor.some(({ by }) => by === "edge")) ?? stuck[0]!;
  const causes = shown.waitsFor.map(({ name, by }) => (by === "edge" ? name : `${name}, which is ahead in its queue`));
  const others = stuck.length === 1 ? "" : `, and ${stuck.length - 1} more never ran`;
  return `${shown.name} waits for ${causes.join("; ") || "nothing"}${others}`;
}
