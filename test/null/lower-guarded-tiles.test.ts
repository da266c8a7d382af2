import fc from "fast-check";
import { expect, test } from "vitest";
import type { ConditionIR } from "../../compiler/check/ir.js";
import { shareOfTiles } from "../../compiler/lower/guarded-tiles.js";
import type { Hull } from "../../compiler/lower/guarded-tiles.js";
import { runsOf } from "../support/random-draw.js";

// Tiles are counted with what is fixed decided on the way. Written apart: every choice of tiles looked at, all its elements
// for those that surely count, its first and last indices for those that may.

type Comparison = Extract<ConditionIR, { kind: "compare" }>;
const operators: readonly Comparison["operator"][] = ["<", "<=", "==", "!="];

const side = fc.record({
  coefficients: fc.tuple(
    fc.integer({ min: -1, max: 1 }),
    fc.integer({ min: -1, max: 1 }),
    fc.integer({ min: -1, max: 1 }),
  ),
  offset: fc.integer({ min: -3, max: 6 }),
});
const comparison = fc
  .record({ operator: fc.constantFrom(...operators), left: side, right: side })
  .map(({ operator, left, right }): ConditionIR => {
    const index = ({ coefficients, offset }: typeof left) => ({
      kind: "affine" as const,
      terms: coefficients.flatMap((coefficient, variable) => (coefficient === 0 ? [] : [{ variable, coefficient }])),
      offset,
    });
    return { kind: "compare", operator, left: index(left), right: index(right) };
  });
const condition = fc.letrec<{ condition: ConditionIR }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    comparison,
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      parts: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).condition;

/** Whether it may hold where the variables lie between these numbers. */
function within(one: ConditionIR, hulls: readonly Hull[]): boolean {
  if (one.kind === "and") return one.parts.every((part) => within(part, hulls));
  if (one.kind === "or") return one.parts.some((part) => within(part, hulls));
  const { operator, left, right } = one as Comparison;
  const [a, b] = [left, right].map((index) => {
    if (index.kind !== "affine") throw new Error("no columns here");
    const ends = index.terms.map(({ variable, coefficient }) => hulls[variable]!.map((end) => end * coefficient));
    const sum = (pick: (...ends: number[]) => number) =>
      ends.reduce((total, two) => total + pick(...two), index.offset);
    return [sum(Math.min), sum(Math.max)] as const;
  }) as [Hull, Hull];
  if (operator === "<") return a[0] < b[1];
  if (operator === "<=") return a[0] <= b[1];
  if (operator === "==") return a[0] <= b[1] && b[0] <= a[1];
  return a[0] !== a[1] || b[0] !== b[1] || a[0] !== b[0];
}

function choices<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((all, list) => all.flatMap((one) => list.map((item) => [...one, item])), [[]]);
}

test("a tile counts that has an element for which guards hold, none whose bounds rule them out", () => {
  const lengths = fc.tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
  );
  fc.assert(
    fc.property(
      fc.array(condition, { minLength: 1, maxLength: 3 }),
      lengths,
      fc.integer({ min: 1, max: 3 }),
      (guards, sizes, step) => {
        const tiles = sizes.map((size) =>
          Array.from({ length: Math.ceil(size / step) }, (_, i): Hull => [
            i * step,
            Math.min(size, (i + 1) * step) - 1,
          ]),
        );
        const all = choices(tiles);
        const holdsAt = (place: readonly number[]) =>
          guards.every((guard) =>
            within(
              guard,
              place.map((at): Hull => [at, at]),
            ),
          );
        const elements = (hulls: readonly Hull[]) =>
          choices(hulls.map(([low, high]) => Array.from({ length: high - low + 1 }, (_, i) => low + i)));
        const surely = all.filter((hulls) => elements(hulls).some(holdsAt)).length / all.length;
        const perhaps = all.filter((hulls) => guards.every((guard) => within(guard, hulls))).length / all.length;
        const share = shareOfTiles(guards, (variable) => tiles[variable]!, []);
        expect(share).toBeGreaterThanOrEqual(surely - 1e-12);
        expect(share).toBeLessThanOrEqual(perhaps + 1e-12);
      },
    ),
    { numRuns: runsOf(1000) },
  );
});
