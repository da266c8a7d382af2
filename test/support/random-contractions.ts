import fc from "fast-check";
import type { IndexIR, KernelIR, ScalarIR, TableData } from "../../compiler/check/ir.js";
import type { ContractionTile } from "../../compiler/emit/webgpu/contraction/variant.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { binary, call, column, constant, kernel, read, reduce, variable } from "./kernel-builder.js";
import { smallTable } from "./random-kernel.js";

/** One, primes and powers of two: whatever a tile divides, and what none does. */
export const awkwardSize: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 23, 32, 37);

export interface RandomContraction {
  readonly kind: string;
  readonly kernel: KernelIR;
  readonly table: TableData;
  /** Sizes of each operand's axes, whole. */
  readonly shapes: readonly (readonly number[])[];
  readonly ranges: readonly Runs[];
}

/** A range of an index: all of it, or some of its middle. */
const rangeOf = (size: number): fc.Arbitrary<Runs> =>
  fc.tuple(fc.nat(size - 1), fc.integer({ min: 1, max: size })).map(([start, length]) => {
    const low = Math.min(start, size - 1);
    return Int32Array.of(low, Math.min(size, low + length));
  });

/** All of it, or two stretches of it. */
const stretchesOf = (size: number): fc.Arbitrary<Runs> =>
  size < 3
    ? fc.constant(Int32Array.of(0, size))
    : fc.oneof(
        fc.constant(Int32Array.of(0, size)),
        fc.integer({ min: 1, max: size - 2 }).map((middle) => Int32Array.of(0, middle, middle + 1, size)),
      );

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly e: number;
}
type Form = (shape: Shape) => { kernel: KernelIR; shapes: number[][] };

const product = (left: ScalarIR, right: ScalarIR): ScalarIR => binary(left, "*", right);
const epilogues: Readonly<Record<string, (sum: ScalarIR, column: number) => ScalarIR>> = {
  none: (sum) => sum,
  relu: (sum) => call("max", sum, constant(0)),
  bias: (sum, last) => binary(sum, "+", read(2, last)),
  residual: (sum, last) => binary(read(2, last), "-", sum),
};

/** Index of row r through a column of the table. */
const through = (name: string, row: number): IndexIR => column(0, name, variable(row));

const rowCount = 6;
const forms = (epilogue: (sum: ScalarIR, column: number) => ScalarIR): Readonly<Record<string, Form>> => {
  const plain = (name: string, left: (number | IndexIR)[], right: (number | IndexIR)[]) => ({
    [name]: (({ m, n, k }) => ({
      kernel: kernel(
        2,
        [
          ["i", m],
          ["j", n],
          ["k", k],
        ],
        epilogue(reduce("sum", [2], product(read(0, ...left), read(1, ...right))), 1),
      ),
      shapes: [left.map((index) => (index === 0 ? m : k)), right.map((index) => (index === 1 ? n : k)), [n]],
    })) satisfies Form,
  });
  return {
    ...plain("plain", [0, 2], [2, 1]),
    ...plain("left transposed", [2, 0], [2, 1]),
    ...plain("right transposed", [0, 2], [1, 2]),
    ...plain("both transposed", [2, 0], [1, 2]),
    batched: ({ m, n, k, e }) => ({
      kernel: kernel(
        3,
        [
          ["e", e],
          ["i", m],
          ["j", n],
          ["k", k],
        ],
        epilogue(reduce("sum", [3], product(read(0, 0, 1, 3), read(1, 0, 3, 2))), 2),
      ),
      shapes: [[e, m, k], [e, k, n], [n]],
    }),
    grouped: ({ n, k }) => ({
      kernel: kernel(
        2,
        [
          ["r", rowCount, 0],
          ["j", n],
          ["k", k],
        ],
        epilogue(reduce("sum", [2], product(read(0, 0, 2), read(1, through("to", 0), 2, 1))), 1),
      ),
      shapes: [[rowCount, k], [3, k, n], [n]],
    }),
    gathered: ({ n, k }) => ({
      kernel: kernel(
        2,
        [
          ["r", rowCount, 0],
          ["j", n],
          ["k", k],
        ],
        epilogue(reduce("sum", [2], product(read(0, through("from", 0), 2), read(1, 2, 1))), 1),
      ),
      shapes: [[5, k], [k, n], [n]],
    }),
    "two sums, blocks of columns": ({ m, n, k, e }) => ({
      kernel: kernel(
        3,
        [
          ["i", m],
          ["b", e],
          ["j", n],
          ["k", k],
          ["l", 3],
        ],
        epilogue(reduce("sum", [3, 4], product(read(0, 0, 3, 4), read(1, 3, 4, 1, 2))), 2),
      ),
      shapes: [[m, k, 3], [k, 3, e, n], [n]],
    }),
  };
};

export const randomContraction: fc.Arbitrary<RandomContraction> = fc
  .record({
    m: awkwardSize,
    n: awkwardSize,
    k: awkwardSize,
    e: fc.integer({ min: 1, max: 3 }),
    epilogue: fc.constantFrom(...Object.keys(epilogues)),
    pairs: fc.array(fc.tuple(fc.nat(4), fc.nat(2)), { minLength: rowCount, maxLength: rowCount }),
  })
  .chain(({ epilogue, pairs, ...shape }) => {
    const all = forms(epilogues[epilogue]!);
    return fc.constantFrom(...Object.keys(all)).chain((kind) => {
      const made = all[kind]!(shape);
      const { outputRank, variables } = made.kernel;
      const ranges = variables.map(({ size }, number) => (number < outputRank ? rangeOf(size) : stretchesOf(size)));
      return fc.tuple(...ranges).map((own) => ({
        kind: `${kind}, ${epilogue}`,
        ...made,
        table: smallTable(5, 3, pairs),
        ranges: own,
      }));
    });
  });

const registers = fc
  .record({
    rows: fc.constantFrom(1, 2, 3, 4, 6, 8),
    fours: fc.integer({ min: 1, max: 3 }),
    across: fc.constantFrom(1, 2, 4, 8),
    down: fc.constantFrom(1, 2, 4),
  })
  .map((tile): ContractionTile => ({ by: "registers", ...tile }));
const subgroups = (lanes: number): fc.Arbitrary<ContractionTile> =>
  fc
    .record({ rows: fc.constantFrom(1, 2), fours: fc.integer({ min: 1, max: 3 }), down: fc.constantFrom(1, 2, 4) })
    .map(({ rows, ...tile }): ContractionTile => ({
      by: "subgroups",
      ...tile,
      rows: rows * lanes,
      across: lanes,
      lanes,
    }));
const workgroup = fc
  .record({
    rows: fc.constantFrom(1, 2, 4),
    fours: fc.integer({ min: 1, max: 2 }),
    across: fc.constantFrom(2, 4, 8),
    down: fc.constantFrom(1, 2, 4),
    depth: fc.constantFrom(4, 8),
  })
  .map((tile): ContractionTile => ({ by: "workgroup", ...tile }));

/** `lanes` of a device's subgroups; undefined where it has none, or of several sizes. */
export const randomTile = (lanes: number | undefined): fc.Arbitrary<ContractionTile> =>
  fc.oneof(registers, workgroup, ...(lanes === undefined ? [] : [subgroups(lanes)]));
