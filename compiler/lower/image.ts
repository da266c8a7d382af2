/** Images of index expressions: which indices of an operand a set of index values reaches, exactly. */
import type { IndexIR, TableData } from "../check/ir.js";
import type { Access, Binding } from "./access.js";
import { columnImage, rowsWith } from "./table-rows.js";
import { emptyRuns, intersect, interval, scaleRuns, sumRuns, type Runs } from "./runs.js";

/** What each variable ranges over; by variable number. */
export type Ranges = (variable: number) => Runs;

export function imageOfIndex(
  index: IndexIR,
  ranges: Ranges,
  bindings: readonly Binding[],
  tables: readonly TableData[],
): Runs {
  if (index.kind === "column") {
    return columnImage(tables[index.table]!, index.column, imageOfIndex(index.at, ranges, bindings, tables));
  }
  let image: Runs | undefined;
  for (const { variable, coefficient } of index.terms) {
    const range = rangeOf(variable, ranges, bindings, tables);
    if (range.length === 0) return emptyRuns;
    const scaled = scaleRuns(range, coefficient, 0);
    image = image === undefined ? scaled : sumRuns(image, scaled);
  }
  if (image === undefined) return interval(index.offset, index.offset + 1);
  return scaleRuns(image, 1, index.offset);
}

/** Range of a variable; a bound one's is cut down to what its binding allows. */
export function rangeOf(
  variable: number,
  ranges: Ranges,
  bindings: readonly Binding[],
  tables: readonly TableData[],
): Runs {
  const binding = bindings.find((b) => b.variable === variable);
  if (binding === undefined) return ranges(variable);
  const values = imageOfIndex(binding.equals, ranges, bindings, tables);
  if (binding.rows === undefined) return values;
  const { table, column } = binding.rows;
  return intersect(ranges(variable), rowsWith(tables[table]!, column, values));
}

/**
 * Variables that occur in more than one place of the access (in two dimensions, in an index and in what binds another
 * variable there, in a reduction around it that no index names): along them the image is not a product, and they must be
 * taken one value at a time. Outer variables before those bound by them.
 */
export function coupledVariables(access: Access): number[] {
  const seen = new Set<number>();
  const coupled = new Set<number>();
  const occurs = (variable: number): void => {
    if (seen.has(variable)) coupled.add(variable);
    seen.add(variable);
    const binding = access.bindings.find((b) => b.variable === variable);
    if (binding !== undefined) occurIn(binding.equals);
  };
  const occurIn = (index: IndexIR): void => {
    if (index.kind === "column") occurIn(index.at);
    else for (const { variable } of index.terms) occurs(variable);
  };
  access.at.forEach(occurIn);
  access.unnamed.forEach(occurs);
  const bound = access.bindings.map((b) => b.variable);
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
      if (access.unnamed.some((variable) => rangeOf(variable, current, access.bindings, tables).length === 0)) return;
      const image = access.at.map((index) => imageOfIndex(index, current, access.bindings, tables));
      if (image.every((runs) => runs.length > 0)) visit(image);
      return;
    }
    const variable = coupled[depth]!;
    const range = rangeOf(variable, current, access.bindings, tables);
    for (let i = 0; i < range.length; i += 2)
      for (let x = range[i]!; x < range[i + 1]!; x++) {
        fixed.set(variable, interval(x, x + 1));
        recurse(depth + 1);
        fixed.delete(variable);
      }
  };
  recurse(0);
}
