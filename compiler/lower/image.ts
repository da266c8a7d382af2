/** Images of index expressions: which indices of an operand a set of index values reaches, exactly. */
import type { IndexIR, TableData } from "../check/ir.js";
import type { Access, RowsBinding } from "./access.js";
import { variablesOf } from "./access.js";
import { columnImage, rowsWith } from "./table-rows.js";
import { emptyRuns, intersect, interval, scaleRuns, sumRuns, type Runs } from "./runs.js";

/** What each variable ranges over; by variable number. */
export type Ranges = (variable: number) => Runs;

export function imageOfIndex(
  index: IndexIR,
  ranges: Ranges,
  rows: readonly RowsBinding[],
  tables: readonly TableData[],
): Runs {
  if (index.kind === "column") {
    return columnImage(tables[index.table]!, index.column, imageOfIndex(index.at, ranges, rows, tables));
  }
  let image: Runs | undefined;
  for (const { variable, coefficient } of index.terms) {
    const range = rangeOf(variable, ranges, rows, tables);
    if (range.length === 0) return emptyRuns;
    const scaled = scaleRuns(range, coefficient, 0);
    image = image === undefined ? scaled : sumRuns(image, scaled);
  }
  if (image === undefined) return interval(index.offset, index.offset + 1);
  return scaleRuns(image, 1, index.offset);
}

/** Range of a variable; a rows variable's is cut down to the rows its binding allows. */
export function rangeOf(
  variable: number,
  ranges: Ranges,
  rows: readonly RowsBinding[],
  tables: readonly TableData[],
): Runs {
  const own = ranges(variable);
  const binding = rows.find((b) => b.variable === variable);
  if (binding === undefined) return own;
  const values = imageOfIndex(binding.equals, ranges, rows, tables);
  return intersect(own, rowsWith(tables[binding.table]!, binding.column, values));
}

/**
 * Variables that occur in more than one dimension of the access (a reduction around it that no index names counts as
 * one): along them the image is not a product, and they must be taken one value at a time. Outer variables before those
 * bound by them.
 */
export function coupledVariables(access: Access): number[] {
  const seen = new Set<number>();
  const coupled = new Set<number>();
  const unnamed = access.unnamed.map((variable): IndexIR => ({
    kind: "affine",
    terms: [{ variable, coefficient: 1 }],
    offset: 0,
  }));
  for (const index of [...access.at, ...unnamed]) {
    const variables = variablesOf(index, access.rows);
    for (const variable of variables) if (seen.has(variable)) coupled.add(variable);
    for (const variable of variables) seen.add(variable);
  }
  const bound = access.rows.map((b) => b.variable);
  return [...coupled].toSorted((a, b) => bound.indexOf(a) - bound.indexOf(b));
}

/** Images of all dimensions of an access, one product at a time; empty products are left out. */
export function forEachImage(
  access: Access,
  ranges: Ranges,
  tables: readonly TableData[],
  visit: (image: readonly Runs[]) => void,
): void {
  const coupled = coupledVariables(access);
  const fixed = new Map<number, Runs>();
  const current: Ranges = (variable) => fixed.get(variable) ?? ranges(variable);
  const recurse = (depth: number): void => {
    if (depth === coupled.length) {
      if (access.unnamed.some((variable) => rangeOf(variable, current, access.rows, tables).length === 0)) return;
      const image = access.at.map((index) => imageOfIndex(index, current, access.rows, tables));
      if (image.every((runs) => runs.length > 0)) visit(image);
      return;
    }
    const variable = coupled[depth]!;
    const range = rangeOf(variable, current, access.rows, tables);
    for (let i = 0; i < range.length; i += 2)
      for (let x = range[i]!; x < range[i + 1]!; x++) {
        fixed.set(variable, interval(x, x + 1));
        recurse(depth + 1);
        fixed.delete(variable);
      }
  };
  recurse(0);
}
