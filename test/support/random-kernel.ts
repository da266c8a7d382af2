import fc from "fast-check";
import type { ConditionIR, IndexIR, KernelIR, LocalIR, ScalarIR, TableData } from "../../compiler/check/ir.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import {
  binary,
  call,
  column,
  compare,
  constant,
  kernel,
  local,
  read,
  reduce,
  select,
  variable,
  weight,
} from "./kernel-builder.js";

/** A table of `rows` rows, sorted by (to, from), small enough to enumerate. */
export function smallTable(fromSize: number, toSize: number, pairs: readonly (readonly [number, number])[]): TableData {
  const sorted = pairs.toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
  const toStart = new Int32Array(toSize + 1);
  for (let e = 0; e <= toSize; e++) toStart[e] = sorted.filter(([, to]) => to < e).length;
  return {
    name: "gate",
    fromAxis: "tokens",
    fromSize,
    toAxis: "experts",
    toSize,
    rowCount: sorted.length,
    from: Int32Array.from(sorted, ([from]) => from),
    to: Int32Array.from(sorted, ([, to]) => to),
    // Small integers, so that sums of them are exact in every precision.
    weight: Float64Array.from(sorted, (_, row) => (row % 3) + 1),
    toStart,
    columns: [],
    location: { file: "test.stretto", span: { start: 0, end: 0 } },
  };
}

export interface RandomKernel {
  readonly kernel: KernelIR;
  readonly table: TableData;
  /** Per variable; of outputs, the region. */
  readonly ranges: readonly Runs[];
  readonly operandRanks: readonly number[];
}

const tableNumber = 0;

function runsWithin(size: number): fc.Arbitrary<Runs> {
  return fc.array(fc.boolean(), { minLength: size, maxLength: size }).map((held) => {
    const bounds: number[] = [];
    held.forEach((one, i) => {
      if (one !== (held[i - 1] ?? false)) bounds.push(i);
    });
    if (held.at(-1)) bounds.push(size);
    return Int32Array.from(bounds);
  });
}

/** Kernels of integer arithmetic: affine accesses with strides and offsets, columns, rows of a table, locals, nested reductions. */
export const randomKernel: fc.Arbitrary<RandomKernel> = fc
  .record({
    pairs: fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { minLength: 1, maxLength: 8 }),
    outputRank: fc.integer({ min: 0, max: 2 }),
    operandRanks: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
    localCount: fc.nat(2),
  })
  .chain((shape) => {
    const table = smallTable(5, 3, shape.pairs);
    // Outputs, two reduction variables of plain indices, one of rows, one that locals own.
    const outputs = Array.from({ length: shape.outputRank }, (_, i) => [`i${i}`, 4] as const);
    const [first, second, rows, own] = [0, 1, 2, 3].map((i) => shape.outputRank + i) as [
      number,
      number,
      number,
      number,
    ];
    const variables = [
      ...outputs,
      ["k", 3] as const,
      ["l", 2] as const,
      ["r", table.rowCount, tableNumber] as const,
      ["own", 4] as const,
    ];
    const outputNumbers = outputs.map((_, i) => i);

    const indexIn = (scope: readonly number[]): fc.Arbitrary<IndexIR> => {
      const offset = fc.nat(2);
      const constantIndex = offset.map((value): IndexIR => ({ kind: "affine", terms: [], offset: value }));
      if (scope.length === 0) return constantIndex;
      const one = fc.constantFrom(...scope);
      const affine = fc
        .tuple(fc.uniqueArray(one, { minLength: 1, maxLength: 2 }), fc.integer({ min: 1, max: 2 }), offset)
        .map(([terms, coefficient, at]): IndexIR => ({
          kind: "affine",
          terms: terms.map((number) => ({ variable: number, coefficient })),
          offset: at,
        }));
      const plain = one.map((number) => variable(number));
      const columns = scope.includes(rows)
        ? [fc.constantFrom("from" as const, "to" as const).map((name) => column(tableNumber, name, variable(rows)))]
        : [];
      return fc.oneof(plain, affine, constantIndex, ...columns);
    };

    const conditionIn = (scope: readonly number[], depth: number): fc.Arbitrary<ConditionIR> => {
      const operator = fc.constantFrom("<", "<=", "==", "!=" as const);
      const of = (left: fc.Arbitrary<IndexIR>, right: fc.Arbitrary<IndexIR>) =>
        fc.tuple(left, operator, right).map((parts) => compare(...parts));
      const any = of(indexIn(scope), indexIn(scope));
      // As a causal mask or a window has them: where one variable stands from another.
      const one = (most: number) =>
        fc.tuple(fc.constantFrom(...scope), fc.nat(most)).map(([number, offset]) => variable(number, 1, offset));
      const comparison = scope.length === 0 ? any : fc.oneof(any, of(one(0), one(1)), of(one(2), one(0)));
      if (depth === 0) return comparison;
      const parts = fc.array(conditionIn(scope, depth - 1), { maxLength: 3 });
      const joined = fc.tuple(fc.constantFrom("and" as const, "or" as const), parts);
      return fc.oneof(
        comparison,
        comparison,
        joined.map(([kind, list]) => ({ kind, parts: list })),
      );
    };
    const guardIn = (scope: readonly number[]): fc.Arbitrary<ConditionIR | undefined> =>
      fc.option(conditionIn(scope, 2), { nil: undefined });

    const scalarIn = (scope: readonly number[], locals: readonly number[], depth: number): fc.Arbitrary<ScalarIR> => {
      const reads = fc
        .nat(shape.operandRanks.length - 1)
        .chain((operand) =>
          fc
            .tuple(...Array.from({ length: shape.operandRanks[operand]! }, () => indexIn(scope)))
            .map((at) => read(operand, ...at)),
        );
      const leaves = [reads, fc.integer({ min: -2, max: 2 }).map(constant)];
      if (scope.includes(rows)) leaves.push(fc.constant(weight(tableNumber, rows)));
      if (locals.length > 0) {
        const localReads = fc
          .constantFrom(...locals)
          .chain((number) =>
            fc
              .tuple(...Array.from({ length: localRanks[number]! }, () => indexIn(scope)))
              .map((at) => local(number, ...at)),
          );
        leaves.push(localReads, localReads);
      }
      leaves.push(indexIn(scope).map((at) => ({ kind: "index", at }) as const));
      const leaf = fc.oneof(...leaves);
      if (depth === 0) return leaf;
      const inner = scalarIn(scope, locals, depth - 1);
      const free = [first, second].filter((number) => !scope.includes(number));
      const nodes = [
        leaf,
        fc.tuple(inner, fc.constantFrom("+", "-", "*" as const), inner).map((parts) => binary(...parts)),
        fc.tuple(fc.constantFrom("min" as const, "max" as const), inner, inner).map((parts) => call(...parts)),
        inner.map((part) => call("neg", part)),
        fc.tuple(conditionIn(scope, 2), inner, inner).map((parts) => select(...parts)),
      ];
      const monoid = fc.constantFrom("sum", "max");
      if (free.length > 0) {
        nodes.push(
          fc
            .tuple(monoid, fc.subarray(free, { minLength: 1 }))
            .chain(([name, over]) =>
              fc
                .tuple(scalarIn([...scope, ...over], locals, depth - 1), guardIn([...scope, ...over]))
                .map(([body, where]) => reduce(name, over, body, undefined, where)),
            ),
        );
      }
      if (!scope.includes(rows)) {
        nodes.push(
          fc
            .tuple(monoid, fc.constantFrom("from" as const, "to" as const), indexIn(scope))
            .chain(([name, where, equals]) =>
              fc
                .tuple(scalarIn([...scope, rows], locals, depth - 1), guardIn([...scope, rows]))
                .map(([body, guard]) =>
                  reduce(name, [rows], body, { table: tableNumber, column: where, equals }, guard),
                ),
            ),
        );
      }
      return fc.oneof(...nodes);
    };

    const localRanks: number[] = [];
    const localArbitraries = Array.from({ length: shape.localCount }, (_, number) => {
      const indices = [...outputNumbers.slice(0, 1), own];
      localRanks.push(indices.length);
      const earlier = Array.from({ length: number }, (_unused, i) => i);
      return scalarIn(indices, earlier, 2).map((body): LocalIR => ({ name: `local${number}`, indices, body }));
    });
    const allLocals = localArbitraries.map((_, number) => number);
    return fc
      .record({
        body: scalarIn(outputNumbers, allLocals, 3),
        locals: fc.tuple(...localArbitraries),
        ranges: fc.tuple(...variables.map(([, size]) => runsWithin(size))),
      })
      .map(({ body, locals, ranges }) => ({
        kernel: kernel(shape.outputRank, variables, body, locals),
        table,
        ranges,
        operandRanks: shape.operandRanks,
      }));
  });
