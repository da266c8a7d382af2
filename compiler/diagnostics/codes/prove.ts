import { error, message } from "../message.js";

/** ST5xxx: what a graph that will run fails to be. */
export const proveCodes = {
  deadlock: error("ST5001", message`This schedule deadlocks: ${"cycle"}.`),
  "not-complete": error("ST5002", message`\`${"value"}\` is not whole on rank ${"rank"}: ${"problem"}.`, {
    producedBy: "test/null/diagnostics-unwritten.test.ts",
  }),
  "no-route": error(
    "ST5003",
    message`\`${"value"}\` sends from rank ${"source"} to rank ${"target"}, but no link of \`${"machine"}\` leads there.`,
  ),
} as const;
