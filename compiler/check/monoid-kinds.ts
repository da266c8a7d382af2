/** What is known of a monoid from its combine alone: under which functions a pending value stays pending. */
import { isStateful } from "../graph/monoid-states.js";
import type { MonoidIR, ScalarIR } from "./ir.js";

/** `stateful`: what is kept of a pending value is not its value but a state, which is finished once folded. */
export type MonoidKind = "additive" | "maximum" | "minimum" | "stateful" | "other";

export function monoidKind(monoid: MonoidIR): MonoidKind {
  const [combine] = monoid.combine;
  if (isStateful(monoid)) return "stateful";
  if (!combine) return "other";
  if (combine.kind === "binary" && combine.operator === "+" && takesBoth([combine.left, combine.right]))
    return "additive";
  if (combine.kind === "call" && takesBoth(combine.arguments)) {
    if (combine.function === "max") return "maximum";
    if (combine.function === "min") return "minimum";
  }
  return "other";
}

function takesBoth(operands: readonly ScalarIR[]): boolean {
  const named = operands.map((operand) => (operand.kind === "argument" ? operand.argument : -1)).sort();
  return named.length === 2 && named[0] === 0 && named[1] === 1;
}
