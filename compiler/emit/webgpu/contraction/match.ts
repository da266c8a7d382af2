/**
 * Which ops are contractions: one sum of products of two operands, and what is elementwise around it. The last variable of the
 * result is the columns'; it stands in one operand alone, the right one.
 *
 *   out[rows.., blocks.., column] = f(sum[k..] left[rows.., k..] * right[rows' .., blocks.., k.., column], ..)
 *
 * Rows may lead to the right operand too, through a table or as they are: products by group, or a batch of them.
 */
import type { IndexIR, KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { reductionKey } from "../../../kernels/accumulation.js";
import { exactVariable, indexVariables } from "../../../kernels/index-math.js";
import { scalarParts } from "../../../kernels/walk.js";
import { isPlainSum } from "../text/monoids.js";

type Read = Extract<ScalarIR, { kind: "read" }>;

export interface Contraction {
  readonly reduce: ReduceIR;
  readonly left: Read;
  readonly right: Read;
  readonly column: number;
  /** Output variables of the right operand alone, besides the column. */
  readonly blocks: readonly number[];
  /** All others. */
  readonly rows: readonly number[];
  /** Variables that are summed over. */
  readonly reduced: readonly number[];
}

/** Undefined where an op is none. */
export function matchContraction(kernel: KernelIR, monoids: ReadonlyMap<string, MonoidIR>): Contraction | undefined {
  const reduce = onlyReduction(kernel);
  if (reduce === undefined || reduce.where !== undefined || reduce.rowsWhere !== undefined) return undefined;
  const monoid = monoids.get(reduce.monoid);
  if (monoid === undefined || !isPlainSum(monoid)) return undefined;
  const [body] = reduce.bodies;
  if (body?.kind !== "binary" || body.operator !== "*") return undefined;
  const { left: first, right: second } = body;
  if (first.kind !== "read" || second.kind !== "read") return undefined;
  const column = kernel.outputRank - 1;
  if (column < 0) return undefined;
  const isRight = (read: Read): boolean => standsOnce(read, column);
  const isFree = (read: Read): boolean => !variablesOf(read).has(column);
  const [left, right] = isRight(second) && isFree(first) ? [first, second] : [second, first];
  if (!isRight(right) || !isFree(left)) return undefined;
  const reduced = reduce.variables;
  const isStraight = (read: Read): boolean =>
    reduced.every((variable) => !variablesOf(read).has(variable) || standsOnce(read, variable));
  if (!isStraight(left) || !isStraight(right)) return undefined;
  if (reduced.some((variable) => !variablesOf(left).has(variable) || !variablesOf(right).has(variable))) {
    return undefined;
  }
  const outputs = Array.from({ length: column }, (_, variable) => variable);
  const blocks = outputs.filter((variable) => variablesOf(right).has(variable) && !variablesOf(left).has(variable));
  // A variable that leads to the right operand through a table, and to none of the left, is of the rows as well.
  const straight = blocks.filter((variable) => standsOnce(right, variable));
  const rows = outputs.filter((variable) => !straight.includes(variable));
  return { reduce, left, right, column, blocks: straight, rows, reduced };
}

/** The only reduction of a kernel, in its body or in a local equation that is read as it stands; undefined where there are more. */
function onlyReduction(kernel: KernelIR): ReduceIR | undefined {
  const found = new Map<string, ReduceIR>();
  let fits = true;
  const seen = new Set<number>();
  const visit = (node: ScalarIR): void => {
    if (node.kind === "reduce") {
      found.set(reductionKey(node), node);
      return;
    }
    if (node.kind === "local") {
      const local = kernel.locals[node.local]!;
      const isPlain = node.at.every((index, d) => exactVariable(index) === local.indices[d]);
      fits &&= isPlain && local.indices.every((variable) => variable < kernel.outputRank);
      if (!seen.has(node.local)) {
        seen.add(node.local);
        visit(local.body);
      }
    }
    scalarParts(node).forEach(visit);
  };
  visit(kernel.body);
  return fits && found.size === 1 ? [...found.values()][0] : undefined;
}

function variablesOf({ at }: Read): Set<number> {
  return new Set(at.flatMap((index) => indexVariables(index)));
}

/** Whether a variable stands in one dimension of a read alone, and is its index. */
function standsOnce({ at }: Read, variable: number): boolean {
  const own = at.filter((index: IndexIR) => indexVariables(index).includes(variable));
  return own.length === 1 && exactVariable(own[0]!) === variable;
}
