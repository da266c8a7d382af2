import fc from "fast-check";
import { expect, test } from "vitest";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { indicesOf, runsFromSortedIndices, runsLength } from "../../compiler/graph/runs.js";
import { DeviceBench, indicesOfRegion } from "../support/device.js";

/** Some of the indices 0 .. size-1, in stretches. */
const someOf = (size: number): fc.Arbitrary<Runs> =>
  fc
    .subarray(
      Array.from({ length: size }, (_, index) => index),
      { minLength: 1 },
    )
    .map((indices) => runsFromSortedIndices(indices));
const domainOf = (least: number): fc.Arbitrary<Runs> =>
  fc.oneof(
    fc.tuple(fc.nat(5), fc.integer({ min: least, max: least + 9 })).map(([low, n]) => Int32Array.of(low, low + n)),
    fc
      .uniqueArray(fc.nat(30), { minLength: least, maxLength: least + 9 })
      .map((indices) => runsFromSortedIndices(indices.sort((a, b) => a - b))),
  );

interface Dimension {
  readonly source: Runs;
  readonly target: Runs;
  readonly from: Runs;
  readonly to: Runs;
}

/** Two domains and a region of as many indices in each. */
const dimension: fc.Arbitrary<Dimension> = fc.tuple(domainOf(1), domainOf(1)).chain(([source, target]) => {
  const most = Math.min(runsLength(source), runsLength(target));
  return someOf(most).chain((places) => {
    const pick = (domain: Runs, shift: number): Runs => {
      const all = indicesOf(domain);
      return runsFromSortedIndices(indicesOf(places).map((place) => all[place + shift]!));
    };
    const last = indicesOf(places).at(-1)! + 1;
    return fc
      .tuple(fc.nat(runsLength(source) - last), fc.nat(runsLength(target) - last))
      .map(([a, b]) => ({ source, target, from: pick(source, a), to: pick(target, b) }));
  });
});

const dtypes = fc.constantFrom("f32", "i32", "bf16", "f16", "i8", "u8");

test("regions are copied to where they belong, and nothing else is touched", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dimension, { maxLength: 3 }), dtypes, async (dimensions, dtype) => {
      const bench = new DeviceBench([]);
      const element = (at: readonly number[]): number => at.reduce((hash, index) => (hash * 31 + index) % 97, 11);
      const domains = dimensions.map(({ source }) => source);
      const targets = dimensions.map(({ target }) => target);
      const source = bench.tensor(dtype, domains, indicesOfRegion(domains).map(element));
      const target = bench.tensor(
        dtype,
        targets,
        indicesOfRegion(targets).map(() => 99),
      );
      const [from, to] = [dimensions.map((each) => each.from), dimensions.map((each) => each.to)];
      bench.copy({ tensor: source, region: from }, { tensor: target, region: to });
      const held = (await bench.run())[1]!;
      const sent = indicesOfRegion(from).map(element);
      const arrived = new Map(indicesOfRegion(to).map((at, number) => [at.join(), sent[number]!]));
      expect(held).toEqual(indicesOfRegion(targets).map((at) => arrived.get(at.join()) ?? 99));
    }),
  );
});

test("a dimension of one index may be on one side alone, wherever it stands", async () => {
  await fc.assert(
    fc.asyncProperty(dimension, fc.nat(1), fc.boolean(), dtypes, async (one, place, inSource, dtype) => {
      const bench = new DeviceBench([]);
      const extra: Runs = Int32Array.of(3, 6);
      const single: Runs = Int32Array.of(4, 5);
      const withExtra = (runs: Runs, added: Runs): Runs[] => [runs].toSpliced(place, 0, added);
      const [domains, targets] = inSource
        ? [withExtra(one.source, extra), [one.target]]
        : [[one.source], withExtra(one.target, extra)];
      const [from, to] = inSource ? [withExtra(one.from, single), [one.to]] : [[one.from], withExtra(one.to, single)];
      const element = (at: readonly number[]): number => at.reduce((hash, index) => (hash * 31 + index) % 97, 11);
      const source = bench.tensor(dtype, domains, indicesOfRegion(domains).map(element));
      const target = bench.tensor(
        dtype,
        targets,
        indicesOfRegion(targets).map(() => 99),
      );
      bench.copy({ tensor: source, region: from }, { tensor: target, region: to });
      const held = (await bench.run())[1]!;
      const sent = indicesOfRegion(from).map(element);
      const arrived = new Map(indicesOfRegion(to).map((at, number) => [at.join(), sent[number]!]));
      expect(held).toEqual(indicesOfRegion(targets).map((at) => arrived.get(at.join()) ?? 99));
    }),
  );
});
