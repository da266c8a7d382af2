/** The claims of a check at sizes other than the file's own: one case a choice of values for what it ranges over. */
import { rangeValue } from "../compiler/check/for-clauses.js";
import type { CheckIR, RangeIR } from "../compiler/check/ir.js";
import type { Diagnostic } from "../compiler/diagnostics/types.js";
import type { RankPool } from "../runtime/ranks/pool.js";
import { createClaimEvaluator } from "./claims.js";
import type { ClaimOutcome } from "./claims.js";
import type { LoadAttempt } from "./load.js";

/** Of a layer that is computed at each case: some seconds of them all. */
const mostSteps = 5e7;

/** What the file was asked to be read with. */
export interface CaseOptions {
  readonly profile?: string;
  readonly set?: ReadonlyMap<string, string>;
}

export interface CaseContext {
  /** As the user named it. */
  readonly file: string;
  readonly options: CaseOptions;
  /** The file with other settings; `small`: with profile `small` where it has one and no other is asked for. */
  load(options: CaseOptions, size: "full" | "small"): LoadAttempt;
  /** As of `createClaimEvaluator`. */
  readonly pool: RankPool | undefined;
  /** Is told what is being done. */
  say(text: string): void;
}

export interface Case {
  /** What is set, by what `--set` calls it. */
  readonly settings: ReadonlyMap<string, string>;
  /** Why there is no such program. */
  readonly refused?: readonly Diagnostic[];
  /** By claim; undefined for those that were not asked for. */
  readonly outcomes: readonly (ClaimOutcome | undefined)[];
  /** Texts that the diagnostics name; empty where there are none. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface Cases {
  /**
   * What comes of these claims where each range has the value at its place. Outcomes are kept; what they were found with is
   * not, for a planned schedule may be large: so all that is wanted of a case is best asked for at once.
   */
  at(places: readonly number[], wanted: readonly number[], isDraw: boolean): Promise<Case>;
  /** Those that were drawn, not come to while shrinking. */
  drawn(): readonly Case[];
}

/** @param index of the check, in the file at any sizes */
export function createCases(check: CheckIR, index: number, ranges: readonly RangeIR[], context: CaseContext): Cases {
  const { file, options, pool } = context;
  const known = new Map<string, Case>();
  const drawn = new Set<string>();
  const computes = check.claims.some(({ claim }) => claim === "same result");

  async function evaluated(places: readonly number[], wanted: readonly number[], before?: Case): Promise<Case> {
    const settings = new Map(ranges.map(({ name, values }, range) => [name, rangeValue(values, places[range]!)]));
    const sized = { ...options, set: new Map([...(options.set ?? []), ...settings]) };
    context.say(`${file}: ${[...settings].map(([name, text]) => `${name} = ${text}`).join(", ")} ..`);
    const full = context.load(sized, "full");
    const small = full.loaded && computes ? context.load(sized, "small") : full;
    const { sources } = small;
    if (full.loaded === undefined || small.loaded === undefined) {
      const refused = small.diagnostics.filter(({ severity }) => severity === "error");
      return { settings, refused, outcomes: [], sources };
    }
    const own = full.loaded.program.checks[index]!;
    const evaluator = createClaimEvaluator(full.loaded.program, small.loaded.program, pool, mostSteps);
    const outcomes = check.claims.map((_, claim) => before?.outcomes[claim]);
    for (const claim of wanted) outcomes[claim] = await evaluator.evaluate(own, own.claims[claim]!);
    const isTold = outcomes.some((outcome) => outcome !== undefined && outcome.diagnostics.length > 0);
    return { settings, outcomes, sources: isTold ? sources : new Map() };
  }

  return {
    async at(places, wanted, isDraw) {
      const key = places.join();
      const before = known.get(key);
      if (isDraw) drawn.add(key);
      const missing = wanted.filter((claim) => before?.outcomes[claim] === undefined);
      if (before && (before.refused || missing.length === 0)) return before;
      const found = await evaluated(places, missing, before);
      known.set(key, found);
      return found;
    },
    drawn: () => [...drawn].map((key) => known.get(key)!),
  };
}
