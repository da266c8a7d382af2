/**
 * What words and views do to the whole tensor: mostly nothing. A value pending under a monoid is here already folded. All
 * tensors are dense and row-major.
 */
import type { LayerIR, MonoidIR, ViewStatement, WordStatement } from "../../compiler/check/ir.js";

/** Folds two states of a monoid of one number, element by element. */
export type Combine = (monoid: MonoidIR, left: Float64Array, right: Float64Array) => Float64Array;

export function moveTensor(
  statement: WordStatement | ViewStatement,
  layer: LayerIR,
  elements: Float64Array,
  monoids: readonly MonoidIR[],
  combine: Combine,
): Float64Array {
  const sizes = layer.values[statement.operand]!.axes.map(({ size }) => size);
  const monoid = monoids.find(({ name }) => name === statement.monoid);
  if (statement.kind === "view") {
    if (statement.view === "spread") {
      const { size } = layer.values[statement.result]!.axes[0]!;
      return joined(Array.from({ length: size }, () => elements));
    }
    if (statement.view !== "partials") return elements;
    return slices(elements, sizes, statement.dimension).reduce((left, right) => combine(monoid!, left, right));
  }
  const dimension = statement.cutBefore!;
  if (statement.word === "shift") {
    return shifted(elements, sizes, dimension, statement.cycle!);
  }
  if (statement.word === "scan") {
    const parts = slices(elements, sizes, dimension);
    let before = new Float64Array(parts[0]!.length).fill(monoid!.identity[0]!);
    const folds = parts.map((part) => {
      const [exclusive, inclusive] = [before, combine(monoid!, before, part)];
      before = inclusive as Float64Array<ArrayBuffer>;
      return statement.inclusive ? inclusive : exclusive;
    });
    return unsliced(folds, sizes, dimension);
  }
  return elements;
}

/** Each index of a dimension is the one `by` before it, cyclically within every `length` of them. */
export function shifted(
  elements: Float64Array,
  sizes: readonly number[],
  dimension: number,
  { length, by }: { readonly length: number; readonly by: number },
): Float64Array {
  const parts = slices(elements, sizes, dimension);
  const from = (index: number) => index - (index % length) + ((((index - by) % length) + length) % length);
  return unsliced(
    parts.map((_, index) => parts[from(index)]!),
    sizes,
    dimension,
  );
}

/** The tensor at each index of one dimension. */
export function slices(elements: Float64Array, sizes: readonly number[], dimension: number): Float64Array[] {
  const count = sizes[dimension]!;
  const inner = product(sizes.slice(dimension + 1));
  return Array.from({ length: count }, (_, index) =>
    joined(
      Array.from({ length: product(sizes.slice(0, dimension)) }, (_outer, outer) => {
        const start = (outer * count + index) * inner;
        return elements.subarray(start, start + inner);
      }),
    ),
  );
}

/** The inverse of `slices`. */
function unsliced(parts: readonly Float64Array[], sizes: readonly number[], dimension: number): Float64Array {
  const inner = product(sizes.slice(dimension + 1));
  const outer = product(sizes.slice(0, dimension));
  return joined(
    Array.from({ length: outer }, (_, o) => parts.map((part) => part.subarray(o * inner, (o + 1) * inner))).flat(),
  );
}

/** One behind the other. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
