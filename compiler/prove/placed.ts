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
  const away = (buffer: number | undefined, own: number): boolean =>
    buffer !== undefined && buffers[buffer]!.rank !== own;
  let found: number | undefined;
  if (does.kind === "compute") {
    found = away(does.output, rank) ? does.output : does.operands.find((buffer) => away(buffer, rank));
  } else if (does.kind === "combine") {
    found = [does.into, does.left, does.right].find((buffer) => away(buffer, rank));
  } else if (does.kind === "copy") {
    const cost = graph.classes[graph.classOf[task]!];
    const target = cost?.kind === "transfer" ? cost.target : rank;
    for (const { from, to } of partsOf(does)) found ??= away(from, rank) ? from : away(to, target) ? to : undefined;
  }
  return found === undefined ? undefined : { task, other: buffers[found]!.rank };
}
