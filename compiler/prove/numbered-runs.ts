import { createRunsNumbers } from "../graph/runs-numbers.js";
import type { Runs } from "../graph/runs.js";

const places = 1024;

/** Runs by numbers, and numbers by what runs hold. */
export class NumberedRuns {
  private readonly list: Runs[] = [];
  private readonly numbers = createRunsNumbers((runs) => this.list.push(runs));
  /** What was asked for of late, each at a place by where it begins: neighbouring tasks have the same runs, or the next ones. */
  private readonly recent = new Array<Runs | undefined>(places).fill(undefined);
  private readonly recentNumber = new Int32Array(places);

  numberOf(runs: Runs): number {
    const place = runs.length === 0 ? 0 : (runs[0]! ^ (runs[0]! >> 10) ^ (runs[0]! >> 5)) & (places - 1);
    if (this.recent[place] === runs) return this.recentNumber[place]!;
    this.recent[place] = runs;
    return (this.recentNumber[place] = this.numbers(runs));
  }

  at(number: number): Runs {
    return this.list[number]!;
  }
}
