import { error, message } from "../message.js";

/** ST1xxx: mistakes of syntax. `problemDiagnostic` of compiler/bind words the parser's problems with these. */
export const parseCodes = {
  "unknown-character": error("ST1001", message`${"found"} means nothing here.${"hint"}`),
  "unterminated-string": error("ST1002", message`This string is not closed on its line.`),
  "nested-too-deep": error("ST1003", message`This is nested deeper than ${"limit"} levels.`, {
    producedBy: "test/null/bind-limits.test.ts",
  }),
  "expected-token": error("ST1004", message`Expected ${"expected"}, but found ${"found"}.`),
  "unexpected-token": error("ST1005", message`Did not expect ${"found"} here${"instead"}.`),
} as const;
