/** What is timed: products of an m x k and a k x n matrix, and attention over so many positions. */
export const products = [
  { m: 128, k: 128, n: 128, kind: "cube" },
  { m: 256, k: 256, n: 256, kind: "cube" },
  { m: 512, k: 512, n: 512, kind: "cube" },
  { m: 1024, k: 1024, n: 1024, kind: "cube" },
  { m: 16, k: 1024, n: 1024, kind: "thin" },
  { m: 1024, k: 1024, n: 16, kind: "narrow" },
  { m: 1024, k: 64, n: 1024, kind: "wide" },
  { m: 64, k: 1024, n: 64, kind: "deep" },
  { m: 127, k: 129, n: 131, kind: "odd" },
  { m: 511, k: 509, n: 513, kind: "odd" },
  { m: 1, k: 1024, n: 1024, kind: "vector times matrix" },
  { m: 1024, k: 1024, n: 1, kind: "matrix times vector" },
];

/** So small that what is timed is a call. */
export const call = { m: 4, k: 4, n: 4, kind: "call" };

export const attentions = [256, 512, 1024].flatMap((positions) =>
  [false, true].map((isCausal) => ({ positions, heads: 8, head: 64, isCausal })),
);

/** Multiplications and additions. */
export const productFlops = ({ m, k, n }) => 2 * m * k * n;

/** Of both products; under the causal mask only those that it lets through. */
export function attentionFlops({ positions, heads, head, isCausal }) {
  const pairs = isCausal ? (positions * (positions + 1)) / 2 : positions * positions;
  return 4 * pairs * heads * head;
}
