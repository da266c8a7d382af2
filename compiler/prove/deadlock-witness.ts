/** A cycle of tasks as steps that wait for each other. */
import type { ScheduleIR, Target } from "../check/ir.js";
import type { RelatedPlace, Witness, WitnessStep } from "../diagnostics/types.js";
import { describeTask, nameOfTask } from "../graph/describe-task.js";
import { EdgeReason, TaskKind, type TaskGraph } from "../graph/task-graph.js";
import type { Planned } from "../plan/plan.js";

/** @param cycle tasks, each waiting for the one before it, the first for the last */
export function deadlockWitness(graph: TaskGraph, cycle: readonly number[]): Witness {
  const at = cycle.flatMap((task, index) => (isStep(graph, task) ? [index] : []));
  const steps = at.map((index, step): WitnessStep => {
    const task = cycle[index]!;
    const before = (step + at.length - 1) % at.length;
    return {
      ...endsOf(graph, task),
      task: nameOfTask(graph, task),
      what: whyItWaits(graph, cycle, index, before + 1),
      location: describeTask(graph, task).location,
      after: [before],
    };
  });
  return { kind: "cycle", rankCount: graph.rankCount, steps };
}

/** Verbs that some steps of a cycle wait because of: slots that are used again, an order that a queue issues in. */
export function verbsBehind(
  { graph, lowered }: Planned,
  cycle: readonly number[],
  { verbs }: ScheduleIR,
): RelatedPlace[] {
  const waits = cycle.map((task, index) => ({ task, reason: reasonOf(graph, cycle.at(index - 1)!, task) }));
  const statementsThat = (isMeant: (reason: EdgeReason | undefined) => boolean): Set<number | undefined> =>
    new Set(
      waits
        .filter(({ task, reason }) => isMeant(reason) && graph.instance[task]! >= 0)
        .map(({ task }) => lowered.instances[graph.instance[task]!]?.statement),
    );
  const reused = statementsThat((reason) => reason === EdgeReason.reuse);
  const queued = statementsThat((reason) => reason === undefined);
  const concerns = (targets: readonly Target[], statements: ReadonlySet<number | undefined>): boolean =>
    targets.some((target) => target.statements.some((statement) => statements.has(statement)));
  return verbs.flatMap((verb): RelatedPlace[] => {
    const { location } = verb;
    if (verb.verb === "keep" && concerns(verb.targets, reused))
      return [{ location, message: "a slot is to be used again here: more of them wait less for each other" }];
    if (verb.verb === "order" && concerns([verb.target], queued))
      return [{ location, message: "this order is kept, whatever arrives first" }];
    return [];
  });
}

/** Joins do nothing: they are passed over. */
function isStep(graph: TaskGraph, task: number): boolean {
  return graph.kind[task] !== TaskKind.join && graph.instance[task]! >= 0;
}

/** Where a task is executed; of a transfer, from where to where. */
export function endsOf(graph: TaskGraph, task: number): Pick<WitnessStep, "rank" | "target"> {
  const cost = graph.classes[graph.classOf[task]!];
  const rank = graph.rank[task]!;
  return cost?.kind === "transfer" && cost.target !== rank ? { rank, target: cost.target } : { rank };
}

/** How a step of a cycle hangs on the step before it, of that number, through joins. */
function whyItWaits(graph: TaskGraph, cycle: readonly number[], index: number, number: number): string {
  const reasons = new Set<EdgeReason | undefined>();
  const queue = graph.queues[graph.queue[cycle[index]!]!];
  let to = index;
  do {
    const from = (to + cycle.length - 1) % cycle.length;
    reasons.add(reasonOf(graph, cycle[from]!, cycle[to]!));
    to = from;
  } while (!isStep(graph, cycle[to]!));
  if (reasons.has(undefined)) return `stands behind step ${number} in queue ${queue?.name}, which issues in order`;
  if (reasons.has(EdgeReason.reuse)) return `would overwrite what step ${number} has yet to read`;
  if (reasons.has(EdgeReason.order)) return `comes after step ${number} in program order`;
  const brings = graph.kind[cycle[to]!] === TaskKind.transfer;
  return `needs what step ${number} ${brings ? "brings" : "computes"}`;
}

/** Why there is an edge; undefined where one only follows the other in their queue. */
function reasonOf(graph: TaskGraph, from: number, to: number): EdgeReason | undefined {
  for (let i = graph.successorStart[from]!; i < graph.successorStart[from + 1]!; i++)
    if (graph.successor[i] === to) return graph.reason[i] as EdgeReason;
  return undefined;
}
