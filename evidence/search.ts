/** Looks for a case that does not hold among those that several places span, and for the smallest such. */

export interface SearchOptions {
  /** How many cases are tried. */
  readonly runs: number;
  /** The same draws the same cases. */
  readonly seed: number;
}

/** Where nobody says otherwise. */
export const defaultSearch: SearchOptions = { runs: 20, seed: 1 };

export interface Search {
  /** How many cases were tried, those of shrinking aside. */
  readonly tried: number;
  /** Whether these are all there are. */
  readonly isWhole: boolean;
  /** The smallest that was found not to hold. */
  readonly failing?: readonly number[];
}

/** Of one search: each takes as long as a draw, and what is found by then is small already. */
const mostShrinks = 200;

/**
 * Cases are a place each in ranges of these lengths. Where there are no more than runs, all are tried, the smallest sums
 * first; else they are drawn, the smallest and the largest among them, and one that fails is shrunk: place by place
 * toward 0, until no smaller one that is tried fails.
 *
 * @param holds `isDraw`: not while shrinking
 */
export async function searchCases(
  lengths: readonly number[],
  options: SearchOptions,
  holds: (places: readonly number[], isDraw: boolean) => Promise<boolean>,
): Promise<Search> {
  const all = lengths.reduce((product, length) => product * length, 1);
  return all <= options.runs ? searchAll(lengths, holds) : searchDrawn(lengths, options, holds);
}

async function searchAll(
  lengths: readonly number[],
  holds: (places: readonly number[], isDraw: boolean) => Promise<boolean>,
): Promise<Search> {
  const sum = (places: readonly number[]): number => places.reduce((total, place) => total + place, 0);
  const cases = lengths
    .reduce<number[][]>(
      (before, length) => before.flatMap((places) => Array.from({ length }, (_, place) => [...places, place])),
      [[]],
    )
    .sort((a, b) => sum(a) - sum(b));
  for (const [index, places] of cases.entries()) {
    if (!(await holds(places, true))) return { tried: index + 1, isWhole: false, failing: places };
  }
  return { tried: cases.length, isWhole: true };
}

async function searchDrawn(
  lengths: readonly number[],
  { runs, seed }: SearchOptions,
  holds: (places: readonly number[], isDraw: boolean) => Promise<boolean>,
): Promise<Search> {
  const { default: fc } = await import("fast-check");
  let tried = 0;
  let shrinks = 0;
  let hasFailed = false;
  // What is thrown is a fault of ours, and no case that fails.
  let fault: unknown;
  const arbitrary = fc.tuple(...lengths.map((length) => fc.integer({ min: 0, max: length - 1 })));
  const property = fc.asyncProperty(arbitrary, async (places) => {
    if (fault !== undefined || (hasFailed && ++shrinks > mostShrinks)) return true;
    try {
      const isDraw = !hasFailed;
      if (isDraw) tried++;
      const held = await holds(places, isDraw);
      hasFailed ||= !held;
      return held;
    } catch (error) {
      fault = error;
      return true;
    }
  });
  const ends = [lengths.map(() => 0), lengths.map((length) => length - 1)];
  const { counterexample } = await fc.check(property, { seed, numRuns: runs, examples: ends.map((end) => [end]) });
  if (fault !== undefined) throw fault;
  return { tried, isWhole: false, ...(counterexample && { failing: counterexample[0] }) };
}
