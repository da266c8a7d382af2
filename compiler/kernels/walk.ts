/** Ways through the mathematics of a kernel. */
import { conditionIndices, mapCondition } from "./conditions.js";
import type { IndexIR, KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";

/** Every index a scalar holds itself (not those of its parts), so that one place knows where indices stand. */
export function ownIndices(scalar: ScalarIR): readonly IndexIR[] {
  switch (scalar.kind) {
    case "read":
    case "local":
      return scalar.at;
    case "weight":
    case "index":
      return [scalar.at];
    case "reduce":
      return [
        ...(scalar.rowsWhere ? [scalar.rowsWhere.equals] : []),
        ...(scalar.where ? conditionIndices(scalar.where) : []),
      ];
    case "select":
      return conditionIndices(scalar.condition);
    default:
      return [];
  }
}

export function scalarParts(scalar: ScalarIR): readonly ScalarIR[] {
  switch (scalar.kind) {
    case "call":
      return scalar.arguments;
    case "binary":
      return [scalar.left, scalar.right];
    case "select":
      return [scalar.whenTrue, scalar.whenFalse];
    case "reduce":
      return scalar.bodies;
    default:
      return [];
  }
}

/** Visits a scalar and all its parts, encloser first. */
export function walkScalar(scalar: ScalarIR, visit: (scalar: ScalarIR) => void): void {
  const pending = [scalar];
  while (pending.length > 0) {
    const next = pending.pop()!;
    visit(next);
    const parts = scalarParts(next);
    for (let i = parts.length - 1; i >= 0; i--) pending.push(parts[i]!);
  }
}

/** Visits every scalar of a kernel: locals in order, then the body. */
export function walkKernel(kernel: KernelIR, visit: (scalar: ScalarIR) => void): void {
  for (const local of kernel.locals) walkScalar(local.body, visit);
  walkScalar(kernel.body, visit);
}

/** What a rewriting changes; what is absent stays. Applied to parts first. */
export interface ScalarRewrite {
  readonly index?: (index: IndexIR) => IndexIR;
  readonly variable?: (variable: number) => number;
  readonly scalar?: (scalar: ScalarIR) => ScalarIR;
}

/** A scalar rebuilt from the leaves up. */
export function rewriteScalar(scalar: ScalarIR, rewrite: ScalarRewrite): ScalarIR {
  const index = rewrite.index ?? ((same: IndexIR) => same);
  const again = (part: ScalarIR) => rewriteScalar(part, rewrite);
  const rebuilt = ((): ScalarIR => {
    switch (scalar.kind) {
      case "read":
      case "local":
        return { ...scalar, at: scalar.at.map(index) };
      case "weight":
      case "index":
        return { ...scalar, at: index(scalar.at) };
      case "call":
        return { ...scalar, arguments: scalar.arguments.map(again) };
      case "binary":
        return { ...scalar, left: again(scalar.left), right: again(scalar.right) };
      case "select":
        return {
          ...scalar,
          condition: mapCondition(scalar.condition, index),
          whenTrue: again(scalar.whenTrue),
          whenFalse: again(scalar.whenFalse),
        };
      case "reduce":
        return rewriteReduce(scalar, index, rewrite.variable, scalar.bodies.map(again));
      default:
        return scalar;
    }
  })();
  return rewrite.scalar ? rewrite.scalar(rebuilt) : rebuilt;
}

function rewriteReduce(
  reduce: ReduceIR,
  index: (index: IndexIR) => IndexIR,
  variable: ((variable: number) => number) | undefined,
  bodies: readonly ScalarIR[],
): ReduceIR {
  const variables = variable ? reduce.variables.map(variable) : reduce.variables;
  const { rowsWhere, where } = reduce;
  return {
    ...reduce,
    variables,
    ...(rowsWhere && { rowsWhere: { ...rowsWhere, equals: index(rowsWhere.equals) } }),
    ...(where && { where: mapCondition(where, index) }),
    bodies,
  };
}
