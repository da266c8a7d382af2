import type { ExecutionPlan, Runs } from "../../compiler/graph/execution-plan.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { predecessorsOf } from "./graph-closure.js";

/**
 * What a rank issues, engine by engine, and what each task waits for; one line a task:
 * `copy  out 0>1 [2:4, 0:4]  after y [2:4, 0:4]`. A wait that another implies is left out.
 */
export function issueList(plan: ExecutionPlan, rank: number): string {
  const { graph } = plan;
  const direct = predecessorsOf(graph);
  const throughJoins = (task: number): number[] =>
    graph.kind[task] === TaskKind.join ? direct[task]!.flatMap(throughJoins) : [task];
  const before = direct.map((tasks) => tasks.flatMap(throughJoins));
  const reach = (task: number): Set<number> => {
    const found = new Set<number>();
    const visit = (t: number): void => {
      for (const other of before[t]!)
        if (!found.has(other)) {
          found.add(other);
          visit(other);
        }
    };
    visit(task);
    return found;
  };
  const nameOf = (task: number): string => {
    const action = plan.action(task);
    const region = action.kind === "none" ? "" : ` [${action.region.map(describeRuns).join(", ")}]`;
    const cost = graph.classes[graph.classOf[task]!]!;
    const ends = cost.kind === "transfer" ? ` ${cost.source}>${cost.target}` : "";
    const more = action.kind === "compute" && action.accumulate !== undefined ? accumulated(plan, task) : "";
    const away = graph.rank[task] === rank || cost.kind === "transfer" ? "" : ` of rank ${graph.rank[task]}`;
    return `${graph.instances[graph.instance[task]!]!.name}${ends}${region}${more}${away}`;
  };
  const tasks = Array.from({ length: graph.taskCount }, (_, task) => task)
    .filter((task) => graph.kind[task] !== TaskKind.join && graph.rank[task] === rank)
    .toSorted((a, b) => graph.queue[a]! - graph.queue[b]! || graph.place[a]! - graph.place[b]!);
  const engines = tasks.map((task) => graph.queues[graph.queue[task]!]!.name);
  const width = Math.max(...engines.map((name) => name.length));
  return tasks
    .map((task, i) => {
      const waitsFor = [...new Set(before[task]!)];
      const implied = new Set(waitsFor.flatMap((other) => [...reach(other)]));
      const waits = waitsFor.filter((other) => !implied.has(other)).map(nameOf);
      return `${engines[i]!.padEnd(width)}  ${nameOf(task)}${waits.length === 0 ? "" : `  after ${waits.join(", ")}`}`;
    })
    .join("\n");
}

function describeRuns(runs: Runs): string {
  const pieces: string[] = [];
  for (let i = 0; i < runs.length; i += 2) pieces.push(`${runs[i]}:${runs[i + 1]}`);
  return pieces.join("+");
}

function accumulated(plan: ExecutionPlan, task: number): string {
  const action = plan.action(task);
  if (action.kind !== "compute") return "";
  const { body } = plan.kernels[action.kernel]!;
  const over = body.kind === "reduce" ? body.variables.map((variable) => describeRuns(action.ranges[variable]!)) : [];
  return ` over ${over.join(", ")}`;
}
