/** Where what an index expression reads lies in a tensor, computed before the run. */
import type { IndexIR, ScalarIR, TableData } from "../../../check/ir.js";
import type { Runs } from "../../../graph/execution-plan.js";
import { intervalsOf } from "../../../graph/runs.js";
import { columnOf } from "../../../graph/table-columns.js";
import { exactVariable, indexVariables } from "../../../kernels/index-math.js";
import type { DeviceTensor } from "../tensors.js";

type Read = Extract<ScalarIR, { kind: "read" }>;
export type Values = ReadonlyMap<number, number>;

/** So many rows of a task are listed at most. */
export const mostRows = 1 << 20;

export function indexAt(index: IndexIR, values: Values, tables: readonly TableData[]): number {
  if (index.kind === "column")
    return columnOf(tables[index.table]!, index.column).values[indexAt(index.at, values, tables)]!;
  return index.terms.reduce(
    (sum, { variable, coefficient }) => sum + coefficient * values.get(variable)!,
    index.offset,
  );
}

/** Position of an index in its dimension. */
export function positionIn(tensor: DeviceTensor, dimension: number, index: number): number {
  const map = tensor.maps[dimension];
  return map === undefined ? index - (tensor.domain[dimension]![0] ?? 0) : map.positions[index - map.first]!;
}

/** Place of what is read, of those dimensions whose variables are wanted; the others count as if at position 0. */
export function placeOf(
  tensor: DeviceTensor,
  { at }: Read,
  values: Values,
  tables: readonly TableData[],
  isWanted: (variables: readonly number[]) => boolean,
): number {
  let place = 0;
  at.forEach((index, d) => {
    if (isWanted(indexVariables(index)))
      place += positionIn(tensor, d, indexAt(index, values, tables)) * tensor.strides[d]!;
  });
  return place;
}

/** The dimension of which a variable is the index. */
export const dimensionOf = ({ at }: Read, variable: number): number =>
  at.findIndex((index) => exactVariable(index) === variable);

/** Every combination of the indices of some variables, the last one fastest. */
export function combinations(variables: readonly number[], ranges: readonly Runs[]): Map<number, number>[] {
  let all: [number, number][][] = [[]];
  for (const variable of variables) {
    const next: [number, number][][] = [];
    for (const one of all)
      for (const [start, end] of intervalsOf(ranges[variable]!))
        for (let index = start; index < end; index++) next.push([...one, [variable, index]]);
    all = next;
  }
  return all.map((one) => new Map(one));
}

export const inFours = (numbers: readonly number[]): boolean => numbers.every((number) => number % 4 === 0);

/** What is summed over, as neighbouring steps along one variable. */
export interface Stretches {
  readonly inner: number;
  readonly list: readonly { readonly left: number; readonly right: number; readonly length: number }[];
}

/** Of two reads that share the variables that are summed over; what are neighbours in both is one stretch. */
export function stretchesOf(
  left: Read,
  right: Read,
  reduced: readonly number[],
  operands: readonly DeviceTensor[],
  ranges: readonly Runs[],
): Stretches {
  const endOf = (read: Read) => {
    const tensor = operands[read.operand]!;
    return {
      stride: (variable: number): number => tensor.strides[dimensionOf(read, variable)]!,
      place: (variable: number, index: number): number => {
        const dimension = dimensionOf(read, variable);
        return positionIn(tensor, dimension, index) * tensor.strides[dimension]!;
      },
    };
  };
  const [leftEnd, rightEnd] = [endOf(left), endOf(right)];
  // The innermost of the left operand's, so that four steps are one load where they can be.
  const inner = reduced.reduce((best, variable) => (leftEnd.stride(variable) < leftEnd.stride(best) ? variable : best));
  const others = reduced.filter((variable) => variable !== inner);
  const list: { left: number; right: number; length: number }[] = [];
  for (const values of combinations(others, ranges)) {
    const before = (end: typeof leftEnd): number =>
      others.reduce((sum, variable) => sum + end.place(variable, values.get(variable)!), 0);
    for (const [start, stop] of intervalsOf(ranges[inner]!)) {
      const next = {
        left: before(leftEnd) + leftEnd.place(inner, start),
        right: before(rightEnd) + rightEnd.place(inner, start),
        length: stop - start,
      };
      const last = list.at(-1);
      const isNeighbour =
        last !== undefined &&
        next.left === last.left + last.length * leftEnd.stride(inner) &&
        next.right === last.right + last.length * rightEnd.stride(inner);
      if (isNeighbour) last.length += next.length;
      else list.push(next);
    }
  }
  return { inner, list };
}
