/** Tasks and their predecessors as they are made: growable columns, one task at a time, in topological order. */
import type { TaskClass, TaskKind } from "../graph/task-graph.js";

export class GrowingInt32 {
  data = new Int32Array(1024);
  length = 0;
  push(value: number): void {
    if (this.length === this.data.length) {
      const larger = new Int32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data[this.length++] = value;
  }
  finish(): Int32Array {
    return this.data.slice(0, this.length);
  }
}

export class TaskWriter {
  readonly kind = new GrowingInt32();
  readonly rank = new GrowingInt32();
  readonly instance = new GrowingInt32();
  readonly block = new GrowingInt32();
  readonly classOf = new GrowingInt32();
  /** Predecessors of task t: predecessor[predecessorStart[t] .. predecessorStart[t + 1]). */
  readonly predecessorStart = new GrowingInt32();
  readonly predecessor = new GrowingInt32();
  readonly classes: TaskClass[] = [];
  private readonly classIndex = new Map<string, number>();
  private readonly lastReader = new GrowingInt32();

  get count(): number {
    return this.kind.length;
  }

  /** Begins a task; its predecessors follow by `after`. */
  task(kind: TaskKind, rank: number, instance: number, block: number, classOf: number): number {
    const id = this.kind.length;
    this.kind.push(kind);
    this.rank.push(rank);
    this.instance.push(instance);
    this.block.push(block);
    this.classOf.push(classOf);
    this.predecessorStart.push(this.predecessor.length);
    this.lastReader.push(-1);
    return id;
  }

  /** The newest task needs what `task` writes; said twice it counts once. */
  after(task: number): void {
    const current = this.kind.length - 1;
    if (this.lastReader.data[task] === current) return;
    this.lastReader.data[task] = current;
    this.predecessor.push(task);
  }

  classFor(key: string, make: () => TaskClass): number {
    let index = this.classIndex.get(key);
    if (index === undefined) {
      index = this.classes.length;
      this.classes.push(make());
      this.classIndex.set(key, index);
    }
    return index;
  }
}
