import type { ConditionIR, IndexIR, KernelIR, ScalarIR, TableData } from "../../compiler/check/ir.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { columnOf } from "../../compiler/graph/table-columns.js";

/** A number for each (operand, global indices). */
export type ReadOperand = (operand: number, at: readonly number[]) => number;

/**
 * Walks the tree, element by element in float64; locals are evaluated anew wherever they are read. Sum and max only; `least` is
 * the maximum of nothing.
 */
export function evaluateKernel(
  kernel: KernelIR,
  tables: readonly TableData[],
  ranges: readonly Runs[],
  outputs: readonly number[],
  readOperand: ReadOperand,
  least = -Infinity,
): number {
  const indexOf = (at: IndexIR, variables: readonly number[]): number =>
    at.kind === "column"
      ? columnOf(tables[at.table]!, at.column).values[indexOf(at.at, variables)]!
      : at.terms.reduce((total, term) => total + term.coefficient * variables[term.variable]!, at.offset);

  const fulfilled = (node: ConditionIR, variables: readonly number[]): boolean => {
    if (node.kind !== "compare") {
      const every = node.parts.map((part) => fulfilled(part, variables));
      return node.kind === "and" ? !every.includes(false) : every.includes(true);
    }
    const difference = indexOf(node.left, variables) - indexOf(node.right, variables);
    return { "<": difference < 0, "<=": difference <= 0, "==": difference === 0, "!=": difference !== 0 }[
      node.operator
    ];
  };

  const evaluate = (node: ScalarIR, variables: readonly number[]): number => {
    switch (node.kind) {
      case "constant":
        return node.value;
      case "read":
        return readOperand(
          node.operand,
          node.at.map((at) => indexOf(at, variables)),
        );
      case "local": {
        const inner = [...variables];
        const definition = kernel.locals[node.local]!;
        definition.indices.forEach((number, d) => (inner[number] = indexOf(node.at[d]!, variables)));
        return evaluate(definition.body, inner);
      }
      case "weight":
        return tables[node.table]!.weight[indexOf(node.at, variables)]!;
      case "index":
        return indexOf(node.at, variables);
      case "binary": {
        const [left, right] = [evaluate(node.left, variables), evaluate(node.right, variables)];
        return { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[node.operator];
      }
      case "call": {
        const [x, y, then, otherwise] = node.arguments.map((argument) => evaluate(argument, variables));
        if (node.function === "ifLess") return x! < y! ? then! : otherwise!;
        if (node.function === "ifEqual") return x === y ? then! : otherwise!;
        if (node.function === "neg") return -x!;
        if (node.function === "min" || node.function === "max") return Math[node.function](x!, y!);
        return Math[node.function](x!);
      }
      case "select":
        return evaluate(fulfilled(node.condition, variables) ? node.whenTrue : node.whenFalse, variables);
      case "reduce": {
        let total = node.monoid === "sum" ? 0 : least;
        const descend = (position: number, bound: readonly number[]): void => {
          if (position === node.variables.length) {
            if (node.where && !fulfilled(node.where, bound)) return;
            const term = evaluate(node.bodies[0]!, bound);
            total = node.monoid === "sum" ? total + term : Math.max(total, term);
            return;
          }
          const number = node.variables[position]!;
          const runs = ranges[number]!;
          for (let run = 0; run < runs.length; run += 2) {
            for (let value = runs[run]!; value < runs[run + 1]!; value++) {
              const { rowsWhere } = node;
              if (position === 0 && rowsWhere) {
                const entry = columnOf(tables[rowsWhere.table]!, rowsWhere.column).values[value];
                if (entry !== indexOf(rowsWhere.equals, bound)) continue;
              }
              descend(position + 1, bound.with(number, value));
            }
          }
        };
        descend(0, variables);
        return total;
      }
      case "argument":
        throw new Error("only in monoids");
    }
  };
  const variables = kernel.variables.map((_, number) => outputs[number] ?? 0);
  return evaluate(kernel.body, variables);
}
