/** Edges and joins that planning adds to what lowering derived. */
import { EdgeReason, TaskKind, type TaskGraph } from "../graph/task-graph.js";
import type { Lowered } from "../lower/lower.js";
import { GrowingInt32 } from "../lower/task-writer.js";

/** Grows the lowered tasks by joins, and their data edges by order and reuse edges. */
export class PlannedEdges {
  /** Rank of each added join; its number is `first + index`. */
  private readonly joinRank = new GrowingInt32();
  private readonly from = new GrowingInt32();
  private readonly to = new GrowingInt32();
  private readonly reason = new GrowingInt32();

  constructor(private readonly lowered: Lowered) {}

  join(rank: number): number {
    this.joinRank.push(rank);
    return this.lowered.tasks.count + this.joinRank.length - 1;
  }

  add(from: number, to: number, reason: EdgeReason): void {
    this.from.push(from);
    this.to.push(to);
    this.reason.push(reason);
  }

  get taskCount(): number {
    return this.lowered.tasks.count + this.joinRank.length;
  }

  /** Columns of the graph but for queues: tasks, joins and all edges by their source. */
  columns(): Pick<
    TaskGraph,
    | "taskCount"
    | "kind"
    | "rank"
    | "instance"
    | "block"
    | "classOf"
    | "edgeCount"
    | "successorStart"
    | "successor"
    | "reason"
  > {
    const { tasks } = this.lowered;
    const taskCount = this.taskCount;
    const kind = new Uint8Array(taskCount).fill(TaskKind.join);
    const rank = new Int32Array(taskCount);
    const instance = new Int32Array(taskCount).fill(-1);
    const block = new Int32Array(taskCount).fill(-1);
    const classOf = new Int32Array(taskCount).fill(-1);
    kind.set(tasks.kind);
    rank.set(tasks.rank);
    rank.set(this.joinRank.data.subarray(0, this.joinRank.length), tasks.count);
    instance.set(tasks.instance);
    block.set(tasks.block);
    classOf.set(tasks.classOf);

    const extra = this.from.length;
    const edgeCount = tasks.predecessor.length + extra;
    const successorStart = new Uint32Array(taskCount + 1);
    for (let i = 0; i < tasks.predecessor.length; i++) successorStart[tasks.predecessor[i]! + 1]!++;
    for (let i = 0; i < extra; i++) successorStart[this.from.data[i]! + 1]!++;
    for (let t = 0; t < taskCount; t++) successorStart[t + 1]! += successorStart[t]!;
    const successor = new Uint32Array(edgeCount);
    const reason = new Uint8Array(edgeCount);
    const next = successorStart.slice(0, taskCount);
    for (let task = 0; task < tasks.count; task++)
      for (let i = tasks.predecessorStart[task]!; i < tasks.predecessorStart[task + 1]!; i++) {
        const at = next[tasks.predecessor[i]!]!++;
        successor[at] = task;
        reason[at] = EdgeReason.data;
      }
    for (let i = 0; i < extra; i++) {
      const at = next[this.from.data[i]!]!++;
      successor[at] = this.to.data[i]!;
      reason[at] = this.reason.data[i]!;
    }
    return { taskCount, kind, rank, instance, block, classOf, edgeCount, successorStart, successor, reason };
  }
}
