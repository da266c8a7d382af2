/** load and store, as a round: each rank, a group by itself, copies all it has between its memory and a tier. */
import type { CollectiveRun } from "./collective-run.js";

const position = 0;
const whole = { position, chunk: 0, contributions: 1n };

export const tierCopy: CollectiveRun = {
  size: 1,
  rounds: 1,
  events: [
    {
      ...{ round: 0, source: position, target: position, chunk: 0, combining: false },
      ...{ sent: 0, makes: 1, into: -1, leads: false },
    },
  ],
  states: [
    { ...whole, initial: true, event: -1, deliveries: 0, final: false },
    { ...whole, initial: false, event: 0, deliveries: 1, final: true },
  ],
  results: [[1]],
  problems: [],
};
