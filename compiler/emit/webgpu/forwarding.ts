/**
 * Payloads that are sent on as they came, as a ring of keys sends them: the host still holds them, so that they need not wait for
 * all that their device has to do before it reads them back.
 */
import { partsOf } from "../../graph/execution-plan.js";
import type { ExecutionPlan } from "../../graph/execution-plan.js";
import { EdgeReason } from "../../graph/task-graph.js";
import { payloadSize } from "./program.js";
import type { TaskProgram } from "./program.js";

/** Of sends, by task, the transfer to their rank that brought all that they send. */
export function forwardedTransfers(
  plan: Pick<ExecutionPlan, "graph" | "action" | "buffers">,
  ranks: readonly { readonly tasks: ReadonlyMap<number, TaskProgram> }[],
): ReadonlyMap<number, number> {
  const forwarded = new Map<number, number>();
  const brings = onlyDataPredecessors(plan.graph);
  ranks.forEach(({ tasks }) => {
    for (const [task, { kind }] of tasks) {
      if (kind !== "send") continue;
      const brought = brings[task]!;
      const from = brought < 0 ? undefined : tasks.get(brought);
      if (from?.kind !== "receive") continue;
      if (isSame(plan, brought, task) && sizeOf(from) === sizeOf(tasks.get(task)!)) forwarded.set(task, brought);
    }
  });
  return forwarded;
}

/** The only task whose data a task waits for, a join perhaps; negative where there are none or several. */
function onlyDataPredecessors({ taskCount, successorStart, successor, reason }: ExecutionPlan["graph"]): Int32Array {
  const several = -2;
  const only = new Int32Array(taskCount).fill(-1);
  for (let task = 0; task < taskCount; task++)
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++) {
      if (reason[edge] !== EdgeReason.data) continue;
      const next = successor[edge]!;
      only[next] = only[next] === -1 ? task : several;
    }
  return only;
}

/** Whether a transfer sends what another put, all of it and in its order, unchanged on the way. */
function isSame(
  { action, buffers }: Pick<ExecutionPlan, "action" | "buffers">,
  brought: number,
  sent: number,
): boolean {
  const [first, second] = [action(brought), action(sent)];
  if (first.kind !== "copy" || second.kind !== "copy") return false;
  const puts = partsOf(first);
  const takes = partsOf(second);
  return (
    puts.length === takes.length &&
    puts.every(({ from, to, region, place = region }, index) => {
      const isFinished = buffers[from]!.state !== undefined && buffers[to]!.state === undefined;
      const same = takes[index]!;
      const isThere = place.every((runs, d) => runs.join() === same.region[d]?.join());
      return !isFinished && same.from === to && place.length === same.region.length && isThere;
    })
  );
}

/** Bytes of a payload; those of a send with something to pack are not known to be what came. */
function sizeOf(task: TaskProgram): number {
  if (task.kind === "compute" || (task.kind === "send" && task.pack.end > task.pack.first)) return Number.NaN;
  return payloadSize(task.payload);
}
