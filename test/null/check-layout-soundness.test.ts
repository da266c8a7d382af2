import fc from "fast-check";
import { expect, test } from "vitest";
import type { AxisIR, MonoidIR, TableData } from "../../compiler/check/ir.js";
import { inferLayout } from "../../compiler/check/layout-inference.js";
import type { InferenceContext, Layout } from "../../compiler/check/layout-inference.js";
import { composeKernels, isElementwise } from "../../compiler/check/compose-kernels.js";
import { binary, call, constant, kernel, read } from "../support/kernel-builder.js";
import { evaluateLocally, Missing } from "../support/local-evaluation.js";
import { mesh, shardedKernel } from "../support/sharded-kernels.js";
import type { ShardedKernel } from "../support/sharded-kernels.js";

const context = (table: TableData): InferenceContext => ({
  meshAxisCount: mesh.axes.length,
  columnSize: (_, column) => (column === "from" ? table.fromSize : table.toSize),
  rowParts: { tables: [table], mesh },
  kindOf: (monoid: MonoidIR["name"]) => (monoid === "sum" ? "additive" : "maximum"),
});

type Position = readonly number[];
const positions: Position[] = [0, 1].flatMap((m) => [0, 1, 2].map((n) => [m, n]));

/** Whether a position has an index of an axis: ceiling blocks, nested, of the axis or of a column of its rows. */
function holds(axis: AxisIR, index: number, position: Position, table: TableData): boolean {
  const extents: Record<string, number> = { "": axis.size, from: table.fromSize, to: table.toSize };
  const places: Record<string, number> = { "": index, from: table.from[index] ?? 0, to: table.to[index] ?? 0 };
  for (const { meshAxis, by } of axis.cuts) {
    const key = by ?? "";
    const block = Math.ceil(extents[key]! / mesh.axes[meshAxis]!.size);
    if (Math.floor(places[key]! / block) !== position[meshAxis]) return false;
    extents[key] = Math.max(0, Math.min(block, extents[key]! - position[meshAxis]! * block));
    places[key] -= position[meshAxis]! * block;
  }
  return true;
}

function everyIndex(axes: readonly { readonly size: number }[]): number[][] {
  return axes.reduce<number[][]>(
    (all, { size }) => all.flatMap((index) => Array.from({ length: size }, (_, i) => [...index, i])),
    [[]],
  );
}

const fold = { sum: (a: number, b: number) => a + b, max: (a: number, b: number) => Math.max(a, b) } as const;

/** A contribution of each position to each element of an operand; small whole numbers, so that sums are exact. */
function contribution(operand: number, at: readonly number[], pendingAt: readonly number[]): number {
  let state = operand * 7919 + 17;
  for (const part of [...at, 99, ...pendingAt]) state = (state * 31 + part * 131 + 7) % 1009;
  return (state % 7) - 3;
}

function valuesOf(operands: readonly Layout[]) {
  const pendingOf = (operand: number) => operands[operand]!.pending[0];
  const ofPosition = (operand: number, at: readonly number[], position: Position) =>
    contribution(
      operand,
      at,
      (pendingOf(operand)?.over ?? []).map((meshAxis) => position[meshAxis]!),
    );
  const whole = (operand: number, at: readonly number[]) => {
    const pending = pendingOf(operand);
    if (!pending) return contribution(operand, at, []);
    const places = everyIndex(pending.over.map((meshAxis) => mesh.axes[meshAxis]!));
    return places.map((place) => contribution(operand, at, place)).reduce(fold[pending.monoid as "sum" | "max"]);
  };
  return { ofPosition, whole };
}

/** What the inferred layout promises, element by element on every position; the first promise that is broken. */
function brokenPromise({ kernel, operands, table }: ShardedKernel): string | "no layout" | undefined {
  const { layout } = inferLayout(kernel, operands, context(table));
  if (!layout) return "no layout";
  const { ofPosition, whole } = valuesOf(operands);
  const axes = kernel.variables.slice(0, kernel.outputRank).map((variable, dimension): AxisIR => ({
    ...{ name: "", size: variable.size, cuts: layout.cuts[dimension]! },
    ...(variable.table !== undefined && { table: variable.table }),
  }));
  const pending = layout.pending[0];
  if (layout.pending.length > 1) return "pending under two monoids";
  for (const at of everyIndex(axes)) {
    const expected = evaluateLocally(kernel, [table], at, whole);
    const found = new Map<string, number[]>();
    for (const position of positions) {
      if (!axes.every((axis, dimension) => holds(axis, at[dimension]!, position, table))) continue;
      const value = evaluateLocally(kernel, [table], at, (operand, index) => {
        const axesOf = operands[operand]!.axes;
        const elsewhere = index.flatMap((one, d) => (holds(axesOf[d]!, one, position, table) ? [] : [d]));
        return elsewhere.length === 0 ? ofPosition(operand, index, position) : elsewhere;
      });
      if (value instanceof Missing) return `${at} at ${position} needs what is elsewhere`;
      const group = position.filter((_, meshAxis) => !pending?.over.includes(meshAxis)).join();
      found.set(group, [...(found.get(group) ?? []), value]);
    }
    if (found.size === 0) return `${at} is nowhere`;
    for (const [group, values] of found) {
      const total = pending ? values.reduce(fold[pending.monoid as "sum" | "max"]) : values[0];
      // The greatest of nothing, times zero: no number to compare.
      if (expected instanceof Missing || !Number.isFinite(expected)) continue;
      if (total !== expected) return `${at} at ${group} is ${total}, not ${expected}`;
    }
  }
  return undefined;
}

test("an inferred layout is what every position has, element by element", () => {
  const seen = { divided: 0, pending: 0, replicated: 0, refused: 0 };
  fc.assert(
    fc.property(shardedKernel, (sharded) => {
      const { layout } = inferLayout(sharded.kernel, sharded.operands, context(sharded.table));
      if (!layout) seen.refused += 1;
      else if (layout.pending.length > 0) seen.pending += 1;
      else if (layout.cuts.some((cuts) => cuts.length > 0)) seen.divided += 1;
      else seen.replicated += 1;
      const broken = brokenPromise(sharded);
      expect(broken === "no layout" ? undefined : broken).toBeUndefined();
    }),
    { numRuns: 1500 },
  );
  // The property says little of kernels that are refused: enough must have each kind of layout.
  expect(Math.min(seen.divided, seen.pending, seen.replicated)).toBeGreaterThan(30);
});

test("a kernel composed with an epilogue has the layout that the two give one after the other", () => {
  let compared = 0;
  fc.assert(
    fc.property(shardedKernel, fc.nat(3), ({ kernel: inner, operands, table }, choice) => {
      const { layout } = inferLayout(inner, operands, context(table));
      if (!layout) return;
      const rank = inner.outputRank;
      const sizes = inner.variables.slice(0, rank);
      const at = sizes.map((_, dimension) => dimension);
      const x = read(0, ...at);
      const y = read(1, ...at);
      const bodies = [binary(x, "+", y), binary(constant(2), "*", x), call("max", x, y), call("exp", x)];
      const body = bodies[choice]!;
      const outer = kernel(
        rank,
        sizes.map(({ name, size, table: rows }) => [name, size, rows] as const),
        body,
      );
      const axes = sizes.map((variable, d): AxisIR => ({ ...variable, cuts: layout.cuts[d]! }));
      const result: Layout = { axes, pending: layout.pending, at: layout.at };
      const epilogue = [result, result];
      expect(isElementwise(outer, [0, 1])).toBe(true);
      const apart = inferLayout(outer, epilogue, context(table)).layout;
      const composed = composeKernels(outer, 0, inner, operands.length, "both");
      const together = inferLayout(composed, [...operands, result], context(table)).layout;
      if (!apart) return;
      compared += 1;
      expect(together).toEqual(apart);
    }),
    { numRuns: 1000 },
  );
  expect(compared).toBeGreaterThan(30);
});
