/**
 * Whether one task is over before another begins, by the edges of the graph alone. Questions come in many thousands, and
 * nearly all are about neighbours: what a task waits for directly, or through a join, is marked once a task; only what is
 * further off is searched for, backward, among tasks that are not before the one that is sought in a topological order.
 */
import { listPredecessors, type Predecessors } from "../graph/predecessors.js";
import { countPredecessors } from "../graph/queue-order.js";
import { EdgeReason, TaskKind, type TaskGraph } from "../graph/task-graph.js";

/** Joins of more tasks than this are searched, instead of marking all of them for each task behind. */
const largeJoin = 64;

export class Precedence {
  /** Place of each task in a topological order of the edges. */
  readonly position: Int32Array;
  readonly before: Predecessors;
  private readonly near: Int32Array;
  private readonly seen: Int32Array;
  private marked = -1;
  /** How often something was marked: what is near has the number of the last time. */
  private marks = 0;
  private searches = 0;
  private large: number[] = [];

  /** @param graph whose edges have no cycle */
  constructor(private readonly graph: TaskGraph) {
    const { taskCount, successorStart, successor } = graph;
    this.before = listPredecessors(graph);
    const waiting = countPredecessors(graph);
    this.position = new Int32Array(taskCount);
    const ready = new Int32Array(taskCount);
    let count = 0;
    for (let t = 0; t < taskCount; t++) if (waiting[t] === 0) ready[count++] = t;
    for (let i = 0; i < count; i++) {
      const t = ready[i]!;
      this.position[t] = i;
      for (let e = successorStart[t]!; e < successorStart[t + 1]!; e++)
        if (--waiting[successor[e]!]! === 0) ready[count++] = successor[e]!;
    }
    this.near = new Int32Array(taskCount);
    this.seen = new Int32Array(taskCount).fill(-1);
  }

  /** Whether `earlier` is over before `later` begins. */
  precedes(earlier: number, later: number): boolean {
    if (this.position[earlier]! >= this.position[later]!) return false;
    return this.isNear(earlier, later) || this.search(earlier, later);
  }

  /** Whether it is the one itself, or one that it waits for directly or through joins. */
  private isNear(earlier: number, later: number): boolean {
    if (earlier === later) return true;
    this.mark(later);
    return this.near[earlier] === this.marks || this.large.some((join) => this.hasEdge(earlier, join));
  }

  /** Whether the two are ordered, one way or the other. */
  areOrdered(a: number, b: number): boolean {
    return this.position[a]! < this.position[b]! ? this.precedes(a, b) : this.precedes(b, a);
  }

  /** Whether `later` waits for `earlier` by an edge between the two. */
  hasEdge(earlier: number, later: number): boolean {
    const { start, task: predecessor } = this.before;
    let [low, high] = [start[later]!, start[later + 1]!];
    // They are ascending.
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (predecessor[middle]! < earlier) low = middle + 1;
      else high = middle;
    }
    return low < start[later + 1]! && predecessor[low] === earlier;
  }

  /**
   * The first of some tasks that need not be over before `later` begins; undefined where there is none. What stands for the
   * end of them all is asked once: `known` is to be the same for the same tasks.
   */
  firstUnordered(tasks: Int32Array, later: number, known: Map<number, boolean>): number | undefined {
    const { start, task: predecessor, reason } = this.before;
    for (let i = start[later]!; i < start[later + 1]!; i++)
      if (reason[i] === EdgeReason.order && known.get(predecessor[i]!) === true) return undefined;
    const ends = predecessor
      .subarray(start[later], start[later + 1])
      .filter((end, i) => reason[start[later]! + i] === EdgeReason.order && !known.has(end));
    // Most ends are near what they stand for; what others are behind is searched for, all through the graph.
    const near = ends.filter((end) => tasks.length === 0 || this.isNear(tasks[0]!, end));
    for (const end of new Set([...near, ...ends])) {
      const isAfterAll = tasks.every((task) => task === end || this.precedes(task, end));
      known.set(end, isAfterAll);
      if (isAfterAll) return undefined;
    }
    return tasks.find((task) => !this.precedes(task, later));
  }

  /** Marks what a task waits for, joins followed. */
  private mark(task: number): void {
    if (this.marked === task) return;
    this.marked = task;
    this.marks++;
    this.large = [];
    this.follow(task, 2);
  }

  private follow(task: number, joins: number): void {
    const { start, task: predecessor } = this.before;
    for (let i = start[task]!; i < start[task + 1]!; i++) {
      const before = predecessor[i]!;
      if (this.near[before] === this.marks) continue;
      this.near[before] = this.marks;
      if (joins === 0 || this.graph.kind[before] !== TaskKind.join) continue;
      if (start[before + 1]! - start[before]! > largeJoin) this.large.push(before);
      else this.follow(before, joins - 1);
    }
  }

  /** Depth first, the latest predecessor first. */
  private search(earlier: number, later: number): boolean {
    const number = this.searches++;
    const lowest = this.position[earlier]!;
    const { start, task: predecessor } = this.before;
    const stack = [later];
    for (let task = stack.pop(); task !== undefined; task = stack.pop())
      for (let i = start[task]!; i < start[task + 1]!; i++) {
        const before = predecessor[i]!;
        if (before === earlier) return true;
        if (this.seen[before] === number || this.position[before]! <= lowest) continue;
        this.seen[before] = number;
        stack.push(before);
      }
    return false;
  }
}
