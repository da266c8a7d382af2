/** A product of square matrices by each of an adapter's tiles, to measure their rates by. */
import type { IndexIR, KernelIR, MonoidIR, ScalarIR } from "../../check/ir.js";
import { isPossible } from "./contraction/choose.js";
import type { ContractionTile } from "./contraction/variant.js";
import { emitSingleOp } from "./single-op.js";
import type { SingleOpProgram } from "./single-op.js";
import type { DeviceTraits } from "./traits.js";

export interface TileCandidate extends SingleOpProgram {
  readonly tile: ContractionTile;
  readonly flops: number;
}

/**
 * Only of tiles that the adapter has room for. `size`: of the matrices, a multiple of 64, so that no tile has an edge, and so
 * large that each keeps the device busy.
 */
export function tileCandidates(traits: DeviceTraits, size: number): TileCandidate[] {
  const operands = [
    [size, size],
    [size, size],
  ];
  const op = { kernel: product(size), monoids: [sum], operands, dtype: "f32" };
  const possible = traits.tiles.filter(({ tile }) => isPossible(tile, traits));
  return possible.map((only) => {
    const emitted = emitSingleOp(op, { ...traits, tiles: [only] });
    return { ...emitted, tile: only.tile, flops: 2 * size ** 3 };
  });
}

const variable = (number: number): IndexIR => ({
  kind: "affine",
  terms: [{ variable: number, coefficient: 1 }],
  offset: 0,
});
const read = (operand: number, ...at: number[]): ScalarIR => ({ kind: "read", operand, at: at.map(variable) });
const argument = (number: number): ScalarIR => ({ kind: "argument", argument: number });

/** out[m, n] = sum[k] a[m, k] * b[k, n] */
function product(size: number): KernelIR {
  const [m, n, k] = [0, 1, 2];
  const body: ScalarIR = { kind: "binary", operator: "*", left: read(0, m, k), right: read(1, k, n) };
  return {
    ...{ name: "product", outputRank: 2, locals: [] },
    variables: ["m", "n", "k"].map((name) => ({ name, size })),
    body: { kind: "reduce", monoid: "sum", variables: [k], bodies: [body] },
  };
}

const sum: MonoidIR = {
  ...{ name: "sum", ordered: false, axes: [], identity: [0], commutative: true },
  components: [{ name: "value", dtype: "f32", axes: [] }],
  combine: [{ kind: "binary", operator: "+", left: argument(0), right: argument(1) }],
  finish: argument(0),
};
