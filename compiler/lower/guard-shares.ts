/** Shares of a block that guards let through: each is worked out once for all blocks, on whichever rank, that hold the same indices. */
import type { TableData } from "../check/ir.js";
import { createRunsNumbers } from "../graph/runs-numbers.js";
import { hullsOf, shareOfTiles, type Hull } from "./guarded-tiles.js";
import { shareHolding, type Guards } from "./guarded-work.js";
import { variablesIn } from "./guards.js";
import type { Ranges } from "./image.js";

export class GuardShares {
  private readonly known = new Map<string, number | undefined>();
  private readonly numberOf = createRunsNumbers();

  constructor(private readonly tables: readonly TableData[]) {}

  /** As of `shareHolding`: element by element. */
  ofElements(guards: Guards, variables: readonly number[], ranges: Ranges): number | undefined {
    const key = `elements ${variables.join()} ${this.keyOf(guards, ranges)}`;
    return this.once(key, () => shareHolding(guards, variables, ranges, this.tables));
  }

  /**
   * As of `shareOfTiles`: tile by tile.
   *
   * @param stepOf length of a variable's tiles; undefined where it is not tiled
   */
  ofTiles(guards: Guards, ranges: Ranges, stepOf: (variable: number) => number | undefined): number {
    const tilesOf = (variable: number): readonly Hull[] => {
      const runs = ranges(variable);
      const step = stepOf(variable);
      if (step === undefined) return runs.length === 0 ? [] : [[runs[0]!, runs.at(-1)! - 1]];
      return hullsOf(runs, step);
    };
    const key = `tiles ${this.keyOf(guards, ranges, stepOf)}`;
    return this.once(key, () => shareOfTiles(guards, tilesOf, this.tables))!;
  }

  private keyOf(guards: Guards, ranges: Ranges, stepOf?: (variable: number) => number | undefined): string {
    const named = [...new Set(guards.flatMap(variablesIn))];
    const over = named.map((variable) => `${variable}:${this.numberOf(ranges(variable))}:${stepOf?.(variable) ?? ""}`);
    return `${over.join(" ")} ${JSON.stringify(guards)}`;
  }

  private once(key: string, make: () => number | undefined): number | undefined {
    if (!this.known.has(key)) this.known.set(key, make());
    return this.known.get(key);
  }
}
