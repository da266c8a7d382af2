// What results should be, in double precision, and how far off they are.

export function randomElements(count, seed) {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** a is [m, k], b is [k, n]. */
export function productOf({ m, k, n }, a, b) {
  const result = new Float64Array(m * n);
  for (let row = 0; row < m; row++)
    for (let step = 0; step < k; step++) {
      const left = a[row * k + step];
      for (let column = 0; column < n; column++) result[row * n + column] += left * b[step * n + column];
    }
  return result;
}

/** All of them are [positions, heads, head]. */
export function attentionOf({ positions, heads, head, isCausal }, q, keys, values) {
  const result = new Float64Array(q.length);
  const at = (position, which) => (position * heads + which) * head;
  for (let which = 0; which < heads; which++)
    for (let s = 0; s < positions; s++) {
      const scores = [];
      for (let t = 0; t < (isCausal ? s + 1 : positions); t++) {
        let sum = 0;
        for (let d = 0; d < head; d++) sum += q[at(s, which) + d] * keys[at(t, which) + d];
        scores.push(sum / Math.sqrt(head));
      }
      const top = scores.reduce((a, b) => Math.max(a, b));
      const weights = scores.map((score) => Math.exp(score - top));
      const total = weights.reduce((a, b) => a + b);
      weights.forEach((weight, t) => {
        for (let d = 0; d < head; d++) result[at(s, which) + d] += (weight / total) * values[at(t, which) + d];
      });
    }
  return result;
}

/** What is wrong with a result, beyond what f32 explains; undefined where nothing is. */
export function whatIsWrong(result, expected) {
  if (result.length !== expected.length) return `${result.length} elements, not ${expected.length}`;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = expected.reduce((most, value, at) => Math.max(most, Math.abs(result[at] - value)), 0);
  return worst <= 1e-4 * largest ? undefined : `off by ${worst.toPrecision(2)} of ${largest.toPrecision(2)}`;
}
