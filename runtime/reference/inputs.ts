/**
 * Inputs of a run. Each element is a pure function of (seed, value name, flat index), so that ranks, schedules and the
 * reference see the same numbers without exchanging them: uniform in [-scale, scale), rounded at the value's dtype;
 * of integer dtypes, integers in [-8, 8).
 *
 * `scale` keeps results near 1 whatever the sizes: a sum over k terms of which one factor is an input of the layer gets
 * 1 / sqrt(k) through that input (the last read, which in a signature is the weight), as weights are initialised in
 * practice. Where an input is a factor of several sums the longest decides.
 */
import type { KernelIR, LayerIR, ScalarIR, ValueIR } from "../../compiler/check/ir.js";
import { uniformStream } from "../numbers/uniform-stream.js";
import { isInteger, roundingOf } from "../numbers/dtypes.js";
import { scalarParts } from "../../compiler/kernels/walk.js";

/** All elements of an input, row-major; `stream` is its name, or tells contributions to a pending one apart. */
export function inputElements(value: ValueIR, stream: string, seed: number, scale: number): Float64Array {
  const round = roundingOf(value.dtype);
  const elements = new Float64Array(value.axes.reduce((product, axis) => product * axis.size, 1));
  const integer = isInteger(value.dtype);
  const uniform = uniformStream(seed, stream);
  return elements.map((_, index) => round(integer ? Math.floor(8 * uniform(index)) : scale * uniform(index)));
}

/** Scale of each input by value id, at most 1. */
export function inputScales(layer: LayerIR): Map<number, number> {
  const scales = new Map(layer.inputs.map((input) => [input, 1]));
  /** The input whose elements a value has, through words alone. */
  const origin = new Map(layer.inputs.map((input) => [input, input]));
  for (const statement of layer.statements) {
    if (statement.kind !== "op") {
      const source = origin.get(statement.operand);
      if (source !== undefined) origin.set(statement.result, source);
      continue;
    }
    for (const { factors, terms } of sumsOf(statement.kernel)) {
      const inputs = factors
        .map((operand) => origin.get(statement.operands[operand]!))
        .filter((input) => input !== undefined);
      const last = inputs.at(-1);
      if (last !== undefined) scales.set(last, Math.min(scales.get(last)!, 1 / Math.sqrt(terms)));
    }
  }
  return scales;
}

/** The sums of a kernel: how many terms each has, and the operands that its terms read, in order. */
function sumsOf(kernel: KernelIR): { factors: number[]; terms: number }[] {
  const sums: { factors: number[]; terms: number }[] = [];
  const visit = (scalar: ScalarIR): void => {
    if (scalar.kind === "reduce" && scalar.monoid === "sum" && scalar.rowsWhere === undefined) {
      const terms = scalar.variables.reduce((product, variable) => product * kernel.variables[variable]!.size, 1);
      const factors = scalar.bodies.flatMap(readsOf);
      if (factors.length > 1 && terms > 1) sums.push({ factors, terms });
    }
    scalarParts(scalar).forEach(visit);
  };
  kernel.locals.forEach((local) => visit(local.body));
  visit(kernel.body);
  return sums;
}

function readsOf(scalar: ScalarIR): number[] {
  return scalar.kind === "read" ? [scalar.operand] : scalarParts(scalar).flatMap(readsOf);
}
