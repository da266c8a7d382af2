import type { Comparison } from "../../compiler/kernels/conditions.js";
import type {
  ConditionIR,
  IndexIR,
  KernelIR,
  LocalIR,
  MonoidIR,
  ReduceIR,
  ScalarFunction,
  ScalarIR,
} from "../../compiler/check/ir.js";

/** Short ways to write kernels by hand; variables by number. */
export const variable = (number: number, coefficient = 1, offset = 0): IndexIR => ({
  kind: "affine",
  terms: [{ variable: number, coefficient }],
  offset,
});
export const column = (table: number, name: string, at: IndexIR): IndexIR => ({
  kind: "column",
  table,
  column: name,
  at,
});
const asIndex = (at: number | IndexIR): IndexIR => (typeof at === "number" ? variable(at) : at);

export const constant = (value: number): ScalarIR => ({ kind: "constant", value });
export const read = (operand: number, ...at: (number | IndexIR)[]): ScalarIR => ({
  kind: "read",
  operand,
  at: at.map(asIndex),
});
export const local = (number: number, ...at: (number | IndexIR)[]): ScalarIR => ({
  kind: "local",
  local: number,
  at: at.map(asIndex),
});
export const weight = (table: number, at: number | IndexIR): ScalarIR => ({ kind: "weight", table, at: asIndex(at) });
export const binary = (left: ScalarIR, operator: "+" | "-" | "*" | "/", right: ScalarIR): ScalarIR => ({
  kind: "binary",
  operator,
  left,
  right,
});
export const call = (name: ScalarFunction, ...parts: ScalarIR[]): ScalarIR => ({
  kind: "call",
  function: name,
  arguments: parts,
});
export const reduce = (
  monoid: string,
  variables: number[],
  body: ScalarIR,
  rowsWhere?: ReduceIR["rowsWhere"],
  where?: ConditionIR,
): ScalarIR => ({
  ...{ kind: "reduce", monoid, variables, bodies: [body] },
  ...(rowsWhere ? { rowsWhere } : {}),
  ...(where ? { where } : {}),
});
export const compare = (
  left: number | IndexIR,
  operator: Comparison["operator"],
  right: number | IndexIR,
): ConditionIR => ({ kind: "compare", operator, left: asIndex(left), right: asIndex(right) });
export const select = (condition: ConditionIR, whenTrue: ScalarIR, whenFalse: ScalarIR): ScalarIR => ({
  ...{ kind: "select", condition, whenTrue, whenFalse },
});

/** `variables` as [name, size] or [name, size, table], outputs first. */
export function kernel(
  outputRank: number,
  variables: readonly (readonly [string, number, number?])[],
  body: ScalarIR,
  locals: readonly LocalIR[] = [],
): KernelIR {
  return {
    name: "test",
    outputRank,
    variables: variables.map(([name, size, table]) => ({ name, size, ...(table === undefined ? {} : { table }) })),
    locals,
    body,
  };
}

const argument = (number: number): ScalarIR => ({ kind: "argument", argument: number });
export const sumMonoid: MonoidIR = {
  name: "sum",
  ordered: false,
  axes: [],
  components: [{ name: "x", dtype: "f32", axes: [] }],
  identity: [0],
  combine: [binary(argument(0), "+", argument(1))],
  finish: argument(0),
  commutative: true,
};
export const maxMonoid: MonoidIR = {
  name: "max",
  ordered: false,
  axes: [],
  components: [{ name: "x", dtype: "f32", axes: [] }],
  identity: [-Infinity],
  combine: [call("max", argument(0), argument(1))],
  finish: argument(0),
  commutative: true,
};
export const standardMonoids = [sumMonoid, maxMonoid];

/** c[i, j] = sum over k of a[i, k] * b[k, j]. */
export function matmulKernel(rows: number, columns: number, depth: number): KernelIR {
  return kernel(
    2,
    [
      ["i", rows],
      ["j", columns],
      ["k", depth],
    ],
    reduce("sum", [2], binary(read(0, 0, 2), "*", read(1, 2, 1))),
  );
}
