/** Guards that two indices have the same in a column, `doc.to(s) == doc.to(t)`: taken value by value of the column. */
import type { ConditionIR, TableData } from "../check/ir.js";
import { pureVariable } from "./access.js";
import { forEachIndex, intersect, type Runs } from "../graph/runs.js";
import { columnImage, rowsHolding } from "./table-rows.js";

/** What `doc.to(s) == doc.to(t)` says: two variables of which columns hold the same. */
export interface SameValue {
  readonly condition: ConditionIR;
  readonly sides: readonly { readonly variable: number; readonly table: number; readonly column: string }[];
}

/** Of conditions that hold together, those that say so of two different variables. */
export function sameValues(conditions: readonly ConditionIR[]): SameValue[] {
  return conditions.flatMap((condition) => {
    if (condition.kind !== "compare" || condition.operator !== "==") return [];
    const sides = [condition.left, condition.right].flatMap((index) => {
      const variable = index.kind === "column" ? pureVariable(index.at) : undefined;
      return index.kind === "column" && variable !== undefined ? [{ ...index, variable }] : [];
    });
    return sides.length === 2 && sides[0]!.variable !== sides[1]!.variable ? [{ condition, sides }] : [];
  });
}

/** For each value that both columns hold: what the variables range over where they do. There any two of them pass. */
export function forEachSame(
  { sides }: SameValue,
  ranges: (variable: number) => Runs,
  tables: readonly TableData[],
  visit: (narrowed: (variable: number) => Runs) => void,
): void {
  const images = sides.map(({ variable, table, column }) => columnImage(tables[table]!, column, ranges(variable)));
  forEachIndex(intersect(images[0]!, images[1]!), (value) => {
    const narrowed = new Map(
      sides.map(({ variable, table, column }) => [
        variable,
        intersect(ranges(variable), rowsHolding(tables[table]!, column, value)),
      ]),
    );
    visit((variable) => narrowed.get(variable) ?? ranges(variable));
  });
}
