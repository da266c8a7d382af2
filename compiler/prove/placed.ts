/** Tasks work on memory of their own ranks: a transfer reads its sender's and writes its receiver's, all others are on one rank. */
import { partsOf } from "../graph/execution-plan.js";
import type { ExecutionPlan, TaskAction } from "../graph/execution-plan.js";

/** A task, and a rank not its own whose memory it works on. */
export interface Misplaced {
  readonly task: number;
  readonly other: number;
}

/** Whether a task is one, by what it does. */
export function findMisplaced(
  { graph, buffers }: ExecutionPlan,
  task: number,
  does: TaskAction,
): Misplaced | undefined {
  const rank = graph.rank[task]!;
  const isAway = (buffer: number | undefined, own: number): boolean =>
    buffer !== undefined && buffers[buffer]!.rank !== own;
  let found: number | undefined;
  if (does.kind === "compute") {
    if (isAway(does.output, rank)) found = does.output;
    for (const operand of does.operands) if (found === undefined && isAway(operand, rank)) found = operand;
  } else if (does.kind === "combine") {
    found = [does.into, does.left, does.right].find((buffer) => isAway(buffer, rank));
  } else if (does.kind === "copy") {
    const cost = graph.classes[graph.classOf[task]!];
    const target = cost?.kind === "transfer" ? cost.target : rank;
    for (const { from, to } of partsOf(does)) found ??= isAway(from, rank) ? from : isAway(to, target) ? to : undefined;
  }
  return found === undefined ? undefined : { task, other: buffers[found]!.rank };
}
