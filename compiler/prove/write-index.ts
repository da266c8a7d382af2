/**
 * Who writes which region of a buffer: a tree of a level a dimension, each of the distinct runs of that dimension in order,
 * so that a region finds the writes it meets in about as many steps as there are.
 */
import { intersect, runsLength, type Region, type Runs } from "../graph/runs.js";

/** Tasks that write one region, one after another; none where it is there before the run. */
export interface WrittenRegion {
  readonly region: Region;
  readonly tasks: number[];
}

interface Level {
  readonly byNumber: Map<number, Entry>;
  /** By their first index, with the furthest end among those up to each; made when they are searched. */
  sorted: { readonly entries: readonly Entry[]; readonly ends: readonly number[] } | undefined;
}

interface Entry {
  readonly runs: Runs;
  readonly below: Level | WrittenRegion;
}

export class WriteIndex {
  private readonly root: Level = newLevel();
  private scalar: WrittenRegion | undefined;
  readonly regions: WrittenRegion[] = [];

  constructor(private readonly numberOf: (runs: Runs) => number) {}

  add(region: Region, task: number): void {
    const { tasks } = this.at(region);
    if (tasks.at(-1) !== task) tasks.push(task);
  }

  /** It is there before the run. */
  give(region: Region): void {
    this.at(region);
  }

  private at(region: Region): WrittenRegion {
    let level = this.root;
    let found = this.scalar;
    region.forEach((runs, d) => {
      const number = this.numberOf(runs);
      let entry = level.byNumber.get(number);
      if (entry === undefined) {
        const below = d === region.length - 1 ? this.made(region) : newLevel();
        level.byNumber.set(number, (entry = { runs, below }));
        level.sorted = undefined;
      }
      if ("tasks" in entry.below) found = entry.below;
      else level = entry.below;
    });
    return found ?? (this.scalar = this.made(region));
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
      const { entries, ends } = (level.sorted ??= sortedEntries(level));
      const [low, high] = [runs[0]!, runs.at(-1)!];
      for (let i = firstAbove(ends, low); i < entries.length && entries[i]!.runs[0]! < high; i++) {
        const entry = entries[i]!;
        if (entry.runs !== runs && intersect(entry.runs, runs).length === 0) continue;
        if ("tasks" in entry.below) found.push(entry.below);
        else descend(entry.below, d + 1);
      }
    };
    descend(this.root, 0);
    return found;
  }
}

const newLevel = (): Level => ({ byNumber: new Map(), sorted: undefined });

function sortedEntries({ byNumber }: Level): Level["sorted"] & object {
  const entries = [...byNumber.values()]
    .filter(({ runs }) => runs.length > 0)
    .toSorted((a, b) => a.runs[0]! - b.runs[0]!);
  let furthest = -Infinity;
  const ends = entries.map(({ runs }) => (furthest = Math.max(furthest, runs.at(-1)!)));
  return { entries, ends };
}

/** Whether regions that do not overlap leave nothing of another one out. */
export function covers(written: readonly WrittenRegion[], region: Region): boolean {
  const size = (runs: readonly Runs[]): number => runs.reduce((elements, own) => elements * runsLength(own), 1);
  const sizes = written.map((one) => size(region.map((runs, d) => intersect(runs, one.region[d]!))));
  return sizes.reduce((sum, own) => sum + own, 0) >= size(region);
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
