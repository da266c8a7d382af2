import { error, message } from "../message.js";

/** ST1xxx: what the parser says. The names of grammar's errors are these names. */
export const parseCodes = {
  "unexpected-token": error("ST1001", message`Expected ${"expected"}, found ${"found"}.`),
  "unexpected-character": error("ST1002", message`${"found"} means nothing here.`),
  "unterminated-string": error("ST1003", message`This string has no closing quote on its line.`),
  "unknown-unit": error("ST1004", message`\`${"unit"}\` is not a unit.`),
  "nested-too-deep": error("ST1005", message`This nests deeper than ${"limit"} levels.`),
  "number-out-of-range": error("ST1006", message`\`${"text"}\` is too large for a number.`),
} as const;
