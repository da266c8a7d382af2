import { error, message } from "../message.js";

/** ST5xxx: what a graph that will run fails to be. */
export const proveCodes = {
  deadlock: error("ST5001", message`This schedule deadlocks: ${"cycle"}.`),
  "not-complete": error("ST5002", message`\`${"value"}\` is not whole on rank ${"rank"}: ${"problem"}.`, {
    producedBy: "test/null/diagnostics-unwritten.test.ts",
  }),
} as const;
