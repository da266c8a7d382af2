/** What every monoid must keep to, as far as its declaration alone shows it. */
import type { MonoidIR, ScalarFunction, ScalarIR } from "./ir.js";

/**
 * combine(identity, identity), in f32 as a device has it, where that is not the identity: ranks and blocks with nothing to
 * reduce contribute the identity, and two of them meet. Undefined where it is.
 */
export function brokenIdentity({ identity, combine }: Pick<MonoidIR, "identity" | "combine">): number[] | undefined {
  const kept = identity.map(Math.fround);
  const made = combine.map((scalar) => valueOf(scalar, [...kept, ...kept]));
  return made.every((value, component) => value === kept[component]) ? undefined : made;
}

/** What a state that nothing was folded into says. */
export function finishOfNothing({ identity, finish }: Pick<MonoidIR, "identity" | "finish">): number {
  return valueOf(finish, identity.map(Math.fround));
}

const functions: Readonly<Record<ScalarFunction, (...given: number[]) => number>> = {
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
  abs: Math.abs,
  min: (...given) => Math.min(...given),
  max: (...given) => Math.max(...given),
  neg: (...given) => -given[0]!,
  ifLess: (...given) => (given[0]! < given[1]! ? given[2]! : given[3]!),
  ifEqual: (...given) => (given[0] === given[1] ? given[2]! : given[3]!),
};

/** A monoid's scalar, each operation rounded to f32. */
function valueOf(scalar: ScalarIR, given: readonly number[]): number {
  switch (scalar.kind) {
    case "constant":
      return Math.fround(scalar.value);
    case "argument":
      return given[scalar.argument]!;
    case "call":
      return Math.fround(functions[scalar.function](...scalar.arguments.map((part) => valueOf(part, given))));
    case "binary": {
      const [left, right] = [valueOf(scalar.left, given), valueOf(scalar.right, given)];
      const exact = { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[scalar.operator];
      return Math.fround(exact);
    }
    default:
      return NaN;
  }
}
