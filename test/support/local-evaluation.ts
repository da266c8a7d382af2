import type { IndexIR, KernelIR, ScalarIR, TableData } from "../../compiler/check/ir.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { holds } from "../../compiler/kernels/conditions.js";

/** What a position has of an operand; the dimensions along which that element is elsewhere, where it has it not. */
export type ReadLocal = (operand: number, at: readonly number[]) => number | readonly number[];

/** Reads of what is not there: of each, the variables its index is made of. */
export class Missing {
  constructor(readonly accesses: readonly ReadonlySet<number>[]) {}
}
type Value = number | Missing;

const variablesOf = (at: IndexIR): number[] =>
  at.kind === "column" ? variablesOf(at.at) : at.terms.map((term) => term.variable);

/**
 * One element of a kernel's result, as a position computes it that has only part of the operands: a reduction leaves out
 * those of its own indices whose elements are elsewhere; what is elsewhere at any other index is missing. With all there,
 * this is the plain meaning of the kernel. Sum, max and min only.
 */
export function evaluateLocally(
  kernel: KernelIR,
  tables: readonly TableData[],
  outputs: readonly number[],
  read: ReadLocal,
): Value {
  const indexOf = (at: IndexIR, variables: readonly number[]): number =>
    at.kind === "column"
      ? columnOf(tables[at.table]!, at.column).values[indexOf(at.at, variables)]!
      : at.terms.reduce((total, term) => total + term.coefficient * variables[term.variable]!, at.offset);

  const both = (
    parts: readonly ScalarIR[],
    variables: readonly number[],
    apply: (...values: number[]) => number,
  ): Value => {
    const values = parts.map((part) => evaluate(part, variables));
    const accesses = values.flatMap((value) => (value instanceof Missing ? value.accesses : []));
    return accesses.length > 0 ? new Missing(accesses) : apply(...(values as number[]));
  };

  const evaluate = (node: ScalarIR, variables: readonly number[]): Value => {
    switch (node.kind) {
      case "constant":
        return node.value;
      case "read": {
        const at = node.at.map((index) => indexOf(index, variables));
        const value = read(node.operand, at);
        if (typeof value === "number") return value;
        return new Missing(value.map((dimension) => new Set(variablesOf(node.at[dimension]!))));
      }
      case "local": {
        const inner = [...variables];
        const { indices, body } = kernel.locals[node.local]!;
        indices.forEach((number, d) => (inner[number] = indexOf(node.at[d]!, variables)));
        const value = evaluate(body, inner);
        if (!(value instanceof Missing)) return value;
        const outside = (number: number) => {
          const dimension = indices.indexOf(number);
          return dimension < 0 ? [number] : variablesOf(node.at[dimension]!);
        };
        return new Missing(value.accesses.map((access) => new Set([...access].flatMap(outside))));
      }
      case "weight":
        return tables[node.table]!.weight[indexOf(node.at, variables)]!;
      case "index":
        return indexOf(node.at, variables);
      case "binary":
        return both([node.left, node.right], variables, (left, right) => {
          return { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[node.operator];
        });
      case "call":
        return both(node.arguments, variables, (x, y, then, otherwise) => {
          if (node.function === "ifLess") return x! < y! ? then! : otherwise!;
          if (node.function === "ifEqual") return x === y ? then! : otherwise!;
          if (node.function === "neg") return -x!;
          if (node.function === "min" || node.function === "max") return Math[node.function](x!, y!);
          return Math[node.function](x!);
        });
      case "select": {
        const valueOf = (index: IndexIR) => indexOf(index, variables);
        return evaluate(holds(node.condition, valueOf) ? node.whenTrue : node.whenFalse, variables);
      }
      case "reduce": {
        const folds = { sum: (a: number, b: number) => a + b, max: Math.max, min: Math.min };
        const fold = folds[node.monoid as keyof typeof folds];
        let total = { sum: 0, max: -Infinity, min: Infinity }[node.monoid]!;
        const elsewhere: ReadonlySet<number>[] = [];
        const descend = (position: number, bound: readonly number[]): void => {
          if (position === node.variables.length) {
            if (node.where && !holds(node.where, (index) => indexOf(index, bound))) return;
            const term = evaluate(node.bodies[0]!, bound);
            if (!(term instanceof Missing)) total = fold(total, term);
            else elsewhere.push(...term.accesses.filter((access) => !node.variables.some((own) => access.has(own))));
            return;
          }
          const number = node.variables[position]!;
          for (let value = 0; value < kernel.variables[number]!.size; value++) {
            const { rowsWhere } = node;
            if (position === 0 && rowsWhere) {
              const entry = columnOf(tables[rowsWhere.table]!, rowsWhere.column).values[value];
              if (entry !== indexOf(rowsWhere.equals, bound)) continue;
            }
            descend(position + 1, bound.with(number, value));
          }
        };
        descend(0, variables);
        return elsewhere.length > 0 ? new Missing(elsewhere) : total;
      }
      case "argument":
        throw new Error("only in monoids");
    }
  };
  return evaluate(
    kernel.body,
    kernel.variables.map((_, number) => outputs[number] ?? 0),
  );
}
