/**
 * Who writes which region of which buffer of a rank: a tree of a level a dimension, each of the distinct runs of that dimension,
 * in order, so that a region finds the writes it meets in about as many steps as there are. Levels and regions are numbers of one
 * numbering; of each there are some integers, and no object.
 */
import { commonLength, runsLength, type Region, type Runs } from "../graph/runs.js";
import { GrowingInt32 } from "../lower/task-writer.js";
import type { NumberedRuns } from "./numbered-runs.js";
import { PairNumbers } from "./pair-numbers.js";

/** The writers of each region, in order: `task[start[region] .. start[region + 1])`; none where it is there before the run. */
export interface Writers {
  readonly start: Int32Array;
  readonly task: Int32Array;
}

export function writersOf({ start, task }: Writers, region: number): Int32Array {
  return task.subarray(start[region]!, start[region + 1]!);
}

/** What is known of a buffer. */
interface WrittenBuffer {
  /** The level of its first dimension; without dimensions, its one region. */
  readonly root: number;
  /** In the order in which they were first written. */
  readonly regions: number[];
}

/** The levels below one, by their first index, with the furthest end among those up to each. */
interface SortedLevel {
  readonly below: Int32Array;
  readonly ends: Int32Array;
}

/** Of the pair that a buffer's first level is: its other number is the buffer. */
const noLevel = -1;

export class WrittenRegions {
  /** Pairs of a level and of runs: the level below, or the region. */
  private readonly levels = new PairNumbers();
  /** By level: the newest one below it; and, of those below one, the one before each. */
  private readonly newestBelow = new GrowingInt32();
  private readonly olderBeside = new GrowingInt32();
  private readonly byBuffer = new Map<number, WrittenBuffer>();
  /** Of levels that were searched since one was added below them. */
  private readonly sorted = new Map<number, SortedLevel>();
  /** Who writes, in the order in which it is said; and by region, who did so last. */
  private readonly loggedRegion = new GrowingInt32();
  private readonly loggedTask = new GrowingInt32();
  private readonly lastWriter = new GrowingInt32();

  constructor(private readonly runs: NumberedRuns) {}

  /** A task writes a region. */
  add(buffer: number, region: Region, task: number): void {
    const written = this.give(buffer, region);
    if (this.lastWriter.data[written] === task) return;
    this.lastWriter.data[written] = task;
    this.loggedRegion.push(written);
    this.loggedTask.push(task);
  }

  /** It is there before the run. Returns the region's number. */
  give(buffer: number, region: Region): number {
    const { root, regions } = this.ofBuffer(buffer);
    const count = this.levels.count;
    let level = root;
    for (const runs of region) level = this.below(level, this.runs.numberOf(runs));
    if (this.levels.count > count || (level === root && regions.length === 0)) regions.push(level);
    return level;
  }

  /** All that was said, by region. */
  writers(position: Int32Array): Writers {
    const { loggedRegion, loggedTask } = this;
    const start = new Int32Array(this.levels.count + 1);
    for (let i = 0; i < loggedRegion.length; i++) start[loggedRegion.data[i]! + 1]!++;
    for (let i = 1; i < start.length; i++) start[i]! += start[i - 1]!;
    const task = new Int32Array(loggedTask.length);
    const next = start.slice(0, -1);
    for (let i = 0; i < loggedRegion.length; i++) task[next[loggedRegion.data[i]!]!++] = loggedTask.data[i]!;
    for (let level = 0; level + 1 < start.length; level++)
      if (start[level + 1]! - start[level]! > 1)
        task.subarray(start[level], start[level + 1]).sort((a, b) => position[a]! - position[b]!);
    return { start, task };
  }

  /** Buffers, in the order in which they were first asked for. */
  get buffers(): Iterable<number> {
    return this.byBuffer.keys();
  }

  regionsOf(buffer: number): readonly number[] {
    return this.byBuffer.get(buffer)?.regions ?? [];
  }

  /** What a region's number stands for. */
  regionAt(region: number): Runs[] {
    const reversed: Runs[] = [];
    for (let at = region; this.levels.firstOf(at) !== noLevel; at = this.levels.firstOf(at))
      reversed.push(this.runsOf(at));
    return reversed.toReversed();
  }

  /** Those that have an element in common with a region. */
  meeting(buffer: number, region: Region): number[] {
    const { root, regions } = this.ofBuffer(buffer);
    const found: number[] = [];
    if (regions.length > 0) this.search(root, region, 0, found);
    return found;
  }

  /** False only where no two regions of a buffer have an element in common. */
  mayOverlap(buffer: number): boolean {
    const { root, regions } = this.ofBuffer(buffer);
    return regions.length > 1 && this.mayOverlapBelow(root);
  }

  /** Whether regions that do not overlap leave nothing of another one out. */
  cover(written: readonly number[], region: Region): boolean {
    let common = 0;
    for (const one of written) {
      let size = 1;
      let at = one;
      for (let d = region.length - 1; d >= 0; d--, at = this.levels.firstOf(at))
        size *= commonLength(region[d]!, this.runsOf(at));
      common += size;
    }
    return common >= region.reduce((size, runs) => size * runsLength(runs), 1);
  }

  private ofBuffer(buffer: number): WrittenBuffer {
    let known = this.byBuffer.get(buffer);
    if (known === undefined) {
      const root = this.levels.of(noLevel, buffer);
      this.addLevel(-1);
      this.byBuffer.set(buffer, (known = { root, regions: [] }));
    }
    return known;
  }

  private below(level: number, runs: number): number {
    const found = this.levels.of(level, runs);
    if (found < this.newestBelow.length) return found;
    this.addLevel(this.newestBelow.data[level]!);
    this.newestBelow.data[level] = found;
    if (this.sorted.size > 0) this.sorted.delete(level);
    return found;
  }

  private addLevel(beside: number): void {
    this.newestBelow.push(-1);
    this.olderBeside.push(beside);
    this.lastWriter.push(-1);
  }

  private runsOf(level: number): Runs {
    return this.runs.at(this.levels.secondOf(level));
  }

  private search(level: number, region: Region, d: number, found: number[]): void {
    if (d === region.length) return void found.push(level);
    const runs = region[d]!;
    if (runs.length === 0) return;
    const newest = this.newestBelow.data[level]!;
    if (this.olderBeside.data[newest]! < 0) {
      if (this.meets(newest, runs)) this.search(newest, region, d + 1, found);
      return;
    }
    const { below, ends } = this.sortedBelow(level);
    const [low, high] = [runs[0]!, runs.at(-1)!];
    for (let i = firstAbove(ends, low); i < below.length && this.runsOf(below[i]!)[0]! < high; i++)
      if (this.meets(below[i]!, runs)) this.search(below[i]!, region, d + 1, found);
  }

  private meets(level: number, runs: Runs): boolean {
    const own = this.runsOf(level);
    return own === runs || commonLength(own, runs) > 0;
  }

  private mayOverlapBelow(level: number): boolean {
    const newest = this.newestBelow.data[level]!;
    if (newest < 0) return false;
    if (this.olderBeside.data[newest]! < 0) return this.mayOverlapBelow(newest);
    const { below, ends } = this.sortedBelow(level);
    for (let i = 0; i < below.length; i++) {
      for (let j = i + 1; j < below.length && this.runsOf(below[j]!)[0]! < ends[i]!; j++)
        if (this.meets(below[j]!, this.runsOf(below[i]!))) return true;
      if (this.mayOverlapBelow(below[i]!)) return true;
    }
    return false;
  }

  private sortedBelow(level: number): SortedLevel {
    let known = this.sorted.get(level);
    if (known === undefined) this.sorted.set(level, (known = this.sortBelow(level)));
    return known;
  }

  private sortBelow(level: number): SortedLevel {
    const list: number[] = [];
    for (let at = this.newestBelow.data[level]!; at >= 0; at = this.olderBeside.data[at]!)
      if (this.runsOf(at).length > 0) list.push(at);
    const below = Int32Array.from(list.reverse());
    const isBefore = (a: number, b: number): number => this.runsOf(a)[0]! - this.runsOf(b)[0]! || a - b;
    for (let i = 1; i < below.length; i++)
      if (isBefore(below[i - 1]!, below[i]!) > 0) {
        below.sort(isBefore);
        break;
      }
    let furthest = -Infinity;
    const ends = below.map((at) => (furthest = Math.max(furthest, this.runsOf(at).at(-1)!)));
    return { below, ends };
  }
}

/** The first of ascending numbers that is above a bound. */
function firstAbove(ascending: Int32Array, bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
