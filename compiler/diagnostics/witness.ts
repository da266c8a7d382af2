/** What is said of a witness wherever it is shown: in the terminal, as places for editors. */
import type { RelatedPlace, Witness, WitnessStep } from "./types.js";

/** Steps that are shown; the rest is counted. */
export const shownSteps = 12;

/** `rank 2 to rank 3, full, block 7: needs what step 1 makes`. */
export function stepInWords({ rank, target, task, what }: WitnessStep): string {
  const where = target === undefined || target === rank ? `rank ${rank}` : `rank ${rank} to rank ${target}`;
  return `${where}, ${task}: ${what}`;
}

/** The steps as places that an editor can lead to. */
export function placesOfWitness({ steps }: Witness): RelatedPlace[] {
  return steps.slice(0, shownSteps).map((step, index) => ({
    location: step.location,
    message: `step ${index + 1} of ${steps.length}, ${stepInWords(step)}`,
  }));
}
