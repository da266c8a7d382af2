/** Numbers for runs: 0, 1, .. by what they hold, whichever object holds it. */
import type { Runs } from "./runs.js";

/** @param isNew told of the runs of each number, in the order of the numbers */
export function createRunsNumbers(isNew?: (runs: Runs) => void): (runs: Runs) => number {
  const byObject = new WeakMap<Runs, number>();
  const byContent = new Map<string, number>();
  return (runs) => {
    const known = byObject.get(runs);
    if (known !== undefined) return known;
    const content = runs.join();
    let number = byContent.get(content);
    if (number === undefined) {
      byContent.set(content, (number = byContent.size));
      isNew?.(runs);
    }
    byObject.set(runs, number);
    return number;
  };
}
