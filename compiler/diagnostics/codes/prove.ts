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
  race: error(
    "ST5004",
    message`\`${"first"}\` on rank ${"firstRank"} ${"firstDoes"} ${"region"} of \`${"buffer"}\` while \`${"second"}\` on rank ${"secondRank"} may be ${"secondDoes"} it: nothing orders them.`,
    { producedBy: "test/null/diagnostics-unwritten.test.ts" },
  ),
  "misplaced-task": error("ST5007", message`\`${"value"}\` on rank ${"rank"} works on memory of rank ${"other"}.`, {
    producedBy: "test/null/diagnostics-unwritten.test.ts",
  }),
  "out-of-order": error(
    "ST5005",
    message`\`${"value"}\` may begin on rank ${"rank"} before \`${"before"}\` is over, which program order keeps before it.`,
    { producedBy: "test/null/diagnostics-unwritten.test.ts" },
  ),
  "shared-too-early": error(
    "ST5006",
    message`\`${"second"}\` takes the memory of \`${"first"}\` on rank ${"rank"} while ${"user"} may still use that.`,
    { producedBy: "test/null/diagnostics-unwritten.test.ts" },
  ),
} as const;
