import fc from "fast-check";
import { expect, test } from "vitest";
import type { AxisIR, TableData } from "../../compiler/check/ir.js";
import { inferLayout } from "../../compiler/check/layout-inference.js";
import type { InferenceContext, Layout } from "../../compiler/check/layout-inference.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { column, kernel, read, reduce, variable } from "../support/kernel-builder.js";
import { smallTable } from "../support/random-kernel.js";
import { mesh } from "../support/sharded-kernels.js";

// Rows of R that lead to rows of P by a column: where they lie is asked of the data, and judged here row by row.

const [fromSize, toSize] = [6, 4];
const positions = [0, 1].flatMap((m) => [0, 1, 2].map((n) => [m, n] as const));

interface Case {
  readonly tables: readonly [R: TableData, P: TableData];
  /** Of the rows that are read. */
  readonly cuts: readonly { readonly meshAxis: number; readonly by: string }[];
}

const pairs = fc.array(fc.tuple(fc.nat(fromSize - 1), fc.nat(toSize - 1)), { minLength: 1, maxLength: 6 });
/** R's rows are P's, some several times, or led to P's rows anyhow; their columns are P's, or moved along a little. */
const cases: fc.Arbitrary<Case> = pairs.chain((ofP) => {
  const p = { ...smallTable(fromSize, toSize, ofP), name: "sent" };
  const led = fc.array(fc.tuple(fc.nat(p.rowCount - 1), fc.boolean(), fc.nat(toSize - 1)), {
    minLength: 1,
    maxLength: 7,
  });
  return fc
    .record({ led, cuts: cutsOf(["from", "to"]), strays: fc.boolean() })
    .map(({ led: rows, cuts, strays }): Case => {
      const of = (row: number, stray: boolean): [number, number] => [
        p.from[row]!,
        strays && stray ? (p.to[row]! + 1) % toSize : p.to[row]!,
      ];
      const ordered = rows
        .map(([row, stray, other]) => ({ row, other, ends: of(row, stray) }))
        .sort((a, b) => a.ends[1] - b.ends[1] || a.ends[0] - b.ends[0]);
      const r = smallTable(
        fromSize,
        toSize,
        ordered.map(({ ends }) => ends),
      );
      const via = {
        name: "via",
        values: Int32Array.from(ordered, ({ row }) => row),
        axis: "rows(sent)",
        size: p.rowCount,
      };
      const other = {
        name: "other",
        values: Int32Array.from(ordered, (one) => one.other),
        axis: "experts",
        size: toSize,
      };
      return { tables: [{ ...r, columns: [{ ...via, table: 1 }, other] }, p], cuts };
    });
});

function cutsOf(columns: readonly string[]): fc.Arbitrary<Case["cuts"]> {
  const cut = fc.option(fc.constantFrom(...columns), { nil: undefined });
  return fc.tuple(cut, cut, fc.boolean()).map(([m, n, turned]) => {
    const cuts = [m, n].flatMap((by, meshAxis) => (by === undefined ? [] : [{ meshAxis, by }]));
    return turned ? cuts.toReversed() : cuts;
  });
}

const contextOf = (tables: readonly TableData[]): InferenceContext => ({
  meshAxisCount: mesh.axes.length,
  columnSize: (table, name) => columnOf(tables[table]!, name).size,
  rowParts: { tables, mesh },
  kindOf: () => "additive",
});

const rowsAxis = (table: TableData, number: number, cuts: AxisIR["cuts"]): AxisIR => ({
  ...{ name: `rows(${table.name})`, size: table.rowCount, table: number, cuts },
});

/** Whether a position has a row: nested ceiling blocks of each column. */
function holds(table: TableData, row: number, cuts: AxisIR["cuts"], position: readonly number[]): boolean {
  const left = new Map<string, { value: number; size: number }>();
  return cuts.every(({ meshAxis, by }) => {
    const found = columnOf(table, by!);
    const { value, size } = left.get(by!) ?? { value: found.values[row]!, size: found.size };
    const block = Math.ceil(size / mesh.axes[meshAxis]!.size);
    const start = position[meshAxis]! * block;
    left.set(by!, { value: value - start, size: Math.max(0, Math.min(block, size - start)) });
    return block > 0 && Math.floor(value / block) === position[meshAxis];
  });
}

const layoutOf = (axis: AxisIR): Layout => ({ axes: [axis], pending: [], at: [] });
const rowsOf = (table: TableData) => Array.from({ length: table.rowCount }, (_, row) => row);

/** Columns of a table by which the rows named `mine` lie exactly where `theirs` do. */
function fits(names: readonly string[], sameEverywhere: (name: string) => boolean): boolean {
  return names.some(sameEverywhere);
}

test("x[via(r)] is laid out as every row's source, and has no layout only where no column is", () => {
  let [found, refused] = [0, 0];
  fc.assert(
    fc.property(cases, ({ tables, cuts }) => {
      const [r, p] = tables;
      const gather = kernel(1, [["r", r.rowCount, 0]], read(0, column(0, "via", variable(0))));
      const { layout } = inferLayout(gather, [layoutOf(rowsAxis(p, 1, cuts))], contextOf(tables));
      const via = columnOf(r, "via").values;
      if (layout) {
        found += Number(cuts.length > 0);
        expect(layout.pending).toEqual([]);
        for (const row of rowsOf(r))
          for (const position of positions)
            expect(holds(r, row, layout.cuts[0]!, position)).toBe(holds(p, via[row]!, cuts, position));
        return;
      }
      refused += 1;
      // Some column of P is followed by none of R's.
      const unfollowed = ["from", "to"].some((by) => {
        const own = cuts.filter((cut) => cut.by === by);
        const follows = (name: string) => {
          const renamed = own.map((cut) => ({ ...cut, by: name }));
          return rowsOf(r).every((row) =>
            positions.every((at) => holds(r, row, renamed, at) === holds(p, via[row]!, own, at)),
          );
        };
        return own.length > 0 && !fits(["from", "to", "other"], follows);
      });
      // Or two are followed by the same one, in an order that does not nest.
      if (!unfollowed) expect(new Set(cuts.map(({ by }) => by)).size).toBe(2);
    }),
    { numRuns: 1000 },
  );
  expect(found).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(50);
});

test("a sum over the rows that lead to s is complete only where a position with s has them all", () => {
  let [complete, pending] = [0, 0];
  const all = cases.chain(({ tables }) => cutsOf(["from", "to", "other"]).map((cuts) => ({ tables, cuts })));
  fc.assert(
    fc.property(all, ({ tables, cuts }) => {
      const [r, p] = tables;
      const body = reduce("sum", [1], read(0, variable(1)), { table: 0, column: "via", equals: variable(0) });
      const variables: [string, number, number][] = [
        ["s", p.rowCount, 1],
        ["r", r.rowCount, 0],
      ];
      const { layout } = inferLayout(kernel(1, variables, body), [layoutOf(rowsAxis(r, 0, cuts))], contextOf(tables));
      const via = columnOf(r, "via").values;
      if (!layout) return;
      const over = layout.pending.flatMap((one) => one.over);
      if (over.length > 0) pending += 1;
      else if (cuts.length > 0) complete += 1;
      for (const row of rowsOf(r))
        for (const position of positions) {
          // Over the mesh axes that are not pending, a position that has s has each of its rows.
          const settled = cuts.filter(({ meshAxis }) => !over.includes(meshAxis));
          if (holds(p, via[row]!, layout.cuts[0]!, position)) expect(holds(r, row, settled, position)).toBe(true);
        }
    }),
    { numRuns: 1000 },
  );
  expect(complete).toBeGreaterThan(100);
  expect(pending).toBeGreaterThan(100);
});
