/** Tasks work on memory of their own ranks: a transfer reads its sender's and writes its receiver's, all others are on one rank. */
import { partsOf } from "../graph/execution-plan.js";
import type { ExecutionPlan } from "../graph/execution-plan.js";

/** A task, and a rank not its own whose memory it works on. */
export interface Misplaced {
  readonly task: number;
  readonly other: number;
}

/** The first one, if any. */
export function findMisplaced({ graph, buffers, action }: ExecutionPlan): Misplaced | undefined {
  for (let task = 0; task < graph.taskCount; task++) {
    const does = action(task);
    const rank = graph.rank[task]!;
    const cost = graph.classes[graph.classOf[task]!];
    const target = cost?.kind === "transfer" ? cost.target : rank;
    const away = (buffer: number | undefined, own: number): boolean =>
      buffer !== undefined && buffers[buffer]!.rank !== own;
    const found =
      does.kind === "compute"
        ? [does.output, ...does.operands].find((buffer) => away(buffer, rank))
        : does.kind === "combine"
          ? [does.into, does.left, does.right].find((buffer) => away(buffer, rank))
          : does.kind === "copy"
            ? partsOf(does).flatMap(({ from, to }) => [
                ...(away(from, rank) ? [from] : []),
                ...(away(to, target) ? [to] : []),
              ])[0]
            : undefined;
    if (found !== undefined) return { task, other: buffers[found]!.rank };
  }
  return undefined;
}
