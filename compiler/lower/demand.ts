/** Demand: tasks whose writes nobody needs go, to a fixpoint. What remains keeps its order. */
import type { TaskWriter } from "./task-writer.js";

/** Tasks and data edges after lowering, as columns. Predecessors of a task have smaller numbers. */
export interface TaskColumns {
  readonly count: number;
  readonly kind: Int32Array;
  readonly rank: Int32Array;
  readonly instance: Int32Array;
  readonly block: Int32Array;
  readonly classOf: Int32Array;
  readonly predecessorStart: Int32Array;
  readonly predecessor: Int32Array;
}

/** Keeps the wanted tasks and all that they need. */
export function demanded(writer: TaskWriter, wanted: Iterable<number>): TaskColumns {
  const count = writer.count;
  const needed = new Uint8Array(count);
  for (const task of wanted) needed[task] = 1;
  const start = writer.predecessorStart;
  const predecessor = writer.predecessor.data;
  const endOf = (task: number): number => (task + 1 < count ? start.data[task + 1]! : writer.predecessor.length);
  let kept = 0;
  let edges = 0;
  for (let task = count - 1; task >= 0; task--) {
    if (needed[task] === 0) continue;
    kept++;
    const end = endOf(task);
    edges += end - start.data[task]!;
    for (let i = start.data[task]!; i < end; i++) needed[predecessor[i]!] = 1;
  }

  const number = new Int32Array(count);
  const columns = {
    count: kept,
    kind: new Int32Array(kept),
    rank: new Int32Array(kept),
    instance: new Int32Array(kept),
    block: new Int32Array(kept),
    classOf: new Int32Array(kept),
    predecessorStart: new Int32Array(kept + 1),
    predecessor: new Int32Array(edges),
  };
  let next = 0;
  let edge = 0;
  for (let task = 0; task < count; task++) {
    if (needed[task] === 0) continue;
    number[task] = next;
    columns.kind[next] = writer.kind.data[task]!;
    columns.rank[next] = writer.rank.data[task]!;
    columns.instance[next] = writer.instance.data[task]!;
    columns.block[next] = writer.block.data[task]!;
    columns.classOf[next] = writer.classOf.data[task]!;
    const end = endOf(task);
    for (let i = start.data[task]!; i < end; i++) columns.predecessor[edge++] = number[predecessor[i]!]!;
    columns.predecessorStart[++next] = edge;
  }
  return columns;
}
