/** What is shown of a claim that was checked. */
import type { CheckedClaim } from "../../../lsp/protocol.js";

/** Which cases are drawn of a `for`; absent: as `stretto check` does without options. */
export interface Drawn {
  readonly seed?: number;
  readonly runs?: number;
}

/** As a terminal shows it, whose lines end with both characters. */
export function linesOf(result: CheckedClaim, detail: "in short" | "all that is said" = "in short"): string {
  const { claim, holds, measured, message } = result;
  const lines = [`${holds ? "holds" : "FAILS"}  ${claim}  ${measured}`];
  if (detail === "all that is said" && message !== undefined) lines.push(...message.split("\n"));
  return lines.map((line) => `${line}\r\n`).join("");
}

/** Of one that fails: why, and what fails alike. */
export function messageOf({ claim, measured, message, repeat }: CheckedClaim): string {
  return [message ?? `${claim}: ${measured}`, ...(repeat === undefined ? [] : [`$ ${repeat}`])].join("\n\n");
}
