import type { Comparison } from "../../compiler/kernels/conditions.js";
import type { ConditionIR, KernelIR, ScalarIR } from "../../compiler/check/ir.js";
import { columnOfIndex } from "../../compiler/graph/table-columns.js";
import { compare, constant, select, variable } from "./kernel-builder.js";
import type { Draw } from "./random-draw.js";

const operators: readonly Comparison["operator"][] = ["<", "<=", "<=", "==", "!="];

/**
 * A condition on some of the variables: most are causal, `i <= j`, a window, or ask the table of that number of indices,
 * `doc.to(i) == doc.to(j)`; no variable, no condition.
 */
export function randomCondition(draw: Draw, variables: readonly number[], table: number, depth = 1): ConditionIR {
  if (depth > 0 && draw.oneIn(4)) {
    const parts = Array.from({ length: draw.integer(0, 3) }, () => randomCondition(draw, variables, table, depth - 1));
    return { kind: draw.oneIn(2) ? "and" : "or", parts };
  }
  if (draw.oneIn(3)) {
    const [a, b] = [0, 1].map(() => {
      const at = variable(draw.pick(variables));
      return { kind: "column" as const, table, column: columnOfIndex("to"), at };
    });
    const other = draw.oneIn(5) ? ({ kind: "affine", terms: [], offset: draw.integer(0, 3) } as const) : b!;
    const same = compare(a!, draw.oneIn(3) ? draw.pick(operators) : "==", other);
    return draw.oneIn(2) ? same : { kind: "and", parts: [same, randomCondition(draw, variables, table, 0)] };
  }
  const left = variable(draw.pick(variables), draw.oneIn(5) ? 2 : 1, draw.integer(-2, 2));
  const right = draw.oneIn(5) ? draw.integer(0, 4) : variable(draw.pick(variables));
  const asIndex = typeof right === "number" ? ({ kind: "affine", terms: [], offset: right } as const) : right;
  if (draw.oneIn(3)) {
    const width = draw.integer(0, 3);
    const end = asIndex.kind === "affine" ? { ...asIndex, offset: asIndex.offset + width } : asIndex;
    return { kind: "and", parts: [compare(asIndex, "<=", left), compare(left, "<=", end)] };
  }
  return compare(left, draw.pick(operators), asIndex);
}

/**
 * The kernel with guards on some of its reductions, and around its body where the identity is known: where nothing is
 * pending any constant, else zero.
 *
 * @param otherwise what may stand where a guard around the body does not hold
 * @param table number of a table that has one row for each index, of all variables
 */
export function guardSome(draw: Draw, kernel: KernelIR, otherwise: number | undefined, table: number): KernelIR {
  const guard = (scalar: ScalarIR, scope: readonly number[]): ScalarIR => {
    switch (scalar.kind) {
      case "reduce": {
        const inner = [...scope, ...scalar.variables];
        const bodies = scalar.bodies.map((body) => guard(body, inner));
        if (scalar.where !== undefined || draw.oneIn(2)) return { ...scalar, bodies };
        return { ...scalar, bodies, where: randomCondition(draw, inner, table) };
      }
      case "binary":
        return { ...scalar, left: guard(scalar.left, scope), right: guard(scalar.right, scope) };
      case "call":
        return { ...scalar, arguments: scalar.arguments.map((part) => guard(part, scope)) };
      default:
        return scalar;
    }
  };
  const outputs = Array.from({ length: kernel.outputRank }, (_, number) => number);
  const body = guard(kernel.body, outputs);
  if (otherwise === undefined || outputs.length === 0 || !draw.oneIn(4)) return { ...kernel, body };
  return { ...kernel, body: select(randomCondition(draw, outputs, table), body, constant(otherwise)) };
}
