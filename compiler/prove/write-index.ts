/**
 * Who writes which region of a buffer: a tree of a level a dimension, each of the distinct runs of that dimension in order,
 * so that a region finds the writes it meets in about as many steps as there are.
 */
import { intersect, type Runs } from "../graph/runs.js";
import type { Region } from "./accesses.js";

/** Tasks that write one region, one after another. */
export interface WrittenRegion {
  readonly region: Region;
  readonly tasks: number[];
}

interface Level {
  readonly byNumber: Map<number, Entry>;
  /** Entries by their first index; made when first searched. */
  sorted?: readonly Entry[];
  /** The furthest end among the entries up to each. */
  ends?: readonly number[];
}

interface Entry {
  readonly runs: Runs;
  readonly below: Level | WrittenRegion;
}

export class WriteIndex {
  private readonly root: Level = { byNumber: new Map() };
  private scalar: WrittenRegion | undefined;
  readonly regions: WrittenRegion[] = [];

  constructor(private readonly numberOf: (runs: Runs) => number) {}

  add(region: Region, task: number): void {
    let level = this.root;
    if (region.length === 0) {
      this.scalar ??= this.made(region);
      if (this.scalar.tasks.at(-1) !== task) this.scalar.tasks.push(task);
      return;
    }
    region.forEach((runs, d) => {
      const number = this.numberOf(runs);
      let entry = level.byNumber.get(number);
      if (entry === undefined) {
        const below = d === region.length - 1 ? this.made(region) : { byNumber: new Map<number, Entry>() };
        level.byNumber.set(number, (entry = { runs, below }));
      }
      if ("tasks" in entry.below) {
        if (entry.below.tasks.at(-1) !== task) entry.below.tasks.push(task);
      } else level = entry.below;
    });
  }

  private made(region: Region): WrittenRegion {
    const written = { region, tasks: [] };
    this.regions.push(written);
    return written;
  }

  /** Those that have an element in common with a region. */
  meeting(region: Region): WrittenRegion[] {
    const found: WrittenRegion[] = [];
    if (region.length === 0) return this.scalar ? [this.scalar] : [];
    const descend = (level: Level, d: number): void => {
      const runs = region[d]!;
      if (runs.length === 0) return;
      const sorted = (level.sorted ??= [...level.byNumber.values()]
        .filter((entry) => entry.runs.length > 0)
        .toSorted((a, b) => a.runs[0]! - b.runs[0]!));
      let furthest = -Infinity;
      const ends = (level.ends ??= sorted.map((entry) => (furthest = Math.max(furthest, entry.runs.at(-1)!))));
      const [low, high] = [runs[0]!, runs.at(-1)!];
      for (let i = firstAbove(ends, low); i < sorted.length && sorted[i]!.runs[0]! < high; i++) {
        const entry = sorted[i]!;
        if (entry.runs !== runs && intersect(entry.runs, runs).length === 0) continue;
        if ("tasks" in entry.below) found.push(entry.below);
        else descend(entry.below, d + 1);
      }
    };
    descend(this.root, 0);
    return found;
  }
}

/** The first of ascending numbers that is above a bound. */
function firstAbove(ascending: readonly number[], bound: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
