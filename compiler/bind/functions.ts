import type { CallExpr, Identifier } from "../../grammar/ast.js";
import { locate } from "./bound-program.js";
import type { EvaluationContext } from "./evaluate.js";
import { describeDimension, plain, sameDimension } from "./quantity.js";
import type { Quantity } from "./quantity.js";
import { didYouMean, nearestName } from "./suggest.js";

interface ValueFunction {
  /** How many arguments; `Infinity` for any number from one on. */
  readonly arity: number;
  /** Its arguments must have no unit; else all must have the same. */
  readonly plainOnly: boolean;
  apply(values: readonly number[]): number;
}

/** What a size, a rate or a claim may call. `log2` of what is not positive has no finite value. */
const valueFunctions: Readonly<Record<string, ValueFunction>> = {
  min: { arity: Infinity, plainOnly: false, apply: (values) => values.reduce((a, b) => Math.min(a, b)) },
  max: { arity: Infinity, plainOnly: false, apply: (values) => values.reduce((a, b) => Math.max(a, b)) },
  abs: { arity: 1, plainOnly: false, apply: ([value]) => Math.abs(value!) },
  ceil: { arity: 1, plainOnly: true, apply: ([value]) => Math.ceil(value!) },
  floor: { arity: 1, plainOnly: true, apply: ([value]) => Math.floor(value!) },
  log2: { arity: 1, plainOnly: true, apply: ([value]) => Math.log2(value!) },
};

export const valueFunctionNames: readonly string[] = Object.keys(valueFunctions);

export function isValueFunction(name: string): boolean {
  return Object.hasOwn(valueFunctions, name);
}

/** Applies a function; `values` are undefined where an argument has none, so that only the name and count are checked. */
export function evaluateFunction(
  name: Identifier,
  call: CallExpr,
  values: readonly Quantity[] | undefined,
  context: EvaluationContext,
): Quantity | undefined {
  const { diagnostics, file } = context;
  const known = Object.hasOwn(valueFunctions, name.text) ? valueFunctions[name.text] : undefined;
  if (!known) {
    const near = nearestName(name.text, valueFunctionNames);
    diagnostics.report("unknown-name", locate(file, name), {
      name: name.text,
      expected: `a function of numbers (${valueFunctionNames.join(", ")})`,
      hint: didYouMean(near),
    });
    return undefined;
  }
  const count = call.arguments.length;
  if (known.arity === Infinity ? count === 0 : count !== known.arity) {
    const expected = known.arity === Infinity ? "one argument or more" : "one argument";
    diagnostics.report("wrong-argument-count", locate(file, call), { name: name.text, expected, found: count });
    return undefined;
  }
  if (!values) return undefined;
  const dimension = known.plainOnly ? plain : values[0]!.dimension;
  const odd = values.findIndex((value) => !sameDimension(value.dimension, dimension) || value.dimension.truth !== 0);
  if (odd >= 0) {
    diagnostics.report("wrong-unit", locate(file, call.arguments[odd]!), {
      what: `This argument of \`${name.text}\``,
      expected: dimension.truth === 0 ? describeDimension(dimension) : "a number",
      found: describeDimension(values[odd]!.dimension),
    });
    return undefined;
  }
  return { value: known.apply(values.map((value) => value.value)), dimension };
}
