/** Which elements of a kernel's local equations a region needs: the images of the places that read them. */
import type { IndexIR, KernelIR, ScalarIR, TableData } from "../check/ir.js";
import type { Runs } from "../graph/execution-plan.js";
import { columnOf } from "../graph/table-columns.js";
import { forEachIndex, runsFromSortedIndices, unionOfAll } from "../graph/runs.js";
import { scalarParts } from "./walk.js";

interface LocalUse {
  readonly local: number;
  /** The local whose body reads it; absent: the kernel's body. */
  readonly reader: number | undefined;
  readonly at: readonly IndexIR[];
}

function collectUses(scalar: ScalarIR, reader: number | undefined, uses: LocalUse[]): void {
  if (scalar.kind === "local") uses.push({ local: scalar.local, reader, at: scalar.at });
  for (const part of scalarParts(scalar)) collectUses(part, reader, uses);
}

/** A superset where terms add up (the hull of the sum), else exact: more than needed is computed, never less. */
function imageOf(index: IndexIR, rangeOf: (variable: number) => Runs, tables: readonly TableData[]): Runs {
  if (index.kind === "column") {
    const column = columnOf(tables[index.table]!, index.column).values;
    const values = new Set<number>();
    forEachIndex(imageOf(index.at, rangeOf, tables), (row) => {
      if (row >= 0 && row < column.length) values.add(column[row]!);
    });
    return runsFromSortedIndices([...values].sort((a, b) => a - b));
  }
  const [term] = index.terms;
  if (index.terms.length === 1 && term!.coefficient === 1) {
    const runs = rangeOf(term!.variable);
    return index.offset === 0 ? runs : runs.map((bound) => bound + index.offset);
  }
  let low = index.offset;
  let high = index.offset;
  for (const { variable, coefficient } of index.terms) {
    const runs = rangeOf(variable);
    if (runs.length === 0) return runs;
    const ends = [coefficient * runs[0]!, coefficient * (runs.at(-1)! - 1)];
    low += Math.min(...ends);
    high += Math.max(...ends);
  }
  return Int32Array.of(low, high + 1);
}

/** A function from what the variables range over to the domain of each local, per index of the local. */
export function localDomainsOf(
  kernel: KernelIR,
  tables: readonly TableData[],
): (ranges: readonly Runs[]) => (readonly Runs[])[] {
  const uses: LocalUse[] = [];
  collectUses(kernel.body, undefined, uses);
  kernel.locals.forEach((local, number) => collectUses(local.body, number, uses));
  return (ranges) => {
    const domains: (readonly Runs[])[] = Array.from({ length: kernel.locals.length });
    // Later locals read earlier ones, so what reads a local is known before it.
    for (let number = kernel.locals.length - 1; number >= 0; number--) {
      const images = uses
        .filter((use) => use.local === number)
        .map((use) => {
          const indices = use.reader === undefined ? [] : kernel.locals[use.reader]!.indices;
          const rangeOf = (variable: number): Runs => {
            const position = indices.indexOf(variable);
            return position < 0 ? ranges[variable]! : domains[use.reader!]![position]!;
          };
          return use.at.map((index) => imageOf(index, rangeOf, tables));
        });
      domains[number] = kernel.locals[number]!.indices.map((_, d) =>
        images.length === 0 ? new Int32Array(0) : unionOfAll(images.map((image) => image[d]!)),
      );
    }
    return domains;
  };
}
