import fc from "fast-check";
import { expect, test } from "vitest";
import { countRows } from "../../compiler/check/count-rows.js";
import { heldAt } from "../../compiler/graph/axis-parts.js";
import type { AxisCutIR, TableData } from "../../compiler/check/ir.js";

const mesh = {
  axes: [
    { name: "a", size: 3 },
    { name: "b", size: 2 },
  ],
};
const location = { file: "", span: { start: 0, end: 0 } };

/** Rows in order of `to`, then `from`, with a column `via` of 5 values. */
function tableOf(pairs: readonly (readonly [number, number, number])[]): TableData {
  const rows = pairs.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
  const column = (index: 0 | 1 | 2) => Int32Array.from(rows, (row) => row[index]);
  const toStart = Int32Array.from({ length: 8 }, (_, value) => rows.filter(([, to]) => to < value).length);
  return {
    ...{ name: "t", fromAxis: "x", fromSize: 11, toAxis: "y", toSize: 7, rowCount: rows.length, location },
    ...{ from: column(0), to: column(1), weight: new Float64Array(rows.length), toStart },
    columns: [{ name: "via", values: column(2), axis: "z", size: 5 }],
  };
}

const cuts = fc
  .shuffledSubarray([0, 1])
  .chain((axes) =>
    fc.tuple(
      ...axes.map((meshAxis) =>
        fc.record({ meshAxis: fc.constant(meshAxis), by: fc.constantFrom("from", "to", "via") }),
      ),
    ),
  )
  .map((list): AxisCutIR[] => list);

test("rows are counted as they are found one by one", () => {
  const row = fc.tuple(fc.nat(10), fc.nat(6), fc.nat(4));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), cuts, cuts, fc.nat(2), fc.nat(1), (pairs, first, second, a, b) => {
      const table = tableOf(pairs);
      const held = [first, second].map((own) =>
        heldAt({ size: pairs.length, table: 0, cuts: own }, [table], mesh, [a, b]),
      );
      const rows = Array.from({ length: pairs.length }, (_, index) => index);
      const expected = rows.filter((index) => held.every((has) => has(index))).length;
      expect(countRows(table, [first, second], mesh, [a, b])).toBe(expected);
    }),
  );
});
