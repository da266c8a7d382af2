/** What is written of each image that is read, found once an image; and whether all of that is over before a task that reads it. */
import { TaskKind, type TaskGraph } from "../graph/task-graph.js";
import { GrowingInt32 } from "../lower/task-writer.js";
import { PairNumbers } from "./pair-numbers.js";
import type { Precedence } from "./precedence.js";
import type { Writers } from "./written-regions.js";

export class ImageWriters {
  /** By image, its written regions: `regions.data[start[image] .. end[image])`; a start below 0 where it was not asked for yet. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly regions = new GrowingInt32();
  /** Pairs of an image and a join, and whether the join is behind all writers of the image. */
  private readonly asked = new PairNumbers();
  private readonly answers = new GrowingInt32();

  constructor(
    imageCount: number,
    private readonly writers: Writers,
    private readonly graph: TaskGraph,
    private readonly precedence: Precedence,
  ) {
    this.start = new Int32Array(imageCount).fill(-1);
    this.end = new Int32Array(imageCount);
  }

  isKnown(image: number): boolean {
    return this.start[image]! >= 0;
  }

  learn(image: number, regions: readonly number[]): void {
    this.start[image] = this.regions.length;
    for (const region of regions) this.regions.push(region);
    this.end[image] = this.regions.length;
  }

  /**
   * Whether a task waits for a join that waits for all writers of an image, by an edge each. Tasks that read one image mostly wait for
   * one join, so that this is found out once for all of them; false says nothing.
   */
  areOver(image: number, task: number): boolean {
    const { start, task: predecessor } = this.precedence.before;
    for (let i = start[task]!; i < start[task + 1]!; i++) {
      const join = predecessor[i]!;
      if (this.graph.kind[join] === TaskKind.join && this.isBehind(join, image)) return true;
    }
    return false;
  }

  private isBehind(join: number, image: number): boolean {
    const number = this.asked.of(image, join);
    if (number === this.answers.length) this.answers.push(this.isBehindAll(join, image) ? 1 : 0);
    return this.answers.data[number] === 1;
  }

  private isBehindAll(join: number, image: number): boolean {
    const { start, task } = this.writers;
    for (let i = this.start[image]!; i < this.end[image]!; i++) {
      const region = this.regions.data[i]!;
      for (let k = start[region]!; k < start[region + 1]!; k++)
        if (!this.precedence.hasEdge(task[k]!, join)) return false;
    }
    return true;
  }
}
