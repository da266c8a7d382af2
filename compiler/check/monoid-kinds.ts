/** What is known of a monoid from its combine alone: under which functions a pending value stays pending. */
import type { MonoidIR, ScalarIR } from "./ir.js";

export type MonoidKind = "additive" | "maximum" | "minimum" | "other";

export function monoidKind(monoid: MonoidIR): MonoidKind {
  const [combine] = monoid.combine;
  if (monoid.combine.length !== 1 || !combine || !isIdentity(monoid.finish)) return "other";
  if (combine.kind === "binary" && combine.operator === "+" && takesBoth([combine.left, combine.right]))
    return "additive";
  if (combine.kind === "call" && takesBoth(combine.arguments)) {
    if (combine.function === "max") return "maximum";
    if (combine.function === "min") return "minimum";
  }
  return "other";
}

function isIdentity(finish: ScalarIR): boolean {
  return finish.kind === "argument" && finish.argument === 0;
}

function takesBoth(operands: readonly ScalarIR[]): boolean {
  const named = operands.map((operand) => (operand.kind === "argument" ? operand.argument : -1)).sort();
  return named.length === 2 && named[0] === 0 && named[1] === 1;
}
