import fc from "fast-check";
import { expect, test } from "vitest";
import { mapCondition } from "../../compiler/kernels/conditions.js";
import type { IndexIR, KernelIR, ScalarIR } from "../../compiler/check/ir.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { collectAccesses } from "../../compiler/lower/access.js";
import { forEachImage } from "../../compiler/lower/image.js";
import { runsFromSortedIndices } from "../../compiler/graph/runs.js";
import { columnImage, groupBoundaries, partBoundariesOfRows, rowsWith } from "../../compiler/lower/table-rows.js";
import { binary, local, read, variable } from "../support/kernel-builder.js";
import { evaluateKernel } from "../support/kernel-oracle.js";
import { elementsOf, indicesOf } from "../support/plan-interpreter.js";
import { runsOf } from "../support/random-draw.js";
import { randomKernel, smallTable, type RandomKernel } from "../support/random-kernel.js";

/** Each reduction with variables of its own, as the front makes them. */
function withOwnVariables({ kernel, ranges }: RandomKernel): { kernel: KernelIR; ranges: readonly Runs[] } {
  const variables = [...kernel.variables];
  const owned = [...ranges];
  type Names = ReadonlyMap<number, number>;
  const index = (at: IndexIR, names: Names): IndexIR =>
    at.kind === "column"
      ? { ...at, at: index(at.at, names) }
      : { ...at, terms: at.terms.map((term) => ({ ...term, variable: names.get(term.variable) ?? term.variable })) };
  const scalar = (node: ScalarIR, names: Names): ScalarIR => {
    switch (node.kind) {
      case "read":
      case "local":
        return { ...node, at: node.at.map((at) => index(at, names)) };
      case "weight":
      case "index":
        return { ...node, at: index(node.at, names) };
      case "call":
        return { ...node, arguments: node.arguments.map((part) => scalar(part, names)) };
      case "binary":
        return { ...node, left: scalar(node.left, names), right: scalar(node.right, names) };
      case "select":
        return {
          ...node,
          condition: mapCondition(node.condition, (at) => index(at, names)),
          whenTrue: scalar(node.whenTrue, names),
          whenFalse: scalar(node.whenFalse, names),
        };
      case "reduce": {
        const inner = new Map(names);
        for (const number of node.variables) {
          inner.set(number, variables.push(kernel.variables[number]!) - 1);
          owned.push(ranges[number]!);
        }
        const { rowsWhere, where } = node;
        return {
          ...node,
          variables: node.variables.map((number) => inner.get(number)!),
          bodies: node.bodies.map((body) => scalar(body, inner)),
          ...(where && { where: mapCondition(where, (at) => index(at, inner)) }),
          ...(rowsWhere === undefined ? {} : { rowsWhere: { ...rowsWhere, equals: index(rowsWhere.equals, names) } }),
        };
      }
      default:
        return node;
    }
  };
  // Variables of a local equation that are no outputs are its own as well.
  const locals = kernel.locals.map((local) => {
    const names = new Map(
      local.indices
        .filter((number) => number >= kernel.outputRank)
        .map((number) => [number, variables.push(kernel.variables[number]!) - 1]),
    );
    owned.push(...[...names.keys()].map((number) => ranges[number]!));
    return { ...local, indices: local.indices.map((i) => names.get(i) ?? i), body: scalar(local.body, names) };
  });
  return { kernel: { ...kernel, locals, body: scalar(kernel.body, new Map()), variables }, ranges: owned };
}

const subset = (size: number) => fc.uniqueArray(fc.nat(size - 1)).map((list) => list.toSorted((a, b) => a - b));

const randomTable = fc
  .array(fc.tuple(fc.nat(5), fc.nat(3)), { minLength: 1, maxLength: 14 })
  .map((pairs) => smallTable(6, 4, pairs));

test("rows by what their columns hold", () => {
  fc.assert(
    fc.property(randomTable, subset(6), subset(4), subset(14), (table, from, to, some) => {
      const rows = [...table.from.keys()];
      expect(indicesOf(rowsWith(table, "from", runsFromSortedIndices(from)))).toEqual(
        rows.filter((row) => from.includes(table.from[row]!)),
      );
      expect(indicesOf(rowsWith(table, "to", runsFromSortedIndices(to)))).toEqual(
        rows.filter((row) => to.includes(table.to[row]!)),
      );
      const chosen = some.filter((row) => row < table.rowCount);
      for (const column of ["from", "to"] as const) {
        const image = new Set(chosen.map((row) => table[column][row]!));
        expect(indicesOf(columnImage(table, column, runsFromSortedIndices(chosen)))).toEqual(
          [...image].toSorted((a, b) => a - b),
        );
      }
    }),
    { numRuns: runsOf(300) },
  );
});

test("boundaries stand wherever the expert or the part of its tokens changes", () => {
  const starts = fc.uniqueArray(fc.integer({ min: 1, max: 6 })).map((list) => [0, ...list.toSorted((a, b) => a - b)]);
  fc.assert(
    fc.property(randomTable, starts, (table, partStarts) => {
      const partOf = (from: number): number => partStarts.filter((start) => start <= from).length;
      const changes = (key: (row: number) => string): number[] =>
        [...table.from.keys()].filter((row) => row > 0 && key(row) !== key(row - 1));
      const inside = (boundaries: readonly number[]): number[] =>
        boundaries.filter((row) => row > 0 && row < table.rowCount).toSorted((a, b) => a - b);
      expect(inside(groupBoundaries(table))).toEqual(changes((row) => `${table.to[row]}`));
      expect(inside(partBoundariesOfRows(table, "from", partStarts))).toEqual(
        changes((row) => `${table.to[row]} ${partOf(table.from[row]!)}`),
      );
    }),
    { numRuns: runsOf(300) },
  );
});

test("the images of a kernel's accesses are exactly the elements it reads", () => {
  fc.assert(
    fc.property(randomKernel, (random) => {
      const { kernel, ranges } = withOwnVariables(random);
      const { table } = random;
      // Blocks are never empty.
      fc.pre(ranges.slice(0, kernel.outputRank).every((runs) => runs.length > 0));
      const read = new Set<string>();
      for (const at of elementsOf(ranges.slice(0, kernel.outputRank)))
        evaluateKernel(kernel, [table], ranges, at, (operand, index) => {
          read.add(`${operand}[${index.join()}]`);
          return 0;
        });
      const derived = new Set<string>();
      for (const access of collectAccesses(kernel))
        forEachImage(
          access,
          (variable) => ranges[variable]!,
          [table],
          (image) => {
            for (const index of elementsOf(image)) derived.add(`${access.operand}[${index.join()}]`);
          },
        );
      expect([...derived].toSorted()).toEqual([...read].toSorted());
    }),
    { numRuns: runsOf(500) },
  );
});

test("a long chain of local equations, each of which reads the one before twice, reads what its first one does", () => {
  const count = 3000;
  const chain: ScalarIR[] = [read(0, 0)];
  for (let k = 1; k < count; k++) chain.push(binary(local(k - 1, 0), "*", local(k - 1, 0)));
  const kernel: KernelIR = {
    name: "chain",
    variables: [{ name: "i", size: 4 }],
    outputRank: 1,
    locals: chain.map((body) => ({ name: "l", indices: [0], body })),
    body: local(count - 1, 0),
  };
  expect(collectAccesses(kernel).map(({ operand, at }) => [operand, at])).toEqual([[0, [variable(0)]]]);
});
